import { describe, expect, test } from 'vitest';
import type { Draft, EngineApi } from '../../src/engine/api.ts';
import { asking, later, projectOf, running } from '../authoring/support.ts';
import { type MigrationSketch, migrationSource } from '../support/project.ts';
import { createDatabase } from '../support/server.ts';

const ids = {
  users: 'Migration20260101000000_users',
  names: 'Migration20260102000000_names',
  mood: 'Migration20260103000000_mood',
  fill: 'Migration20260104000000_fill',
  posts: 'Migration20260105000000_posts',
};
const squashed = 'Migration20260104000001_first_year';

const sketches: Record<string, MigrationSketch> = {
  [ids.users]: {
    up: 'create table users (id serial primary key, nam text)',
    down: 'drop table users',
    revises: [],
  },
  [ids.names]: {
    up: ['alter table users rename nam to name', 'create index users_name on users (name)'],
    down: 'alter table users rename name to nam',
    revises: [ids.users],
  },
  [ids.mood]: {
    up: [
      `create type mood as enum ('sad', 'glad')`,
      `alter table users add column mood mood not null default 'glad'`,
      `create function shout() returns text language sql as $$ select 'x' $$`,
    ],
    down: ['drop function shout()', 'alter table users drop column mood', 'drop type mood'],
    revises: [ids.names],
    labels: ['people'],
  },
  [ids.fill]: { up: `update users set name = 'unknown' where name is null`, down: '', revises: [ids.mood] },
  [ids.posts]: {
    up: 'create table posts (id int primary key, by_user int references users)',
    down: 'drop table posts',
    revises: [ids.fill],
  },
};

const drafted = (root: string, range: string): Promise<Draft> =>
  asking(root, engine => engine.draftSquash({ range, message: 'first year' }));

const written = (root: string, range: string): Promise<Draft> =>
  asking(root, async engine => {
    const draft = await engine.draftSquash({ range, message: 'first year' });
    await engine.write(draft);
    return draft;
  });

const rowsOf = async (engine: EngineApi): Promise<Record<string, string>> =>
  Object.fromEntries((await engine.overview()).revisions.map(row => [row.id, row.state]));

