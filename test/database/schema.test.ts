import { afterEach, describe, expect, test } from 'vitest';
import type { EngineApi, EngineOptions } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { Failure } from '../../src/foundation/failure.ts';
import { type MigrationSketch, makeProject, type ProjectOptions, stockCli } from '../support/project.ts';
import { createDatabase, type Database } from '../support/server.ts';
import { describeDatabase } from './introspect.ts';
import { runScript } from './psql.ts';

/* One project in several schemas of one database, with a log in each, like `migration:up --schema`. */

const one = 'Migration20260101000000_chats';
const two = 'Migration20260102000000_topics';
const migrations: Record<string, MigrationSketch> = {
  [one]: {
    up: [
      `create table "chats" ("id" serial primary key, "title" text)`,
      `insert into "chats" ("title") values ('a')`,
    ],
    down: 'drop table "chats"',
  },
  [two]: {
    up: 'alter table "chats" add column "topic" text',
    down: 'alter table "chats" drop column "topic"',
  },
};

const engines: EngineApi[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

async function start(options: ProjectOptions = {}) {
  const database = await createDatabase();
  const project = await makeProject({
    url: database.url,
    migrations,
    typescript: false,
    // MikroORM remembers the first folder of the process..
    config: 'baseDir: process.cwd()',
    ...options,
  });
  return {
    database,
    project,
    async open(schema?: string, more: Partial<EngineOptions> = {}): Promise<EngineApi> {
      const engine = await openEngine({ root: project.root, schema, ...more }, () => {});
      engines.push(engine);
      return engine;
    },
  };
}

async function go(engine: EngineApi, command: 'upgrade' | 'downgrade' | 'stamp', target: string) {
  const preview = await engine.preview({ command, targets: [target] });
  const result = await engine.run(preview, {});
  expect(result.failure).toBeNull();
  return preview;
}

const failureOf = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => null,
    thrown => thrown,
  );
  expect(error).toBeInstanceOf(Failure);
  return (error as Failure).info;
};

const schemasOf = async (database: Database) =>
  (
    await database.query<{ name: string }>(
      `select nspname::text as name from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema' order by 1`,
    )
  ).map(({ name }) => name);

