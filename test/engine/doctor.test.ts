import { afterEach, expect, test } from 'vitest';
import type { DoctorCheck, DoctorReport, EngineApi } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { makeProject, type ProjectOptions } from '../support/project.ts';
import { createDatabase } from '../support/server.ts';

const engines: EngineApi[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

const one = 'Migration20260101000000_one';
const two = 'Migration20260102000000_two';
const migrations = {
  [one]: { up: 'create table "one" ()', down: 'drop table "one"', revises: [] },
  [two]: { up: 'create table "two" ()', down: 'drop table "two"', revises: [one] },
};

async function engineOn(options: ProjectOptions): Promise<EngineApi> {
  const project = await makeProject({
    typescript: false,
    migrations,
    ...options,
    // MikroORM remembers the first folder of the process..
    config: `baseDir: process.cwd(), ${options.config ?? ''}`,
  });
  const engine = await openEngine({ root: project.root }, () => {});
  engines.push(engine);
  return engine;
}

const upgrade = async (engine: EngineApi) =>
  engine.run(await engine.preview({ command: 'upgrade', targets: ['head'] }), {});

const checkIn = ({ checks }: DoctorReport, id: DoctorCheck['id']) => checks.find(check => check.id === id);

test('a valid project has no problems', async () => {
  const { url } = await createDatabase();
  const engine = await engineOn({ url, config: `schemaGenerator: { ignoreSchema: ['migtui'] }` });
  await upgrade(engine);
  const { checks, ok } = await engine.doctor(undefined);
  // Whether there is a pg_dump depends on the machine.
  expect(checks.filter(({ id, status }) => status !== 'ok' && id !== 'pg-dump')).toEqual([]);
  expect(ok).toBe(true);
  expect(checks.map(({ id }) => id)).toEqual([
    'node',
    'mikro-orm',
    'config',
    'connection',
    'tls',
    'clock',
    'role',
    'migrations-table',
    'lock',
    'journal',
    'revisions',
    'lineage',
    'shadow',
    'pg-dump',
  ]);
});

test('a read-only role changes nothing, and its missing privileges are listed', async () => {
  const database = await createDatabase();
  await upgrade(await engineOn({ url: database.url }));
  const role = await database.createRole({ may: 'select' });
  const before = await database.query('select count(*)::int as n from pg_class');
  const report = await (await engineOn({ url: role.url })).doctor();
  expect(checkIn(report, 'role')).toMatchObject({
    status: 'warning',
    message: expect.stringContaining('insert and delete on "public"."mikro_orm_migrations"'),
  });
  expect(report.ok).toBe(true);
  expect(await database.query('select count(*)::int as n from pg_class')).toEqual(before);
});

test('a role that may write to the table without owning it gets a warning', async () => {
  const database = await createDatabase();
  await upgrade(await engineOn({ url: database.url }));
  const role = await database.createRole({ may: 'all' });
  expect(checkIn(await (await engineOn({ url: role.url })).doctor(), 'role')).toMatchObject({
    status: 'warning',
    next: expect.stringContaining(`owner to "${role.name}"`),
  });
});

test('a run in progress is named', async () => {
  const database = await createDatabase();
  const engine = await engineOn({ url: database.url });
  await upgrade(engine);
  const other = await engineOn({
    url: database.url,
    migrations: {
      ...migrations,
      Migration20260103000000_slow: { up: 'select pg_sleep(600)', revises: [two] },
    },
  });
  const running = upgrade(other);
  const holder = async () => checkIn(await engine.doctor(), 'lock');
  await expect.poll(holder).toMatchObject({ status: 'warning', message: expect.stringContaining('migtui') });
  await other.cancel('rollback');
  expect(await running).toMatchObject({ cancelled: true });
  expect(await holder()).toMatchObject({ status: 'ok' });
});

test('a migrations table in another schema, and names that are logged twice', async () => {
  const database = await createDatabase();
  await database.query('create schema old');
  await database.query(
    'create table old.mikro_orm_migrations (id serial, name text, executed_at timestamptz)',
  );
  const engine = await engineOn({ url: database.url });
  expect(checkIn(await engine.doctor(), 'migrations-table')).toMatchObject({
    status: 'warning',
    message: expect.stringContaining('old'),
  });
  await upgrade(engine);
  await database.query(`insert into mikro_orm_migrations (name) values ('${one}')`);
  expect(checkIn(await engine.doctor(), 'migrations-table')).toMatchObject({
    status: 'warning',
    message: expect.stringContaining(one),
  });
});

test('a server that cannot be reached is an error, and everything else is still checked', async () => {
  const report = await (await engineOn({ url: 'postgres://app:s3cret-word@127.0.0.1:1/chat' })).doctor();
  expect(report.ok).toBe(false);
  expect(checkIn(report, 'connection')).toMatchObject({ status: 'error', next: expect.any(String) });
  expect(checkIn(report, 'revisions')).toMatchObject({ status: 'ok', message: '2 revisions, one history' });
  expect(checkIn(report, 'shadow')).toMatchObject({ status: 'ok' });
  expect(JSON.stringify(report)).not.toContain('s3cret-word');
});

test('an extension of the database that PGlite lacks is a limitation of the shadow', async () => {
  const database = await createDatabase();
  await database.query('create extension sslinfo');
  const report = await (await engineOn({ url: database.url })).doctor();
  expect(checkIn(report, 'shadow')).toMatchObject({
    status: 'warning',
    message: expect.stringContaining('sslinfo'),
    next: expect.stringContaining('--shadow'),
  });
});

test('a missing pg_dump in the settings is named', async () => {
  const { url } = await createDatabase();
  const report = await (await engineOn({ url })).doctor('/nowhere/pg_dump');
  expect(checkIn(report, 'pg-dump')).toMatchObject({
    status: 'warning',
    message: expect.stringContaining('/nowhere/pg_dump is not a usable pg_dump'),
    next: expect.any(String),
  });
});

test('an embedded database', async () => {
  const engine = await engineOn({ pglite: true });
  expect((await engine.doctor()).ok).toBe(true);
  await upgrade(engine);
  const report = await engine.doctor();
  expect(checkIn(report, 'connection')).toMatchObject({
    status: 'ok',
    message: expect.stringContaining('PGlite'),
  });
  expect(checkIn(report, 'migrations-table')).toMatchObject({
    message: expect.stringContaining('2 applied'),
  });
});
