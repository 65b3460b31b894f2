import { describe, expect, it } from 'vitest';
import { lossesOf } from '../../src/safety/losses.ts';

describe('what a statement takes away', () => {
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
    expect((await lossesOf([sql])).map(({ words }) => words)).toEqual(expected);
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
