/** A schema with all kinds of objects, created by one revision. */
export const schema: readonly string[] = [
  `create schema app`,
  `create type mood as enum ('sad', 'ok', 'happy')`,
  `create domain percent as int default 1 constraint percent_range check (value between 0 and 100)`,
  `create type pair as (a int, b text)`,
  `create table users (id serial primary key, email varchar(255) not null, name text default 'nobody', born date, made timestamptz not null default now(), data jsonb not null default '{}', mood mood default 'sad', share percent, tags text[] not null default '{}', doubled int generated always as (length('x') * 2) stored, balance numeric(10, 2) not null default 0, note text, constraint users_email_unique unique (email), constraint users_balance_check check (balance >= 0))`,
  `create table app.posts (id bigint generated always as identity primary key, user_id int not null constraint posts_user_fk references users on delete cascade, body text, title text collate "C")`,
  `create index users_name_index on users (lower(name))`,
  `create index users_born_index on users (born) where born is not null`,
  `create index posts_user_index on app.posts (user_id)`,
  `create sequence tickets start 10 increment 5`,
  `create function double(a int) returns int language sql immutable as 'select a * 2'`,
  `create function touch() returns trigger language plpgsql as $$ begin return new; end $$`,
  `create function audit() returns event_trigger language plpgsql as $$ begin end $$`,
  `create trigger users_touch before update on users for each row execute function touch()`,
  `create view names as select id, name from users where email like 'a%'`,
  `create materialized view totals as select count(*) as total from users`,
  `create table events (at timestamptz not null, what text) partition by range (at)`,
  `create table events_2026 partition of events for values from ('2026-01-01') to ('2027-01-01')`,
  `create table animals (name text)`,
  `create table dogs (good boolean) inherits (animals)`,
  `create policy own_users on users for select using (email = current_user)`,
  `alter table users enable row level security`,
  `create rule keep_animals as on delete to animals do instead nothing`,
  `create statistics users_stats (ndistinct) on email, name from users`,
  `create publication news for table users`,
  `comment on table users is 'People'`,
  `comment on column users.email is 'Where to write to'`,
  `grant select on users to public`,
];

/** A manual change: its name and the SQL. */
export interface ManualChange {
  readonly sql: string;
  /** No SQL reverts it. */
  readonly irreparable?: true;
}

const change = (sql: string): ManualChange => ({ sql });
const forGood = (sql: string): ManualChange => ({ sql, irreparable: true });

