import { beforeEach, expect, test } from 'vitest';
import { makeProject, migtui, type Project } from '../support/project.ts';
import { asFound, openMigtui } from '../support/pty.ts';
import { sampled } from '../support/sample.ts';
import { createDatabase, type Database } from '../support/server.ts';

/* Migrations tables and journals that nobody would make: an answer or a clear error, in the app too. */

const first = 'Migration20260101000000_first';
const plain =
  'create table mikro_orm_migrations (id serial primary key, name varchar(255), executed_at timestamptz default now())';

/** By what is odd about it, the SQL that makes it. */
const odd: Readonly<Record<string, string>> = {
  'no columns': 'create table mikro_orm_migrations ()',
  'no name': 'create table mikro_orm_migrations (id serial primary key, executed_at timestamptz)',
  'no time': 'create table mikro_orm_migrations (id serial primary key, name text)',
  'no id': 'create table mikro_orm_migrations (name text, executed_at timestamptz default now())',
  'a time that is text': `create table mikro_orm_migrations (id serial primary key, name text, executed_at text default 'yesterday'); insert into mikro_orm_migrations (name) values ('${first}')`,
  'times at infinity': `${plain}; insert into mikro_orm_migrations (name, executed_at) values ('${first}', 'infinity'), ('b', '-infinity'), ('c', null), ('d', '294276-12-31'), ('e', '4713-01-01 BC')`,
  'names of bytes': `create table mikro_orm_migrations (id serial primary key, name bytea, executed_at timestamptz default now()); insert into mikro_orm_migrations (name) values ('\\x00ff')`,
  'names of numbers':
    'create table mikro_orm_migrations (id serial primary key, name int, executed_at timestamptz default now()); insert into mikro_orm_migrations (name) values (1)',
  'names of JSON': `create table mikro_orm_migrations (id serial primary key, name jsonb, executed_at timestamptz default now()); insert into mikro_orm_migrations (name) values ('{"a":[1]}')`,
  'names of arrays': `create table mikro_orm_migrations (id serial primary key, name text[], executed_at timestamptz default now()); insert into mikro_orm_migrations (name) values ('{a,b}')`,
  'no name in a row': `${plain}; insert into mikro_orm_migrations (name) values (null), (''), (' ')`,
  'names twice': `${plain}; insert into mikro_orm_migrations (name) values ('${first}'), ('${first}')`,
  'names that act on a terminal': `${plain}; insert into mikro_orm_migrations (name) values (e'\\x1b[2J\\x1b]0;x\\x07'), (e'a\\nb\\tc'), (U&'\\202Eabc'), (repeat('x', 255))`,
  'names of objects in JavaScript': `${plain}; insert into mikro_orm_migrations (name) values ('__proto__'), ('constructor'), ('toString')`,
  'long names': `create table mikro_orm_migrations (id serial primary key, name text, executed_at timestamptz default now()); insert into mikro_orm_migrations (name) values (repeat('ä', 1000000))`,
  'many rows': `${plain}; insert into mikro_orm_migrations (name) select 'Migration' || n from generate_series(1, 20000) n`,
  'a column that must have a value':
    'create table mikro_orm_migrations (id serial primary key, name text, executed_at timestamptz default now(), team text not null)',
  'columns that are generated': `create table mikro_orm_migrations (id serial primary key, name text generated always as ('x') stored, executed_at timestamptz default now())`,
  'a view': `create view mikro_orm_migrations as select 1 as id, '${first}'::text as name, now() as executed_at`,
  'a view that fails': `create view mikro_orm_migrations as select 1/(random()*0)::int as id, 'x'::text as name, now() as executed_at`,
  'a sequence': 'create sequence mikro_orm_migrations',
  'a type': 'create type mikro_orm_migrations as (a int)',
  'a partitioned table':
    'create table mikro_orm_migrations (id int, name text, executed_at timestamptz) partition by hash (id)',
  'a trigger that refuses': `${plain}; create function no() returns trigger language plpgsql as $$ begin raise exception 'no rows here'; end $$; create trigger no before insert on mikro_orm_migrations for each row execute function no()`,
  'a trigger that drops the row': `${plain}; create function no() returns trigger language plpgsql as $$ begin return null; end $$; create trigger no before insert on mikro_orm_migrations for each row execute function no()`,
  'row security': `${plain}; alter table mikro_orm_migrations enable row level security, force row level security`,
  'a journal without columns': 'create schema migtui; create table migtui.journal ()',
  'a journal that is a view': 'create schema migtui; create view migtui.journal as select 1 as a',
  'a schema of that name, empty': 'create schema migtui',
};

const commands = [
  ['status', '--json'],
  ['history'],
  ['journal'],
  ['check'],
  ['doctor'],
  ['upgrade', 'head', '--plan'],
  ['upgrade', 'head', '--yes', '--lock-wait', '5s'],
  ['downgrade', '-1', '--plan'],
  ['stamp', 'head', '--plan'],
] as const;

let database: Database;
let project: Project;

beforeEach(async () => {
  database = await createDatabase();
  project = await makeProject({
    url: database.url,
    typescript: false,
    migrations: { [first]: { up: 'select 1', down: 'select 1' } },
    config: `schemaGenerator: { ignoreSchema: ['migtui'] },`,
  });
});

test.each(sampled(Object.entries(odd)))(
  '%s: an answer or a clear error, and the terminal is left as it was',
  async (_, sql) => {
    await database.query(sql);
    for (const command of commands) {
      const { code, stdout, stderr } = await migtui(project, command);
      const said = `${command.join(' ')}\n${stdout.slice(0, 3000)}${stderr.slice(0, 3000)}`;
      expect.soft([0, 1, 3], said).toContain(code);
      expect.soft(said).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
      expect.soft(said).not.toMatch(/bug in migtui|"internal"|undefined|\[object Object\]/);
      expect.soft(stdout + stderr).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f\u202e]/);
      if (code === 1) expect.soft(stdout + stderr, said).toMatch(/error|✗|✘|x /);
    }
    const app = await openMigtui(project.root);
    await app.sees('History');
    await app.press('j');
    await app.press('q');
    expect((await app.exit).code).toBe(0);
    expect(await app.restored()).toEqual(asFound);
  },
);
