import { describe, expect, it } from 'vitest';
import { countOfDeleted } from '../../src/safety/deleted-rows.ts';
import { type Loss, lossesOfSteps } from '../../src/safety/losses.ts';
import { splitStatements } from '../../src/safety/parse.ts';

const lossesOf = async (sql: readonly string[]): Promise<Loss[]> =>
  (await lossesOfSteps([{ sql, complete: true }])).flat();

describe('what a statement destroys', () => {
  it.each([
    [
      'drop table if exists a.b, c cascade',
      ['drops table a.b and all that depends on it', 'drops table c and all that depends on it'],
    ],
    ['alter table "My Chats" drop column "Text", add column x int', ['drops column My Chats.Text']],
    [
      'alter table a.b drop column if exists c cascade, drop column d',
      ['drops column a.b.c and all that depends on it', 'drops column a.b.d'],
    ],
    ['truncate a, b', ['empties a', 'empties b']],
    ['delete from messages', ['deletes every row of messages']],
    ['drop schema old cascade', ['drops schema old and all that depends on it']],
    ['select 1; drop table t; select 2', ['drops table t']],
    ['delete from messages where id = 1', ['deletes rows of messages']],
  ])('%s', async (sql, expected) => {
    expect((await lossesOf([sql])).map(({ description }) => description)).toEqual(expected);
  });

  it.each([
    'update messages set length = 1',
    'create table t (); drop table t',
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

describe('the rows that match a condition are counted with', () => {
  it.each([
    ['delete from t where a = 1', 'select from t where a = 1'],
    [
      'DELETE FROM only "Ünï".t AS x WHERE x.a IN (select b from u where c) returning *',
      'select from only "Ünï".t AS x where x.a IN (select b from u where c)',
    ],
    [
      'delete from t x using u, v where x.a = u.b and x.c is distinct from v.d',
      'select distinct "x".tableoid, "x".ctid from t x, u, v where x.a = u.b and x.c is distinct from v.d',
    ],
  ])('%s', async (sql, expected) => {
    const [statement] = (await splitStatements(sql)) ?? [];
    expect(statement && countOfDeleted(statement)?.sql).toContain(expected);
  });

  it.each([
    ['delete from t', undefined],
    ['with old as (delete from u returning id) delete from t where id in (select id from old)', null],
    ["update u set a = 1; delete from t where b = 'x'", null],
    ["do 'begin end'; delete from t where b", null],
    ['select fill(); delete from t where b', null],
    ['alter table t add b boolean default true; delete from t where b', null],
  ])('unknown: %s', async (sql, expected) => {
    expect((await lossesOf([sql])).at(-1)?.matching).toBe(expected);
  });

  it.each(['create table u (a int)', 'alter table u add b int', 'comment on table t is $$x$$'])(
    'unknown after: %s',
    async before => {
      const [, losses] = await lossesOfSteps([
        { sql: [before], complete: true },
        { sql: ['delete from x where lower(b) = $$y$$'], complete: true },
      ]);
      expect(losses?.[0]?.matching).toMatchObject({ functions: ['lower'] });
    },
  );

  it('unknown after a step with unknown SQL', async () => {
    const [, losses] = await lossesOfSteps([
      { sql: [], complete: false },
      { sql: ['delete from x where b'], complete: true },
    ]);
    expect(losses?.[0]?.matching).toBeNull();
  });
});
