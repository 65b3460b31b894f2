import { describe, expect, test } from 'vitest';
import { makeProject, migtui } from '../support/project.ts';
import { createDatabase } from '../support/server.ts';
import { answer, upgraded } from './support.ts';

/* Situations from public bug reports, with the real program. Others have tests next to their subject. */

const first = 'Migration20260101000000_first';
const second = 'Migration20260102000000_second';

describe('several processes that upgrade an empty database at the same time', () => {
  test('all of them exit with 0, and each revision runs once', async () => {
    const database = await createDatabase();
    const project = await makeProject({
      url: database.url,
      migrations: {
        [first]: { up: ['select pg_sleep(1)', 'create table one (id int)'] },
        [second]: { up: 'create table two (id int)' },
      },
    });
    const outputs = await Promise.all([1, 2, 3].map(() => migtui(project, ['upgrade', 'head', '--yes'])));
    expect(outputs.map(({ code, stderr }) => [code, stderr.includes('error:')])).toEqual([
      [0, false],
      [0, false],
      [0, false],
    ]);
    expect(await database.query('select name from mikro_orm_migrations order by id')).toEqual([
      { name: first },
      { name: second },
    ]);
  });
});

describe('a revision interrupted without the journal', () => {
  test.each([
    ['an index', 'create unique index concurrently ride_a on ride (a)'],
    ['a key made of one', 'create unique index concurrently "Ride A" on ride (a, b)'],
  ])(
    '%s that is invalid is reported by status and by check, and not offered as a change to keep',
    async (_, sql) => {
      const database = await createDatabase();
      const project = await makeProject({
        url: database.url,
        migrations: {
          [first]: {
            up: ['create table ride (a int, b int)', 'insert into ride values (1, 1), (1, 1)'],
          },
          [second]: { transactional: false, up: sql },
        },
      });
      expect(await migtui(project, ['upgrade', 'head', '--yes'])).toMatchObject({ code: 1 });
      const index = sql.includes('"') ? 'Ride A' : 'ride_a';
      const status = await migtui(project, ['status']);
      expect(status.stdout).toContain('20260102000000 second');
      expect(status.stdout).toContain(index);
      const only = await answer(project, ['check', '--only', 'unsettled']);
      expect([only.code, JSON.stringify(only)]).toEqual([3, expect.stringContaining(second)]);
      const whole = await migtui(project, ['check', '--ignore', 'entities']);
      expect(whole.code).toBe(3);
      expect(whole.stdout).toContain(index);
      expect(whole.stdout).toMatch(/invalid/i);
      expect(whole.stdout).not.toMatch(/--from-drift|put it into the entities/);
    },
  );
});

describe('objects of a revision that already exist', () => {
  test.each([
    ['a table', 'create table thing (id int, size int)', 'create table thing (id int)', '42P07'],
    [
      'a column',
      'alter table base_table add size int',
      'create table base_table (id int, size text)',
      '42701',
    ],
    ['a type', "create type mood as enum ('a', 'b')", "create type mood as enum ('a')", '42710'],
    ['an index', 'create index thing_i on base_table (id)', 'create table thing_i (id int)', '42P07'],
    [
      'a function',
      'create function f() returns int language sql as $$ select 2 $$',
      'create function f() returns int language sql as $$ select 1 $$',
      '42723',
    ],
    ['a schema', 'create schema inner_things', 'create schema inner_things', '42P06'],
  ])('%s: the next step names stamp, and the plan of the stamp compares', async (_, up, byHand, sqlState) => {
    const database = await createDatabase();
    const project = await makeProject({
      url: database.url,
      migrations: {
        [first]: { up: 'create table if not exists base_table (id int)' },
        [second]: { up },
      },
    });
    await database.query(byHand);
    const failed = await answer(project, ['upgrade', 'head', '--yes']);
    expect(failed.code).toBe(1);
    expect(failed.error.sql.sqlState).toBe(sqlState);
    expect(failed.error.next).toContain('migtui stamp');
    const plan = await migtui(project, ['stamp', 'head', '--plan']);
    expect(plan.code).toBe(0);
    expect(plan.stdout).toMatch(/does not match|missing/i);
  });
});

describe('a SQL script for a range', () => {
  test('stops on a database that is not at its start', async () => {
    const database = await createDatabase();
    const project = await makeProject({
      url: database.url,
      migrations: {
        [first]: { up: 'create table one (id int)' },
        [second]: { up: 'create table two (id int)' },
      },
    });
    const { stdout } = await migtui(project, ['upgrade', '20260101:20260102', '--sql']);
    // Without psql's own commands.
    const script = stdout.replace(/^\\.*$/gm, '');
    await expect(database.query(script)).rejects.toThrow(
      /this script expects these revisions to be applied: Migration\d+/,
    );
    expect(await database.query("select to_regclass('two')::text as t")).toEqual([{ t: null }]);
    await upgraded(project, '20260101');
    await database.query(script);
    expect(await database.query("select to_regclass('two')::text as t")).toEqual([{ t: 'two' }]);
  });
});