describe('another schema', () => {
  test('an upgrade has the same effect as in the stock CLI with --schema, and so does a downgrade', async () => {
    const ours = await start();
    const theirs = await start();
    const engine = await ours.open('a');
    await go(engine, 'upgrade', 'head');
    const up = await stockCli(theirs.project, ['migration:up', '--schema', 'a']);
    expect(up, up.stderr).toMatchObject({ code: 0 });
    // The stock migrator also creates an empty log in the default schema.
    await theirs.database.query('drop table public.mikro_orm_migrations');
    expect(await describeDatabase(ours.database)).toEqual(await describeDatabase(theirs.database));

    // Each one continues where the other stopped.
    const down = await stockCli(ours.project, ['migration:down', '--schema', 'a']);
    expect(down, down.stderr).toMatchObject({ code: 0 });
    await go(await theirs.open('a'), 'downgrade', '-1');
    for (const { database } of [ours, theirs]) {
      await database.query('drop table if exists public.mikro_orm_migrations');
    }
    expect(await describeDatabase(ours.database)).toEqual(await describeDatabase(theirs.database));
  });

  test('each schema has its own state, and all are listed', async () => {
    const { open } = await start();
    await go(await open('a'), 'upgrade', 'head');
    await go(await open('b'), 'upgrade', '+1');
    const looks = [];
    for (const schema of ['a', 'b', undefined]) looks.push(await (await open(schema)).overview());
    expect(looks.map(({ current }) => current)).toEqual([[two], [one], []]);
    expect(looks[1]).toMatchObject({
      project: { schema: 'b', defaultSchema: 'public', table: 'b.mikro_orm_migrations' },
      database: { schemas: ['a', 'b'] },
    });
    expect(looks[2]?.project).toMatchObject({ schema: null, table: 'public.mikro_orm_migrations' });
  });

  test('reading a missing one creates nothing; the plan says that the run will', async () => {
    const { database, open } = await start();
    const engine = await open('later');
    const overview = await engine.overview();
    expect(overview.notes).toContain('The schema later does not exist yet. The first run creates it.');
    const preview = await engine.preview({ command: 'upgrade', targets: ['head'] });
    expect(preview).toMatchObject({ schema: 'later', warnings: [{ code: 'creates-schema' }] });
    await engine.check(['pending', 'missing']);
    expect(await schemasOf(database)).toEqual(['public']);
    await engine.run(preview, {});
    expect(await schemasOf(database)).toEqual(['later', 'public']);
    expect((await engine.preview({ command: 'downgrade', targets: ['base'] })).warnings).toEqual([]);
  });

  test('losses are measured in it', async () => {
    const { open } = await start();
    await go(await open('a'), 'upgrade', 'head');
    const preview = await (await open('a')).preview({ command: 'downgrade', targets: ['base'] });
    expect(preview.steps.flatMap(({ losses }) => losses)).toEqual([
      'drops column chats.topic (no row has a value)',
      'drops table chats: 1 row',
    ]);
  });

  test('the script has the same effect as the run', async () => {
    const { database, open } = await start();
    const offline = await createDatabase();
    const engine = await open('we"ird');
    await go(engine, 'upgrade', 'head');
    await runScript(offline, await engine.script({ command: 'upgrade', targets: ['base:head'] }));
    expect(await describeDatabase(offline)).toEqual(await describeDatabase(database));
    await go(engine, 'downgrade', 'base');
    await runScript(offline, await engine.script({ command: 'downgrade', targets: ['head:base'] }));
    expect(await describeDatabase(offline)).toEqual(await describeDatabase(database));
  });

  test('drift is checked in it, and other objects in public are ignored', async () => {
    const { database, open } = await start();
    const engine = await open('a');
    await go(engine, 'upgrade', 'head');
    await database.query('create table public.others (); create table a.extra ()');
    expect(await engine.compare('head')).toMatchObject({
      same: false,
      sql: ['drop table "a"."extra";'],
    });
    await database.query('drop table a.extra');
    expect(await engine.compare('head')).toMatchObject({ same: true, effects: [] });
  });

  test('a revision without a transaction is refused before anything runs: MikroORM would fail there', async () => {
    const index = 'Migration20260103000000_index';
    const { database, open } = await start({
      migrations: {
        ...migrations,
        [index]: { up: 'create index concurrently "i" on "chats" ("title")', transactional: false },
      },
    });
    const engine = await open('a');
    for (const refused of [
      () => engine.preview({ command: 'upgrade', targets: ['head'] }),
      () => engine.script({ command: 'upgrade', targets: ['base:head'] }),
    ]) {
      expect(await failureOf(refused())).toMatchObject({
        code: 'schema-needs-transaction',
        candidates: [index],
      });
    }
    await go(engine, 'upgrade', two);
    await go(engine, 'stamp', 'head');
    expect(await schemasOf(database)).toEqual(['a', 'public']);
  });

  test('a plan made for one schema does not run in another', async () => {
    const { open } = await start();
    const preview = await (await open('a')).preview({ command: 'upgrade', targets: ['head'] });
    expect(await failureOf((await open('b')).run(preview, {}))).toMatchObject({ code: 'plan-changed' });
  });

  test('it overrides migrations.schema of the config', async () => {
    const { open } = await start({ migrationsConfig: `schema: 'own'` });
    expect((await (await open()).overview()).project).toMatchObject({
      schema: null,
      defaultSchema: 'own',
      table: 'own.mikro_orm_migrations',
    });
    const engine = await open('a');
    expect(await go(engine, 'upgrade', 'head')).toMatchObject({ schema: 'a' });
    expect((await engine.overview()).project).toMatchObject({ schema: 'a', defaultSchema: 'own' });
  });

  test.each([
    'we"ird',
    `it's; drop table "x" --`,
    'Größe',
    '猫🐈',
    ' two words ',
    'UPPER',
    '$1 :x %s \\',
    'x'.repeat(63),
  ])('the name %j works', async name => {
    const { database, open } = await start();
    const engine = await open(name);
    await go(engine, 'upgrade', 'head');
    expect(await engine.overview()).toMatchObject({ current: [two], database: { schemas: [name] } });
    await go(engine, 'downgrade', one);
    expect(await schemasOf(database)).toEqual([name, 'public'].sort());
    expect((await engine.overview()).current).toEqual([one]);
    await go(engine, 'downgrade', 'base');
  });

  test.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['a.b', 'dot'],
    ['a?', 'question mark'],
    ['x'.repeat(64), '64 bytes'],
    ['ü'.repeat(32), '64 bytes'],
    ['a\0b', 'NUL'],
  ])('the name %j is refused', async (name, why) => {
    const { open } = await start();
    const failure = await failureOf(open(name));
    expect(failure.code).toBe('bad-schema');
    expect(failure.message).toContain(why);
  });
});
