import { expect, test } from 'vitest';
import { asking, later, projectOf, running, stockFinds } from '../authoring/support.ts';
import { createDatabase } from '../support/server.ts';

/* The generated revision matches the entities, however PostgreSQL prints its definitions afterwards. */

interface Parts {
  readonly index?: string;
  readonly check?: string;
  readonly status?: string;
  readonly total?: string;
}

const entities = ({
  index = 'lower',
  check = 'between 1 and 10',
  status = `['new', 'done']`,
  total,
}: Parts = {}) => `
import { defineEntity, p } from '@mikro-orm/core';
const Item = defineEntity({
  name: 'Item',
  tableName: 'items',
  properties: {
    id: p.integer().primary(),
    name: p.string(),
    status: p.enum(() => ${status}).nativeEnumName('status'),
    until: p.datetime().defaultRaw("now() + interval '7 days'"),
    code: p.string().defaultRaw("lower('ABC')"),
    ${total ? `total: p.string().generated("(${total}) stored"),` : ''}
  },
  checks: [
    { name: 'name_length', expression: 'length(name) ${check}' },
    { name: 'name_like', expression: "name like 'x%' or name in ('a', 'b')" },
  ],
  indexes: [
    { name: 'items_name', expression: 'create index "items_name" on "items" (${index}("name"))' },
    { name: 'items_code', properties: ['code'], where: "name like '%@x'" },
  ],
});
const Named = defineEntity({
  name: 'Named', tableName: 'named', view: true,
  expression: "select id, name from items where name like 'x%'",
  properties: { id: p.integer().primary(), name: p.string() },
});
const Reading = defineEntity({
  name: 'Reading', tableName: 'reading', view: true,
  expression: "select id, name from named where id > 1",
  properties: { id: p.integer().primary(), name: p.string() },
});
export const entities: any[] = [Item, Named, Reading];
`;

test('a second autogenerate writes nothing, and each real change is detected separately', async () => {
  const database = await createDatabase();
  let project = await projectOf({ url: database.url, entities: entities() });
  const generate = (message: string) =>
    asking(project.root, engine => engine.draftRevision({ message, autogenerate: true }));
  const change = async (parts: Parts) => {
    project = await later(project, { entities: entities(parts) });
    const draft = await generate('change');
    return draft.files[0]?.after?.match(/this\.addSql\(`(.*)`\)/g)?.map(line => line.slice(13, -2)) ?? [];
  };
  await asking(project.root, async engine => {
    await engine.write(await engine.draftRevision({ message: 'one', autogenerate: true }));
    await running(engine, 'upgrade', 'head');
  });
  project = await later(project);
  await asking(project.root, async engine => {
    expect(await engine.check(['entities', 'snapshot', 'drift'])).toMatchObject({
      findings: [],
      skipped: [],
    });
    await expect(engine.draftRevision({ message: 'two', autogenerate: true })).rejects.toMatchObject({
      code: 'no-changes',
    });
  });

  // MikroORM does not compare index expressions and enum values in full.
  expect((await change({ index: 'upper' })).join('\n')).toMatch(
    /^drop index "items_name";\nCREATE INDEX items_name ON items .*\(upper\(.*\ndrop index "items_name";\nCREATE INDEX items_name .*\(lower\(.*$/,
  );
  const check = await change({ check: 'between 1 and 20' });
  expect(check).toHaveLength(4);
  expect(check.every(sql => sql.includes('"name_length"'))).toBe(true);
  expect((await change({ status: `['new']` })).join('\n')).toMatch(/enum \('new'\)/);
  const generated = await change({ total: `name || 'x'` });
  expect(generated).toHaveLength(2);
  expect(generated[1]).toMatch(/drop column "total"/);
}, 120_000);

test('defaults with quotes: the stock CLI agrees with the snapshot, and so does a check', async () => {
  const database = await createDatabase();
  const project = await projectOf({
    url: database.url,
    entities: `
import { defineEntity, p } from '@mikro-orm/core';
const Item = defineEntity({
  name: 'Item', tableName: 'items',
  properties: {
    id: p.integer().primary(),
    name: p.string().default("it's"),
    tags: p.array().default(["it's"]),
    extra: p.json().default('{"a": "it\\'s"}'),
  },
});
export const entities: any[] = [Item];
`,
  });
  await asking(project.root, async engine => {
    await engine.write(await engine.draftRevision({ message: 'one', autogenerate: true }));
    await running(engine, 'upgrade', 'head');
    expect(await engine.check(['entities', 'snapshot', 'drift'])).toMatchObject({
      findings: [],
      skipped: [],
    });
  });
  expect(await stockFinds(project)).toBe('');
}, 60_000);
