import { expect, test } from 'vitest';
import { serverUrl } from '../support/server.ts';
import { asking, projectOf } from './support.ts';

test('a table without columns, which MikroORM cannot compare, is named', async () => {
  const project = await projectOf({
    entities: `
import { defineEntity, p } from '@mikro-orm/core';
export const entities: any[] = [defineEntity({ name: 'Item', tableName: 'items', properties: { id: p.integer().primary() } })];
`,
    migrations: { Migration20260101000000_bare: { revises: [], up: 'create table bare ()' } },
  });
  await asking(
    project.root,
    engine =>
      expect(engine.draftRevision({ message: 'x', autogenerate: true })).rejects.toMatchObject({
        code: 'table-without-columns',
        message: expect.stringContaining('bare'),
      }),
    { shadow: serverUrl() },
  );
});
