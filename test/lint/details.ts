import type { Sample } from './statements.ts';

/*
 * Details of PostgreSQL that make the same statement quick for one table and slow for another. They are linted
 * and measured like the statements in statements.ts.
 */

export const details: readonly Sample[] = [
  // types whose length or precision PostgreSQL does not know
  { sql: 'alter table people alter column title type text' },
  { sql: 'alter table people alter column title type varchar(40)', rules: ['type-change-rewrites'] },
  { sql: 'alter table people alter column title type long_label', rules: ['type-change-rewrites'] },
  { sql: 'alter table people alter column title type label' },
  { sql: 'alter table people alter column bio type label', rules: ['type-change-rewrites'] },
  { sql: 'alter table people alter column nick type label', rules: ['type-change-rebuilds'] },
  { sql: 'alter table people alter column mask type varbit' },
  { sql: 'alter table people alter column mask type varbit(8)', rules: ['type-change-rewrites'] },
  { sql: 'alter table people alter column span type interval(2)', rules: ['type-change-rewrites'] },
  {
    sql: 'alter table people alter column span type interval day to second(3)',
    rules: ['type-change-rebuilds'],
  },
  {
    sql: 'alter table people alter column span type interval day to minute',
    rules: ['type-change-rewrites'],
  },
  { sql: 'alter table people alter column days type interval day to second' },
  { sql: 'alter table people alter column days type interval year', rules: ['type-change-rewrites'] },
  { sql: 'alter table people alter column bio type citext' },
  { sql: 'alter table people alter column plain type citext', rules: ['cannot-run', 'type-change-rebuilds'] },
  { sql: 'alter table people alter column mail type text', rules: ['type-change-rebuilds'] },
  { sql: 'alter table people alter column mail type varchar(50)', rules: ['type-change-rewrites'] },
  // indexes
  { sql: 'alter table people alter column token type uuid', rules: ['type-change-rebuilds'] },
  { sql: 'alter table people alter column sorted type text collate "POSIX"' },
  { sql: 'alter table people alter column sorted type varchar' },
  { sql: 'create index on parent (label)' },
  { sql: 'create index on child (label)', rules: ['index-blocks-writes'] },
  { sql: 'alter table parent add unique (label)' },
  { sql: 'alter table only hashed add constraint w unique (id, v)' },
  { sql: 'alter table hashed add constraint w unique (id, v)', rules: ['unique-blocks'] },
  // virtual columns and foreign tables have nothing to rewrite
  { sql: 'alter table people alter column short type varchar(2)' },
  {
    sql: 'alter table people alter column plain type varchar(2)',
    rules: ['cannot-run', 'type-change-rewrites'],
  },
  { sql: 'alter table remote alter column id type bigint' },
  { sql: 'alter table remote add column at timestamptz default clock_timestamp()' },
  // proofs of NOT NULL
  { sql: 'alter table people alter column mail set not null' },
  { sql: 'alter table people alter column nick set not null' },
  { sql: 'alter table people alter column span set not null' },
  { sql: 'alter table people alter column token set not null' },
  { sql: 'alter table people alter column home set not null', rules: ['not-null-scans'] },
  { sql: 'alter table people alter column bio set not null', rules: ['not-null-scans'] },
  { sql: 'alter table people alter column city_id set not null', rules: ['not-null-scans'] },
  // foreign keys that are checked again
  {
    sql: 'alter table people alter column city_id type bigint',
    rules: ['foreign-key-locks', 'type-change-rewrites'],
  },
  {
    sql: 'alter table people alter constraint city_loose enforced',
    rules: ['foreign-key-locks', 'foreign-key-scans'],
  },
  { sql: 'alter table people alter constraint people_city enforced' },
  // writes through views, and to tables with triggers
  { sql: `update city_names set name = 'x'`, rules: ['update-all'] },
  { sql: `update city_names set name = 'x' where number = 3` },
  { sql: `update long_names set name = 'x'` },
  { sql: `update long_names set name = 'x' where number = 3` },
  { sql: 'delete from city_names where number = 6000' },
  { sql: `update lines set name = 'x' where id = 3` },
  { sql: `update city_counts set name = 'x' where n = 3`, rules: ['cannot-run'] },
  { sql: `update switches set name = 'x' where id = 3`, rules: ['refresh-blocks'] },
  { sql: `insert into switches values (6000, 'x')`, rules: ['refresh-blocks'] },
  { sql: 'delete from switches where id = 3' },
  { sql: 'lock table city_names in exclusive mode', rules: ['explicit-lock'] },
  // partitions
  { sql: 'alter table prices attach partition prices_2 for values from (10000) to (20000)' },
  {
    sql: 'alter table prices attach partition prices_3 for values from (10000) to (20000)',
    rules: ['attach-scans', 'foreign-key-locks', 'foreign-key-scans'],
  },
  {
    sql: 'alter table prices attach partition prices_4 for values from (10000) to (20000)',
    rules: ['attach-scans', 'foreign-key-locks', 'foreign-key-scans'],
  },
  { sql: 'create table prices_5 partition of prices for values from (10000) to (20000)' },
  {
    sql: 'create table prices_5 partition of prices for values from (20000) to (30000)',
    rules: ['default-partition-scans'],
  },
  { sql: 'alter table prices detach partition prices_1' },
  // others
  { sql: 'drop trigger if exists nothing on users' },
  { sql: 'drop table cities cascade', rules: ['drop-table'] },
  { sql: 'alter table users set access method default' },
  { sql: 'refresh materialized view dry' },
  { sql: 'drop table hashed', rules: ['drop-table'] },
  { sql: 'drop table child', rules: ['drop-table'] },
];
