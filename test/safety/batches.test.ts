import { beforeAll, describe, expect, test } from 'vitest';
import { cutBatches } from '../../src/database/run/batches.ts';
import { batchWarnings } from '../../src/safety/batches.ts';
import { loadParser, splitStatements } from '../../src/safety/parse.ts';
import { endsTransaction, leavesNothing } from '../../src/safety/traces.ts';

/** Warnings for revisions `r0`, `r1`, … in one transaction; those in `alone` run without one. */
async function warnings(
  sql: readonly (string | readonly string[])[],
  alone: readonly number[] = [],
): Promise<string[]> {
  const steps = sql.map((_, index) => ({ revision: `r${index}`, action: 'up' as const }));
  const batches = cutBatches(
    steps.map((step, index) => ({ ...step, transactional: !alone.includes(index) })),
    { transactional: true, allOrNothing: true },
  );
  const found = await batchWarnings(
    steps,
    sql.map(one => [one].flat()),
    batches,
  );
  return found.map(({ code, revisions }) => `${code} ${revisions.join()}`);
}

describe('what a transaction does not allow', () => {
  test.each([
    'create index concurrently "i" on "t" ("a")',
    'create unique index concurrently if not exists i on t (a) where a > 0',
    'drop index concurrently i',
    'reindex table concurrently t',
    'alter table p detach partition p1 concurrently',
    'vacuum t',
    'create database d',
    'alter system set work_mem = 1',
  ])('%s', async sql => {
    expect(await warnings([['select 1', sql]])).toEqual(['needs-no-transaction r0']);
    expect(await warnings([sql], [0])).toEqual([]);
  });

  test.each([
    'create index i on t (a)',
    'analyze t',
    'refresh materialized view concurrently v',
    'drop table t',
  ])('%s is fine', async sql => expect(await warnings([sql])).toEqual([]));

  test('without a transaction, a concurrent statement must be in a separate string', async () => {
    const sql = 'create index concurrently i on t (a); create index j on t (b)';
    expect(await warnings([sql], [0])).toEqual(['needs-no-transaction r0']);
    expect(await warnings([sql.split(';')], [0])).toEqual([]);
  });

  test('a commit of its own', async () => {
    expect(await warnings(['insert into t values (1); commit'])).toEqual(['ends-transaction r0']);
    expect(await warnings([`select 'commit'`, 'savepoint a; rollback to a'])).toEqual([]);
  });
});

describe('a new value of an enum', () => {
  const add = `alter type "mood" add value 'curious'`;
  test('used in the same transaction, in the same revision or a later one', async () => {
    expect(await warnings([[add, `update people set mood = 'curious'`]])).toEqual(['new-enum-value r0']);
    expect(await warnings([add, 'select 1', `alter table t alter column m set default 'curious'`])).toEqual([
      'new-enum-value r0,r2',
    ]);
  });
  test('what to do about it', async () => {
    const advice = async (...sql: (string | string[])[]): Promise<string> => {
      const steps = sql.map((_, index) => ({ revision: `r${index}`, action: 'up' as const }));
      const batch = { transactional: true, steps: steps.map((_, index) => index) };
      const found = await batchWarnings(
        steps,
        sql.map(one => [one].flat()),
        [batch],
      );
      return found.map(({ message }) => message).join();
    };
    expect(await advice(add, `select 'curious'::mood`)).toContain('Run with --transaction each');
    expect(await advice([add, `select 'curious'::mood`])).toContain('migtui revision --split r0');
  });
  test('of a type created here it can be used immediately, from PostgreSQL 17 on', async () => {
    const steps = [{ revision: 'r0', action: 'up' as const }];
    const sql = [[`create type "mood" as enum ('a')`, add, `select 'curious'::mood`]];
    const on = async (version: string): Promise<number> =>
      (await batchWarnings(steps, sql, [{ transactional: true, steps: [0] }], version)).length;
    expect([await on('16.9'), await on('17.0'), await on('18.4')]).toEqual([1, 0, 0]);
  });
  test('not used, used in another transaction, or of a type created here', async () => {
    expect(await warnings([add, `update people set mood = 'good'`])).toEqual([]);
    expect(await warnings([add, 'select 1', `update people set mood = 'curious'`], [1])).toEqual([]);
    expect(await warnings([`create type "mood" as enum ('a')`, add, `select 'curious'::mood`])).toEqual([]);
  });
});

describe('statements', () => {
  test('are split by the grammar, with their positions', async () => {
    const sql = `insert into "ü" values ('a;b'); -- c;\ncreate function f() returns void language sql as $$ select 1; $$;\n\nselect 1`;
    const found = (await splitStatements(sql)) ?? [];
    expect(found.map(({ type }) => type)).toEqual(['InsertStmt', 'CreateFunctionStmt', 'SelectStmt']);
    for (const { text, start } of found) expect(sql.slice(start, start + text.length)).toBe(text);
    expect(await splitStatements('this is no sql')).toBeNull();
    expect(await splitStatements('')).toEqual([]);
  });
});

describe('transaction control', () => {
  beforeAll(loadParser);
  test.each(['commit', 'COMMIT;', 'select 1; end', 'rollback', 'abort', `prepare transaction 'x'`])(
    '%s ends it',
    sql => expect(endsTransaction(sql)).toBe(true),
  );
  test.each([
    'savepoint a',
    'rollback to savepoint a',
    'release a',
    `insert into t values ('commit')`,
    'create function f() returns void language plpgsql as $$ begin commit; end $$',
    'select 1 end_of_it',
  ])('%s does not', sql => expect(endsTransaction(sql)).toBe(false));
});

test('what a failed statement may leave outside a transaction', async () => {
  expect(await leavesNothing('create table t (id int)')).toBe(true);
  expect(await leavesNothing('create table t (id int); insert into t values (1)')).toBe(true);
  expect(await leavesNothing('')).toBe(true);
  for (const sql of [
    'create index concurrently i on t (a)',
    'call p()',
    'do $$ begin commit; end $$',
    'vacuum t',
    'not sql',
  ])
    expect([sql, await leavesNothing(sql)]).toEqual([sql, false]);
});
