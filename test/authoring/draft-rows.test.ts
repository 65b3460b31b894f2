import { expect, test } from 'vitest';
import { createDatabase } from '../support/server.ts';
import { engineOn, projectOf } from './support.ts';

/* A draft says how many rows in the current database would make it fail. */

const entities = `
import { defineEntity, p } from '@mikro-orm/core';
const Item = defineEntity({
  name: 'Item',
  tableName: 'items',
  properties: { id: p.integer().primary(), name: p.string().length(20), size: p.integer(),
    mood: p.enum(['good', 'bad']).nativeEnumName('mood').default('good') },
  checks: [{ name: 'positive', expression: 'size > 0' }],
});
export const entities: any[] = [Item];
`;

test('counts the rows that a generated revision would fail on', async () => {
  const database = await createDatabase();
  const project = await projectOf({
    url: database.url,
    entities,
    migrations: {
      Migration20260101000000_items: {
        revises: [],
        up: [
          "create type mood as enum ('good', 'bad', 'odd')",
          "create table items (id serial primary key, name varchar(20), size int not null, mood mood not null default 'good')",
        ],
      },
    },
  });
  const engine = await engineOn(project.root, { shadow: database.url });
  const result = await engine.run(await engine.preview({ command: 'upgrade', targets: ['head'] }), {});
  expect(result.failure).toBeNull();
  await database.query(`insert into items (name, size) values ('a', 1), (null, 2), (null, 0)`);
  await database.query(`update items set mood = 'odd' where size = 1`);
  const { findings = [] } = await engine.draftRevision({ message: 'stricter', autogenerate: true });
  await engine.close();
  const counted = findings.flatMap(({ statement, inTheWay }) =>
    inTheWay ? [[statement, inTheWay.count]] : [],
  );
  expect(counted).toEqual([
    [expect.stringContaining('"name" set not null'), 2],
    [expect.stringContaining('"positive" check (size > 0)'), 1],
    [expect.stringContaining('using "mood"::text::'), 1],
  ]);
});