describe('a squash', async () => {
  const database = await createDatabase();
  const project = await projectOf({ url: database.url, migrations: sketches });
  const text = (draft: Draft): string => draft.files[0]?.after ?? '';

  test('of a range from base is generated from its schema, and verified', async () => {
    const draft = await drafted(project.root, `:${ids.fill}`);
    expect(draft.revision).toBe(squashed);
    expect(draft.squash).toMatchObject({
      from: 'catalog',
      replaces: [ids.users, ids.names, ids.mood, ids.fill],
      data: [ids.fill],
      reversible: true,
    });
    // The column in its final form, not its original one.
    expect(text(draft)).toContain('create table "users" ("id" serial not null, "name" text, ');
    expect(text(draft)).not.toContain('update users');
    // It must run in any schema, like the replaced revisions.
    expect(text(draft)).toContain('CREATE INDEX users_name ON users');
    expect(text(draft)).toContain('FUNCTION shout()');
    expect(text(draft)).toContain(`static readonly labels = ['people']`);
    expect(draft.warnings).toEqual([]);
  });

  test('of a range in the middle keeps its statements: rows must survive a rename', async () => {
    const draft = await drafted(project.root, `${ids.names}:${ids.fill}`);
    expect(draft.squash).toMatchObject({ from: 'statements', data: [ids.fill] });
    expect(text(draft)).toContain('rename nam to name');
    expect(text(draft)).toContain(`update users set name = 'unknown'`);
    expect(text(draft)).toContain(`static readonly revises = ['${ids.users}']`);
    // Its down() does not revert the index of that revision.
    expect(draft.squash?.reversible).toBe(false);
    expect(draft.warnings.join()).toContain('It has no down()');
    expect(text(draft)).not.toContain('down()');
  });

  test('keeps rows that the replaced revisions insert', async () => {
    const seeded = await later(project, {
      files: {
        [`migrations/${ids.fill}.ts`]: migrationSource(ids.fill, {
          up: `insert into users (name) values ('root')`,
          revises: [ids.mood],
        }),
      },
    });
    const draft = await drafted(seeded.root, `:${ids.fill}`);
    expect(draft.squash).toMatchObject({ from: 'statements', data: [ids.fill] });
    expect(text(draft)).toContain(`insert into users (name) values ('root')`);
  });

  test('refuses code with unknown SQL, a branch inside the range, and a single revision', async () => {
    const coded = await later(project, {
      files: {
        [`migrations/${ids.mood}.ts`]: migrationSource(ids.mood, { up: 'select 1', revises: [ids.names] })
          .replace(
            `this.addSql("select 1")`,
            `for (const { id } of await this.execute('select id from users')) this.addSql('select ' + id)`,
          )
          .replace('up(): void', 'async up(): Promise<void>'),
        'migrations/Migration20260106000000_beside.ts': migrationSource('Migration20260106000000_beside', {
          up: 'select 1',
          revises: [ids.users],
        }),
      },
    });
    await expect(drafted(coded.root, `${ids.names}:${ids.fill}`)).rejects.toMatchObject({
      code: 'cannot-squash',
      message: expect.stringContaining(ids.mood),
    });
    await expect(drafted(coded.root, `:${ids.names}`)).rejects.toMatchObject({
      code: 'branch-inside',
      message: `Migration20260106000000_beside revises ${ids.users}, which is inside the range. Only the last revision of a range may have followers.`,
      next: `Squash up to ${ids.users}, or put that branch on top of the line first: migtui merge --rebase.`,
      candidates: ['Migration20260106000000_beside'],
    });
    await expect(drafted(project.root, `${ids.mood}:${ids.mood}`)).rejects.toMatchObject({
      code: 'nothing-to-squash',
    });
    await expect(drafted(project.root, 'nonsense:head')).rejects.toMatchObject({ code: 'unknown-target' });
  });

  test('is run on an empty database, with rows for the replaced revisions, and can be reverted', async () => {
    const copy = await later(project);
    await written(copy.root, `:${ids.fill}`);
    await asking(copy.root, async engine => {
      await running(engine, 'upgrade', 'head');
      expect(await rowsOf(engine)).toEqual({ [squashed]: 'applied', [ids.posts]: 'applied' });
      const rows = await database.query('select name from mikro_orm_migrations order by id');
      expect(rows.map(({ name }) => name)).toEqual([
        ids.users,
        ids.names,
        ids.mood,
        ids.fill,
        squashed,
        ids.posts,
      ]);
      const { findings } = await engine.check(['drift', 'pending', 'missing']);
      expect(findings).toEqual([]);
      await running(engine, 'downgrade', 'base');
      const left = await database.query('select name from mikro_orm_migrations');
      expect(left).toEqual([]);
      const tables = await database.query(`select 1 from pg_tables where tablename in ('users', 'posts')`);
      expect(tables).toEqual([]);
    });
  });

  test('counts as applied if all replaced revisions are; if only some are, those are completed first', async () => {
    const old = await later(project);
    await asking(old.root, engine => running(engine, 'upgrade', ids.names));
    const copy = await later(project);
    await written(copy.root, `:${ids.fill}`);
    await asking(copy.root, async engine => {
      const overview = await engine.overview();
      expect(overview.notes.join()).toContain('2 of the 4 revisions that');
      const plan = await engine.preview({ command: 'upgrade', targets: ['head'] });
      expect(plan.plan.steps.map(step => step.revision)).toEqual([ids.mood, ids.fill, ids.posts]);
      await running(engine, 'upgrade', 'head');
      expect(await rowsOf(engine)).toEqual({ [squashed]: 'applied', [ids.posts]: 'applied' });
      // The next one only writes its row.
      const next = await engine.preview({ command: 'upgrade', targets: ['head'] });
      expect(next.plan.steps).toEqual([{ revision: squashed, action: 'log' }]);
      await running(engine, 'upgrade', 'head');
      const { findings } = await engine.check(['drift', 'pending', 'missing']);
      expect(findings).toEqual([]);
    });
    // Everything is applied: the files can be deleted.
    const without = await later(copy, {
      files: Object.fromEntries(
        [ids.users, ids.names, ids.mood, ids.fill].map(id => [`migrations/${id}.ts`, null]),
      ),
    });
    await asking(without.root, async engine => {
      expect(await rowsOf(engine)).toEqual({ [squashed]: 'applied', [ids.posts]: 'applied' });
      const { findings } = await engine.check(['drift', 'pending', 'missing']);
      expect(findings).toEqual([]);
    });
  });
});
