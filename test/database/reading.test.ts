import { afterEach, describe, expect, test } from 'vitest';
import type { EngineApi, EngineEvent } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { makeProject, type Project } from '../support/project.ts';
import { createDatabase, type Database } from '../support/server.ts';
import { open } from './support.ts';

const chats = 'Migration20260101000000_chats';
const rows = 'Migration20260102000000_rows';
const migrations = {
  [chats]: { up: 'create table "chats" ("id" serial primary key, "title" text)', down: 'drop table "chats"' },
  [rows]: { up: `insert into "chats" ("title") values ('a')`, down: 'delete from "chats"' },
};

const config = `baseDir: process.cwd(), schemaGenerator: { ignoreSchema: ['migtui'] }`;
const engines: EngineApi[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

async function engineOf(project: Project, events: EngineEvent[] = []): Promise<EngineApi> {
  const engine = await openEngine({ root: project.root }, event => void events.push(event));
  engines.push(engine);
  return engine;
}

/** Everything in the database that reading could have created or changed. */
async function contents(database: Database): Promise<unknown> {
  return database.query(`
    select 'object' as what, n.nspname || '.' || c.relname || ' ' || coalesce(obj_description(c.oid), '') as name
      from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname !~ '^pg_|information_schema'
    union all select 'schema', nspname from pg_namespace where nspname !~ '^pg_'
    union all select 'written', coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::text from pg_stat_user_tables
    order by 1, 2`);
}

async function lookAtEverything(engine: EngineApi): Promise<void> {
  await engine.overview();
  await engine.revision(rows);
  await engine.preview({ command: 'upgrade', targets: ['heads'] });
  await engine.preview({ command: 'stamp', targets: ['base'] });
  await engine.journal();
  await engine.script({ command: 'upgrade', targets: ['base:heads'] });
}

describe('reading writes nothing', () => {
  test('to an empty database', async () => {
    const database = await createDatabase();
    const before = await contents(database);
    const engine = await engineOf(await makeProject({ url: database.url, migrations, config }));
    await lookAtEverything(engine);
    expect(await engine.overview()).toMatchObject({
      database: { state: 'connected', table: 'absent', otherTables: 0 },
      applied: 0,
    });
    expect(await contents(database)).toEqual(before);
    // Existing tables without a migrations table are reported, with the command that records them.
    await database.query('create table made_elsewhere (id int)');
    expect(await engine.overview()).toMatchObject({
      database: { otherTables: 1 },
      notes: expect.arrayContaining([expect.stringContaining('migtui stamp head')]),
    });
  });

  test('with a read-only role, and every read works', async () => {
    const database = await createDatabase();
    const role = await database.createRole({ may: 'select', schemas: ['public'] });
    const owner = await open((await makeProject({ url: database.url, migrations, config })).root);
    await owner.run(`up ${chats}`);
    await owner.close();
    await database.query(
      `grant usage on schema migtui to "${role.name}"; grant select on migtui.journal to "${role.name}"`,
    );
    await database.query(`alter role "${role.name}" set default_transaction_read_only = on`);
    const before = await contents(database);
    const engine = await engineOf(await makeProject({ url: role.url, migrations, config }));
    await lookAtEverything(engine);
    expect(await engine.overview()).toMatchObject({
      current: [chats],
      pending: [rows],
      database: { readOnly: true, table: 'present' },
      journal: { state: 'on' },
    });
    expect(await engine.journal()).toMatchObject([{ revision: chats, outcome: 'done' }]);
    const preview = await engine.preview({ command: 'upgrade', targets: ['heads'] });
    await expect(engine.run(preview, {})).rejects.toMatchObject({ code: 'database-read-only' });
    expect(await contents(database)).toEqual(before);
  });

  test('with a wrong password the applied revisions are unknown', async () => {
    const database = await createDatabase();
    const role = await database.createRole();
    const url = new URL(role.url);
    url.password = 'wrong';
    const engine = await engineOf(await makeProject({ url: url.href, migrations, config }));
    const { database: seen, revisions, pending, applied } = await engine.overview();
    expect([seen.state, applied, pending]).toEqual(['refused', 0, []]);
    expect(revisions.map(({ state }) => state)).toEqual(['unknown', 'unknown']);
  });

  test('without the right to read the table it says so, also without the right to the journal', async () => {
    const database = await createDatabase();
    const role = await database.createRole({ may: 'nothing' });
    const owner = await open((await makeProject({ url: database.url, migrations, config })).root);
    await owner.run(`up ${chats}`);
    await owner.close();
    const engine = await engineOf(await makeProject({ url: role.url, migrations, config }));
    expect(await engine.overview()).toMatchObject({
      database: { table: 'forbidden' },
      journal: { state: 'unknown' },
    });
    expect(await engine.journal()).toEqual([]);
    await expect(engine.preview({ command: 'upgrade', targets: ['heads'] })).rejects.toMatchObject({
      code: 'table-forbidden',
    });
  });

  test('creates no database; a run does, after the preview has said so', async () => {
    const database = await createDatabase();
    const url = new URL(database.url);
    url.pathname = `/${database.name}_new`;
    const engine = await engineOf(await makeProject({ url: url.href, migrations, config }));
    expect(await engine.overview()).toMatchObject({ database: { state: 'missing' } });
    const preview = await engine.preview({ command: 'upgrade', targets: ['heads'] });
    expect(preview.warnings).toContainEqual(expect.objectContaining({ code: 'creates-database' }));
    const exists = () =>
      database.query(`select datname from pg_database where datname = '${database.name}_new'`);
    expect(await exists()).toEqual([]);
    expect(await engine.run(preview, {})).toMatchObject({ failure: null, tips: [rows] });
    expect(await exists()).toHaveLength(1);
    expect(await engine.overview()).toMatchObject({ database: { state: 'connected' }, pending: [] });
  });

  test('a config that forbids creating databases is respected', async () => {
    const database = await createDatabase();
    const url = new URL(database.url);
    url.pathname = `/${database.name}_never`;
    const project = await makeProject({
      url: url.href,
      migrations,
      config: `${config}, ensureDatabase: false`,
    });
    const engine = await engineOf(project);
    await expect(engine.preview({ command: 'upgrade', targets: ['heads'] })).rejects.toMatchObject({
      code: 'database-missing',
    });
  });

  test('creates no embedded folder', async () => {
    const project = await makeProject({ pglite: true, migrations, config });
    const engine = await engineOf(project);
    expect(await engine.overview()).toMatchObject({ database: { state: 'missing' } });
    const preview = await engine.preview({ command: 'upgrade', targets: ['heads'] });
    expect(await project.list('.')).not.toContain('.data');
    expect(await engine.run(preview, {})).toMatchObject({ failure: null, tips: [rows] });
    expect(await engine.overview()).toMatchObject({ applied: 2, journal: { state: 'on' } });
  });

  test('unless the migrations table is requested, which is created once and empty', async () => {
    const database = await createDatabase();
    const engine = await engineOf(await makeProject({ url: database.url, migrations, config }));
    expect([await engine.ensureTable(), await engine.ensureTable()]).toEqual([true, false]);
    expect(await engine.overview()).toMatchObject({ database: { table: 'present' }, applied: 0 });
  });
});

test('a locked migrations table is named, with the session that locks it', async () => {
  const database = await createDatabase();
  const { root } = await makeProject({ url: database.url, migrations, config });
  const engine = await openEngine({ root, network: { answerTimeout: 1_000 } }, () => {});
  engines.push(engine);
  expect((await engine.preview({ command: 'upgrade', targets: ['head'] })).steps).toHaveLength(2);
  await database.query(
    'create table mikro_orm_migrations (id serial primary key, name varchar(255), executed_at timestamptz default now())',
  );
  const holder = await database.connect();
  try {
    await holder.query(`set application_name = 'reindexing'; begin; lock table mikro_orm_migrations`);
    const locked = {
      code: 'table-locked',
      message: expect.stringMatching(
        /^Another session has locked "public"\."mikro_orm_migrations": pid \d+ \(.*reindexing.*\)\.$/,
      ),
      next: expect.stringContaining('select pg_terminate_backend('),
    };
    await expect(engine.preview({ command: 'upgrade', targets: ['head'] })).rejects.toMatchObject(locked);
    expect((await engine.overview()).database).toMatchObject({ state: 'refused', failure: locked });
    await database.query(
      `do $$ begin execute format('alter database %I set statement_timeout = 500', current_database()); end $$`,
    );
    const limited = await openEngine({ root, network: { answerTimeout: 20_000 } }, () => {});
    engines.push(limited);
    await expect(limited.preview({ command: 'upgrade', targets: ['head'] })).rejects.toMatchObject(locked);
  } finally {
    await holder.end();
  }
});

test('a query that statement_timeout ends is explained', async () => {
  const database = await createDatabase();
  await database.query(
    `create table mikro_orm_migrations (id serial primary key, name varchar(255), executed_at timestamptz default now());
     create view slow as select 1 as one from pg_sleep(5)`,
  );
  const { root } = await makeProject({ url: database.url, migrations, config });
  const engine = await openEngine({ root }, () => {});
  engines.push(engine);
  await database.query(
    `alter table mikro_orm_migrations rename to rows;
     create view mikro_orm_migrations as select rows.* from rows, slow;
     insert into rows (name) values ('x');
     do $$ begin execute format('alter database %I set statement_timeout = 300', current_database()); end $$`,
  );
  const failure = {
    code: 'query-timeout',
    message: expect.stringMatching(/^A query of migtui took longer than the statement_timeout/),
  };
  await expect(engine.preview({ command: 'upgrade', targets: ['head'] })).rejects.toMatchObject(failure);
});

test('an error of onQuery in the config is reported as one of the config', async () => {
  const database = await createDatabase();
  const throws = `${config}, onQuery(sql) { if (sql.includes('chats')) throw new Error('not allowed'); return sql; }`;
  const engine = await engineOf(await makeProject({ url: database.url, migrations, config: throws }));
  await expect(engine.preview({ command: 'upgrade', targets: ['head'] })).rejects.toMatchObject({
    code: 'config-broken',
    message: expect.stringMatching(
      /^onQuery in the MikroORM config throws "not allowed" for: create table "chats"/,
    ),
  });
});
