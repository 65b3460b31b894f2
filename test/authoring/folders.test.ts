import { describe, expect, test } from 'vitest';
import { migrationSource } from '../support/project.ts';
import { asking, projectOf } from './support.ts';

/* Migrations in the folders of several packages, read as one graph with MikroORM's own path and glob. */

const users = 'Migration20260101000000_users';
const bills = 'Migration20260102000000_bills';
const file = (id: string, revises: readonly string[]): string =>
  migrationSource(id, { up: `create table ${id} ()`, down: `drop table ${id}`, revises });

const packages = {
  migrationsConfig: `path: '.', pathTs: '.', glob: 'packages/*/migrations/Migration*.{ts,js}',`,
  files: {
    [`packages/users/migrations/${users}.ts`]: file(users, []),
    [`packages/billing/migrations/${bills}.ts`]: file(bills, [users]),
    'packages/mail/package.json': '{}',
  },
};

describe('a revision of a project with several folders', async () => {
  const project = await projectOf(packages);
  const draft = (more: { head?: string; path?: string; splice?: boolean }) =>
    asking(project.root, engine => engine.draftRevision({ message: 'x', autogenerate: false, ...more }));

  test('is written to the folder of its parent', async () => {
    expect((await draft({})).files.map(one => one.path)).toEqual([
      expect.stringMatching(/^packages\/billing\/migrations\/Migration\d{14}_x\.ts$/),
    ]);
    expect((await draft({ head: users, splice: true })).files[0]?.path).toMatch(/^packages\/users\//);
  });

  test('is written to the folder of --path, also a new one', async () => {
    const there = await draft({ path: project.path('packages/mail/migrations') });
    expect(there.files[0]?.path).toMatch(/^packages\/mail\/migrations\//);
    expect(there.notes).toEqual([]);
    // On an empty database, the stock CLI would run it before its parent.
    const earlier = await draft({ path: project.path('packages/a/migrations') });
    expect(earlier.warnings.join()).toContain('it runs earlier');
  });

  test('is not written where MikroORM would not find it', async () => {
    await expect(draft({ path: project.path('packages/mail') })).rejects.toMatchObject({
      code: 'glob-misses-folder',
      message: expect.stringContaining('packages/*/migrations/Migration*'),
    });
    await expect(draft({ path: '/elsewhere' })).rejects.toMatchObject({ code: 'outside-folder' });
  });
});

test('the first revision of such a project needs a folder', async () => {
  const project = await projectOf({ ...packages, files: {} });
  const draft = (path?: string) =>
    asking(project.root, engine => engine.draftRevision({ message: 'x', autogenerate: false, path }));
  await expect(draft()).rejects.toMatchObject({
    code: 'glob-misses-folder',
    next: expect.stringContaining('--path'),
  });
  expect((await draft(project.path('packages/a/migrations'))).files[0]?.path).toMatch(/^packages\/a\//);
});
