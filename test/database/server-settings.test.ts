import { afterEach, describe, expect, test } from 'vitest';
import type { EngineApi } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { makeProject, type Project, stockCli } from '../support/project.ts';
import { createDatabase, type Database } from '../support/server.ts';

const one = 'Migration20260101000000_one';
const two = 'Migration20260102000000_two';
const migrations = {
  [one]: { up: 'create table "one" ("id" int)', down: 'drop table "one"' },
  [two]: { up: 'create table "two" ("id" int)', down: 'drop table "two"' },
};
const config = `baseDir: process.cwd(), schemaGenerator: { ignoreSchema: ['migtui'] }`;

const engines: EngineApi[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

async function engineOf(project: Project): Promise<EngineApi> {
  const engine = await openEngine({ root: project.root }, () => {});
  engines.push(engine);
  return engine;
}

async function databaseWith(settings: Readonly<Record<string, string>> = {}): Promise<Database> {
  const database = await createDatabase();
  for (const [name, value] of Object.entries(settings)) {
    await database.query(`alter database "${database.name}" set ${name} = ${value}`);
  }
  return database;
}

async function go(engine: EngineApi, command: 'upgrade' | 'downgrade', target: string) {
  return engine.run(await engine.preview({ command, targets: [target] }), {});
}

const table = `create table mikro_orm_migrations (id serial primary key, name varchar(255), executed_at timestamptz)`;

describe('with any settings of the database', () => {
  test.each<Record<string, string>>([
    { default_transaction_isolation: "'repeatable read'" },
    { default_transaction_isolation: "'serializable'", default_transaction_deferrable: 'on' },
    { datestyle: "'SQL, DMY'", timezone: "'Asia/Kathmandu'" },
    { datestyle: "'German'", intervalstyle: "'sql_standard'", timezone: "'America/St_Johns'" },
    { datestyle: "'Postgres, MDY'", intervalstyle: "'iso_8601'", bytea_output: "'escape'" },
    { standard_conforming_strings: 'off', escape_string_warning: 'off', extra_float_digits: '-15' },
  ])('%o: up, down and the events', async settings => {
    const database = await databaseWith(settings);
    const engine = await engineOf(await makeProject({ url: database.url, migrations, config }));
    const before = Date.now();
    expect(await go(engine, 'upgrade', 'head')).toMatchObject({ failure: null, tips: [two] });
    expect(await go(engine, 'downgrade', '-1')).toMatchObject({ failure: null, tips: [one] });
    const { applied, revisions, edited } = await engine.overview();
    expect([applied, edited]).toEqual([1, []]);
    const times = [
      revisions.find(({ id }) => id === one)?.appliedAt,
      ...(await engine.journal()).flatMap(({ started, finished }) => [started, finished]),
    ].map(time => Date.parse(time as string));
    expect(times).toHaveLength(7);
    for (const time of times) {
      expect(time).toBeGreaterThan(before - 2_000);
      expect(time).toBeLessThan(Date.now() + 2_000);
    }
  });
});

describe('the migrations table', () => {
  test('has unusual times and names', async () => {
    const database = await databaseWith();
    const names = [`o'clock "quoted"`, 'two\nlines', 'x'.repeat(255), '', 'a%b_c\\d', '\u202egnp.js'];
    await database.query(table);
    await database.query(
      `insert into mikro_orm_migrations (name, executed_at) select unnest($1::text[]), null`,
      [names],
    );
    await database.query(
      `insert into mikro_orm_migrations (name, executed_at) values
         ('${one}', 'infinity'), ('old', '-infinity'), ('caesar', '0044-03-15 00:00:00+00 BC'),
         ('late', '294000-01-01'), (null, now())`,
    );
    const engine = await engineOf(await makeProject({ url: database.url, migrations, config }));
    const overview = await engine.overview();
    expect(overview).toMatchObject({ applied: 10, pending: [two] });
    expect(overview.missing).toEqual(expect.arrayContaining(names.map(name => name.replace(/\.js$/, ''))));
    const at = (id: string) => overview.revisions.find(row => row.id === id)?.appliedAt;
    expect([one, 'old', 'late'].map(at)).toEqual([null, null, null]);
    expect(at('caesar')).toBe('-000043-03-15T00:00:00.000Z');
    expect(await go(engine, 'upgrade', 'head')).toMatchObject({ failure: null });
    expect((await engine.overview()).applied).toBe(11);
  });

  test.each([
    ['other columns', 'create table mikro_orm_migrations (version int, applied boolean)'],
    ['a column of another type', 'create table mikro_orm_migrations (id int, name text, executed_at int)'],
  ])('with %s is a clear error', async (_, sql) => {
    const database = await databaseWith();
    await database.query(sql);
    const engine = await engineOf(await makeProject({ url: database.url, migrations, config }));
    const preview = () => engine.preview({ command: 'upgrade', targets: ['head'] });
    for (const ask of [() => engine.overview(), preview]) {
      await expect(ask()).rejects.toMatchObject({
        code: 'table-unexpected',
        message: expect.stringContaining('id, name, executed_at'),
        next: expect.stringContaining('migrations.tableName'),
      });
    }
  });

  test('is in the schema where the stock CLI creates it according to search_path', async () => {
    const database = await databaseWith({ search_path: "'app', 'public'" });
    await database.query('create schema app');
    const project = await makeProject({ url: database.url, migrations, config });
    const stock = await stockCli(project, ['migration:up', '--to', one]);
    expect(stock.code).toBe(0);
    const engine = await engineOf(project);
    expect(await engine.overview()).toMatchObject({
      project: { table: 'app.mikro_orm_migrations' },
      current: [one],
      pending: [two],
    });
    expect(await go(engine, 'upgrade', 'head')).toMatchObject({ failure: null, tips: [two] });
    expect(await go(engine, 'downgrade', '-1')).toMatchObject({ failure: null, tips: [one] });
    expect(
      await database.query(`select schemaname as s, count(*)::int as n from pg_tables
        where tablename = 'mikro_orm_migrations' group by 1`),
    ).toEqual([{ s: 'app', n: 1 }]);
  });

  test('in public is used while the first schema has none', async () => {
    const database = await databaseWith();
    const project = await makeProject({ url: database.url, migrations, config });
    await go(await engineOf(project), 'upgrade', '+1');
    await database.query('create schema app');
    await database.query(`alter database "${database.name}" set search_path = 'app', 'public'`);
    const engine = await engineOf(project);
    expect(await engine.overview()).toMatchObject({
      project: { table: 'public.mikro_orm_migrations' },
      current: [one],
    });
    expect(await go(engine, 'upgrade', 'head')).toMatchObject({ failure: null, tips: [two] });
  });
});
