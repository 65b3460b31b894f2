import { describe, expect, it } from 'vitest';
import { lossesOf } from '../../src/safety/losses.ts';
import { parseStatements } from '../../src/safety/statements.ts';

describe('what a statement takes away', () => {
  it.each([
    ['drop table if exists a.b, c cascade', ['table a.b', 'table c']],
    ['alter table "My Chats" drop column "Text", add column x int', ['column My Chats.Text']],
    ['alter table a.b drop column if exists c cascade, drop column d', ['column a.b.c', 'column a.b.d']],
    ['truncate a, b', ['rows a', 'rows b']],
    ['delete from messages', ['rows messages']],
    ['drop schema old cascade', ['schema old']],
    ['select 1; drop table t; select 2', ['table t']],
  ])('%s', async (sql, expected) => {
    const words = (await lossesOf([sql])).map(({ kind, schema, table, column }) => {
      return `${kind} ${[schema, table, column].filter(Boolean).join('.')}`;
    });
    expect(words).toEqual(expected);
  });

  it.each([
    'delete from messages where id = 1',
    'alter table a drop constraint b',
    'drop index i',
    'drop view v',
    'create table a (b int)',
    "insert into notes values ('drop table a')",
    'not sql at all',
  ])('nothing: %s', async sql => {
    expect(await lossesOf([sql])).toEqual([]);
  });
});

describe('statements of a text', () => {
  it('are split by PostgreSQL itself: semicolons in strings, bodies and comments do not count', async () => {
    const statements = await parseStatements(
      `select ';' as "é;"; -- a; b\ndo $$ begin perform 1; end $$;\n/* ; */ select 2`,
    );
    expect(statements?.map(({ sql }) => sql)).toEqual([
      `select ';' as "é;"`,
      'do $$ begin perform 1; end $$',
      'select 2',
    ]);
  });

  it('survive a literal of 50 kB and text outside ASCII', async () => {
    const long = 'ü'.repeat(50_000);
    const statements = await parseStatements(`insert into a values ('${long}'); select 1`);
    expect(statements).toHaveLength(2);
    expect(statements?.[1]?.sql).toBe('select 1');
  });
});
