import { describe, expect, test } from 'vitest';
import { makeProject, stockCli } from '../support/project.ts';
import { createDatabase } from '../support/server.ts';

const entities = `
import { defineEntity, p } from '@mikro-orm/core';
export const Chat = defineEntity({ name: 'Chat', tableName: 'chats', properties: { id: p.integer().primary(), title: p.string() } });
export const entities = [Chat];
`;

const migrations = {
  Migration20260101000000_chats: {
    up: 'create table "chats" ("id" serial primary key, "title" varchar(255) not null)',
    down: 'drop table "chats"',
  },
  Migration20260102000000_index: {
    up: 'create index concurrently "chats_title" on "chats" ("title")',
    transactional: false,
    revises: ['Migration20260101000000_chats'],
  },
} as const;

describe('a project for tests', () => {
  test.each([true, false])(
    'can be migrated by the stock CLI on a server (typescript: %s)',
    async typescript => {
      const database = await createDatabase();
      const project = await makeProject({
        url: database.url,
        migrations,
        entities,
        typescript,
        // With the default, all or nothing, the concurrent index would not see the table.
        migrationsConfig: 'allOrNothing: false',
      });
      const up = await stockCli(project, ['migration:up']);
      expect(up.stdout + up.stderr).toContain('Successfully migrated up to the latest version');
      expect(await database.query('select name from mikro_orm_migrations order by id')).toEqual(
        Object.keys(migrations).map(name => ({ name })),
      );
      expect((await stockCli(project, ['migration:list'])).stdout).toContain('Migration20260102000000_index');
      await database.drop();
    },
  );

  test('runs on PGlite in its own folder', async () => {
    const project = await makeProject({ pglite: true, migrations, entities });
    const up = await stockCli(project, ['migration:up', '--to', 'Migration20260101000000_chats']);
    expect(up).toMatchObject({ code: 0 });
    expect(await project.list('.')).toContain('.data');
  });
});