/** Realistic manual changes on a live database; each is made separately. */
export const manualChanges: readonly ManualChange[] = [
  // keys and constraints
  change(`alter table app.posts drop constraint posts_pkey`),
  change(`alter table users drop constraint users_email_unique`),
  change(`alter table users add constraint users_name_unique unique (name)`),
  change(`alter table app.posts drop constraint posts_user_fk`),
  change(
    `alter table app.posts drop constraint posts_user_fk, add constraint posts_user_fk foreign key (user_id) references users on delete restrict`,
  ),
  change(
    `alter table app.posts drop constraint posts_user_fk, add constraint posts_user_fk foreign key (user_id) references users on delete cascade on update cascade`,
  ),
  change(`alter table app.posts alter constraint posts_user_fk deferrable initially deferred`),
  change(
    `alter table app.posts drop constraint posts_user_fk, add constraint posts_user_fk foreign key (user_id) references users on delete cascade not valid`,
  ),
  change(`alter table app.posts rename constraint posts_user_fk to posts_other_fk`),
  change(`alter table users drop constraint users_balance_check`),
  change(
    `alter table users drop constraint users_balance_check, add constraint users_balance_check check (balance > 0)`,
  ),
  change(
    `alter table users drop constraint users_balance_check, add constraint users_balance_check check (balance >= 0) not valid`,
  ),
  change(
    `alter table users drop constraint users_balance_check, add constraint users_balance_check check (balance >= 0) no inherit`,
  ),
  change(`alter table users add constraint no_x check (name <> 'x')`),
  change(
    `alter table users drop constraint users_email_unique, add constraint users_email_unique unique (email) deferrable`,
  ),
  change(
    `alter table users drop constraint users_email_unique, add constraint users_email_unique unique nulls not distinct (email)`,
  ),
  change(
    `alter table users add constraint no_overlap exclude using gist (daterange(born, born, '[]') with &&)`,
  ),
  // columns
  change(`alter table users add column extra int`),
  change(`alter table users drop column note`),
  change(`alter table users rename column note to remark`),
  change(`alter table app.posts alter column body type varchar(100)`),
  change(`alter table users alter column note type varchar`),
  change(`alter table users alter column made type timestamp`),
  change(`alter table users alter column made type timestamptz(3)`),
  change(
    `alter table users alter column data drop default, alter column data type json using data::json, alter column data set default '{}'`,
  ),
  change(`alter table users alter column balance type numeric(12, 2)`),
  change(`alter table app.posts alter column user_id type bigint`),
  change(`alter table users alter column email drop not null`),
  change(`alter table users alter column name set not null`),
  change(`alter table users alter column name drop default`),
  change(`alter table users alter column name set default 'somebody'`),
  change(`alter table users alter column born set default current_date`),
  change(`alter table users alter column made set default clock_timestamp()`),
  change(`alter table users alter column note type text collate "C"`),
  change(`alter table app.posts alter column title type text collate "default"`),
  change(`alter table users alter column doubled drop expression`),
  change(
    `alter table users drop column doubled, add column doubled int generated always as (length('x') * 3) stored`,
  ),
  change(
    `alter table users drop column doubled, add column doubled int generated always as (length('x') * 2) virtual`,
  ),
  change(`alter table app.posts alter column id set generated by default`),
  change(`alter table app.posts alter column id drop identity`),
  change(`alter table app.posts alter column id set increment 10`),
  change(`alter sequence users_id_seq increment 7`),
  change(`alter table users alter column id drop default`),
  change(`alter table users alter column note set storage external`),
  change(`alter table users alter column note set statistics 500`),
  change(`alter table users alter column note set compression pglz`),
  change(`alter table users alter column note set (n_distinct = 5)`),
  change(`comment on column users.email is 'Elsewhere'`),
  change(`comment on column users.email is null`),
  change(`comment on column users.name is 'New'`),
  // indexes
  change(`drop index users_name_index`),
  change(`drop index users_name_index; create index users_name_index on users (upper(name))`),
  change(`drop index users_born_index; create index users_born_index on users (born)`),
  change(
    `drop index users_born_index; create index users_born_index on users (born desc) where born is not null`,
  ),
  change(`drop index app.posts_user_index; create unique index posts_user_index on app.posts (user_id)`),
  change(
    `drop index app.posts_user_index; create index posts_user_index on app.posts (user_id) include (body)`,
  ),
  change(`drop index app.posts_user_index; create index posts_user_index on app.posts using hash (user_id)`),
  change(`alter index app.posts_user_index set (fillfactor = 50)`),
  change(`create index extra_index on users (born, email)`),
  change(`alter index users_born_index rename to users_birthday_index`),
  change(`comment on index users_born_index is 'for birthdays'`),
  change(`cluster users using users_pkey`),
  // tables
  change(`create table extra (id int primary key)`),
  change(`create table app.extra (id serial primary key, name text unique)`),
  change(`drop table animals cascade`),
  change(`drop table app.posts`),
  forGood(`alter table animals rename to beasts`),
  change(`alter table animals set unlogged`),
  change(`alter table users set (fillfactor = 70)`),
  change(`alter table users replica identity full`),
  change(`alter table users disable row level security`),
  change(`alter table users force row level security`),
  change(`comment on table users is 'Folks'`),
  change(`comment on table animals is 'New'`),
  forGood(`alter table dogs no inherit animals`),
  forGood(`alter table events detach partition events_2026`),
  change(`create table events_2027 partition of events for values from ('2027-01-01') to ('2028-01-01')`),
  // types
  change(`alter type mood add value 'angry'`),
  change(`alter type mood rename value 'ok' to 'fine'`),
  change(`create type extra as enum ('a')`),
  change(`alter domain percent drop constraint percent_range`),
  change(`alter domain percent set default 2`),
  change(`alter domain percent set not null`),
  change(`alter domain percent add constraint not_seven check (value <> 7)`),
  change(`create domain extra as text`),
  change(`alter type pair add attribute c int`),
  change(`drop type pair`),
  // sequences
  change(`drop sequence tickets`),
  change(`alter sequence tickets increment 1`),
  change(`alter sequence tickets cache 20`),
  change(`alter sequence tickets cycle`),
  change(`alter sequence tickets owned by users.id`),
  change(`create sequence extra`),
  // functions, triggers, rules, policies
  change(`create or replace function double(a int) returns int language sql immutable as 'select a * 3'`),
  change(`alter function double(int) volatile`),
  change(`alter function double(int) security definer`),
  change(`alter function double(int) set search_path = app`),
  change(`drop function double(int)`),
  change(`create function extra() returns int language sql as 'select 1'`),
  change(`drop trigger users_touch on users`),
  change(`alter table users disable trigger users_touch`),
  change(`alter table users enable always trigger users_touch`),
  change(
    `drop trigger users_touch on users; create trigger users_touch after update on users for each row execute function touch()`,
  ),
  change(`create trigger extra before insert on users for each row execute function touch()`),
  change(`drop rule keep_animals on animals`),
  change(`create rule extra as on update to animals do instead nothing`),
  change(`drop policy own_users on users`),
  change(`alter policy own_users on users using (true)`),
  change(`create policy extra on users for insert with check (true)`),
  change(
    `create event trigger extra on ddl_command_start execute function audit(); alter event trigger extra disable`,
  ),
  // views
  change(`drop view names`),
  change(`create or replace view names as select id, name from users where email like 'b%'`),
  change(`alter view names set (security_barrier = true)`),
  change(`create view extra as select 1 as one`),
  change(`drop materialized view totals`),
  change(
    `drop materialized view totals; create materialized view totals as select count(*) as total from app.posts`,
  ),
  change(`create index totals_index on totals (total)`),
  // statistics, publications, schemas, extensions
  change(`drop statistics users_stats`),
  change(`alter statistics users_stats set statistics 10`),
  change(`drop publication news`),
  change(`alter publication news add table animals`),
  change(`alter publication news set (publish = 'insert')`),
  change(`create publication extra for all tables`),
  // owners and grants
  change(`alter table users owner to judge_other`),
  change(`alter function double(int) owner to judge_other`),
  change(`grant select on animals to judge_other`),
  change(`grant update (name) on users to judge_other`),
  change(`revoke select on users from public`),
  change(`grant usage on schema app to judge_other`),
  change(`grant usage on sequence tickets to judge_other`),
  change(`revoke execute on function double(int) from public`),
  change(`grant usage on type mood to judge_other with grant option`),
  change(`alter default privileges in schema app grant select on tables to judge_other`),
  change(`alter default privileges grant execute on functions to judge_other`),
];
