import type { Sample } from './statements.ts';

/*
 * More realistic statements, in similar pairs on both sides of a boundary. They are linted and measured like
 * those in statements.ts.
 */

export const boundaries: readonly Sample[] = [
  // defaults
  { sql: 'alter table users add column x text default current_user' },
  { sql: 'alter table users add column x date not null default current_date' },
  { sql: 'alter table users add column x int default (1 + 2)' },
  { sql: `alter table users add column x text default to_char(now(), 'YYYY')` },
  { sql: `alter table users add column x text default md5(random()::text)`, rules: ['volatile-default'] },
  { sql: 'alter table users add column x uuid default uuidv7()', rules: ['volatile-default'] },
  { sql: `alter table users add column x jsonb not null default '{}'::jsonb` },
  { sql: `alter table users add column x text[] not null default array[]::text[]` },
  { sql: `alter table users add column x interval default interval '1 day'` },
  { sql: 'alter table users add column x int, alter column x set default 5' },
  {
    sql: 'alter table users add column x int default 1, alter column x set not null',
    rules: ['not-null-scans'],
  },
  { sql: `alter table users alter column nn set default nextval('ticket')` },
  { sql: 'alter table only users add column x int' },
  { sql: 'alter table if exists users add column x int' },
  { sql: 'alter table if exists nowhere add column x int not null' },
  // types
  { sql: 'alter table users alter column age type int using age', rules: ['type-change-rebuilds'] },
  { sql: 'alter table users alter column age type int using (age::int)', rules: ['type-change-rebuilds'] },
  {
    sql: 'alter table users alter column age type bigint, alter column nn type bigint',
    rules: ['type-change-rewrites'],
  },
  {
    sql: 'alter table users alter column short type varchar(40), alter column name set not null',
    rules: ['not-null-scans'],
  },
  { sql: `alter table users alter column name type text using name || ''`, rules: ['type-change-rewrites'] },
  {
    sql: `alter table users alter column created type timestamptz using created at time zone 'UTC'`,
    rules: ['type-change-rewrites'],
  },
  { sql: 'alter table users alter column score type decimal(14, 2)' },
  { sql: 'alter table users alter column code type bpchar' },
  { sql: 'alter table users alter column vtags type varchar(10)[]' },
  { sql: 'alter table users alter column vtags type varchar[]' },
  { sql: 'alter table orders alter column period type tsrange' },
  { sql: 'alter table users alter column uid type uuid using uid::uuid' },
  { sql: 'alter table events alter column id type bigint', rules: ['type-change-rewrites'] },
  { sql: 'alter table parent alter column id type bigint', rules: ['type-change-rewrites'] },
  // indexes
  { sql: 'create index on users (age) include (name)', rules: ['index-blocks-writes'] },
  { sql: 'create index on users (age desc nulls last)', rules: ['index-blocks-writes'] },
  { sql: 'create unique index on users (lower(email))', rules: ['index-blocks-writes'] },
  { sql: 'create index concurrently on users (age) where deleted is not true', alone: true },
  { sql: 'create index if not exists users_indexed on users (indexed)' },
  { sql: 'drop index if exists users_indexed, users_lower' },
  { sql: 'drop index users_nn', rules: ['drop-unique-index'] },
  { sql: 'reindex (concurrently) index users_indexed', alone: true },
  // not null and constraints
  { sql: 'alter table users alter column org_id set not null', rules: ['not-null-scans'] },
  { sql: 'alter table parent alter column id set not null', rules: ['not-null-scans'] },
  { sql: 'alter table hollow alter column user_id set not null, add constraint c check (user_id > 0)' },
  { sql: 'alter table users add constraint c check (age < 200) not enforced' },
  {
    sql: 'alter table users add constraint f foreign key (org_id) references orgs (id) not enforced',
    rules: ['missing-foreign-key-index'],
  },
  { sql: 'alter table orders alter constraint orders_org not enforced', rules: ['drop-constraint'] },
  { sql: 'alter table users validate constraint proven_set' },
  { sql: 'alter table users add constraint c check (true)', rules: ['check-scans'] },
  { sql: 'alter table users drop constraint unproven_set', rules: ['drop-constraint'] },
  { sql: 'alter table users drop constraint if exists age_positive', rules: ['drop-constraint'] },
  {
    sql: 'alter table orders drop constraint orders_user, add constraint orders_user foreign key (user_id) references users (id) on delete cascade not valid',
    rules: ['drop-constraint', 'missing-foreign-key-index'],
  },
  {
    sql: 'alter table orders drop constraint orders_org, add constraint orders_org foreign key (org_id) references orgs (id) on delete set null',
    rules: ['drop-constraint', 'foreign-key-locks', 'foreign-key-scans'],
  },
  { sql: 'alter table users add unique (uid, name)', rules: ['unique-blocks'] },
  { sql: 'alter table users add constraint u unique nulls not distinct (age)', rules: ['unique-blocks'] },
  { sql: 'alter table events add constraint c check (id > 0) not valid' },
  { sql: 'alter table only parent add constraint c check (id > 0) no inherit' },
  { sql: 'alter table parent add constraint c check (id > 0)', rules: ['check-scans'] },
  { sql: 'alter table parent drop column label', rules: ['drop-column'] },
  // rows
  { sql: 'truncate only hollow', rules: ['truncate'] },
  {
    sql: 'delete from orders using users where users.id = orders.user_id and users.age > 100',
    rules: ['delete-many'],
  },
  { sql: 'delete from users where id = any (array[6000, 6001])', rules: ['delete-many'] },
  { sql: `update keyless set body = 'y' from orgs where orgs.id = keyless.id` },
  { sql: 'update users set name = upper(name) where name is not null' },
  { sql: 'update users set age = 31 where id between 1 and 100' },
  { sql: `insert into orgs values (1, 'x') on conflict (id) do update set name = excluded.name` },
  {
    sql: 'with moved as (delete from keyless where other < 10 returning *) insert into hollow (id) select id from moved',
    rules: ['delete-many'],
  },
  { sql: 'select * from users where id = 1 for update' },
  // others
  {
    sql: 'create table fresh (id int generated always as identity primary key, at timestamptz default now(), unique (at))',
  },
  { sql: 'create table fresh as table users with no data' },
  {
    sql: 'create table if not exists fresh (id int primary key, org_id int references orgs)',
    rules: ['missing-foreign-key-index'],
  },
  { sql: 'drop table if exists hollow, sessions', rules: ['drop-table'] },
  { sql: 'alter table secret disable row level security', rules: ['drop-guard'] },
  { sql: 'alter table users enable always trigger users_touch' },
  { sql: 'alter table users set (toast_tuple_target = 128)' },
  { sql: `comment on index users_indexed is 'x'` },
  { sql: 'alter sequence ticket as bigint' },
  {
    sql: 'create or replace function touch() returns trigger language plpgsql as $$ begin return null; end $$',
  },
  {
    sql: 'do $$ begin alter table hollow add column x int; exception when duplicate_column then null; end $$',
  },
  {
    sql: `do $$ begin if to_regclass('users') is not null then alter table users add column x int; end if; end $$`,
  },
  { sql: `do $$ begin for i in 1..3 loop update users set name = 'x' where id = i; end loop; end $$` },
];
