import { expect, test } from 'vitest';
import { openEngine } from '../../src/engine/engine.ts';
import { makeProject } from '../support/project.ts';
import { createDatabase } from '../support/server.ts';

const config = "baseDir: process.cwd(), schemaGenerator: { ignoreSchema: ['migtui'] }";
const migrations = {
  M1: {
    up: `create type mood as enum ('a'); create domain positive as int check (value > 0); create schema app;
         create table people (id serial primary key, mood mood, n positive); create table app.pets (owner int references people);
         create view glad as select * from people; create function f(i int) returns int language sql as 'select i';
         create procedure p() language sql as 'select 1'; create sequence s; create aggregate total(int) (sfunc = int4pl, stype = int);
         insert into people (mood) values ('a'), ('a')`,
    down: '',
  },
};

test('everything is dropped except extensions, the journal and the schema itself, and can be recreated', async () => {
  const database = await createDatabase();
  await database.query('create extension if not exists pg_trgm; grant create on schema public to public');
  const project = await makeProject({ url: database.url, migrations, config });
  const engine = await openEngine({ root: project.root }, () => {});
  const run = async (): Promise<void> => {
    const preview = await engine.preview({ command: 'upgrade', targets: ['heads'] });
    expect((await engine.run(preview, {})).failure).toBeNull();
  };
  await run();
  const shown = await engine.emptying();
  expect(shown.losses).toEqual([
    'drops schema app and everything in it',
    'drops aggregate total',
    'drops domain positive',
    'drops function f',
    'drops procedure p',
    'drops sequence s',
    'drops table mikro_orm_migrations: 1 row',
    'drops table people: 2 rows',
    'drops type mood',
    'drops view glad',
  ]);
  await database.query('create table another ()');
  await expect(engine.empty(shown)).rejects.toMatchObject({ code: 'plan-changed' });
  await engine.empty(await engine.emptying());
  expect((await engine.emptying()).losses).toEqual([]);
  expect(await database.query("select extname from pg_extension where extname = 'pg_trgm'")).toHaveLength(1);
  expect(await database.query("select has_schema_privilege('public', 'public', 'create') as may")).toEqual([
    { may: true },
  ]);
  expect(await engine.journal()).toHaveLength(1);
  expect(await engine.overview()).toMatchObject({ applied: 0, edited: [] });
  await run();
  await engine.close();
  const careful = await openEngine({ root: project.root, protected: true }, () => {});
  await expect(careful.empty(await careful.emptying())).rejects.toMatchObject({ code: 'protected' });
  await careful.close();
});

test('in a separate schema, only that one is emptied', async () => {
  const database = await createDatabase();
  await database.query(
    'create table kept (); create schema tenant; create table tenant.gone (); create schema other; create table other.kept ()',
  );
  const project = await makeProject({ url: database.url, migrations: {}, config });
  const engine = await openEngine({ root: project.root, schema: 'tenant' }, () => {});
  const shown = await engine.emptying();
  expect(shown.losses).toEqual(['drops table tenant.gone (empty)']);
  await engine.empty(shown);
  expect(
    await database.query(
      "select schemaname, tablename from pg_tables where tablename in ('kept', 'gone') order by 1",
    ),
  ).toEqual([
    { schemaname: 'other', tablename: 'kept' },
    { schemaname: 'public', tablename: 'kept' },
  ]);
  await engine.close();
});
