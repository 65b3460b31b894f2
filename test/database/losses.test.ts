import { afterEach, expect, test } from 'vitest';
import type { EngineApi } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { type MigrationSketch, makeProject } from '../support/project.ts';
import { createDatabase, type Database } from '../support/server.ts';

/* The data loss in a plan: exactly what is lost in the current database, and nothing else. */

const engines: EngineApi[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

async function engineWith(
  migrations: Readonly<Record<string, MigrationSketch>>,
): Promise<{ database: Database; engine: EngineApi }> {
  const database = await createDatabase();
  await database.query(`
    create table people (id int primary key, name text, team int);
    insert into people select i, 'p' || i, i % 3 from generate_series(1, 9) i;
    create table teams (id int primary key, closed boolean not null);
    insert into teams values (0, true), (1, false), (2, true);
    create table mikro_orm_migrations (id serial primary key, name varchar(255), executed_at timestamptz default now());
    create function bump() returns boolean language plpgsql volatile as
      $$ begin update people set name = 'touched'; return true; end $$`);
  const project = await makeProject({ url: database.url, migrations, config: 'baseDir: process.cwd()' });
  const engine = await openEngine({ root: project.root }, () => {});
  engines.push(engine);
  return { database, engine };
}

test('rows are counted by the condition that deletes them, and counting changes nothing', async () => {
  const { database, engine } = await engineWith({
    M1: {
      up: [
        'delete from people where id > 7',
        'delete from people using teams where teams.id = people.team and teams.closed',
        'delete from people where bump()',
      ],
    },
    M2: {
      up: 'alter table people add gone boolean; delete from people where gone; delete from people where id = 0',
    },
    M3: { up: 'delete from teams where id = 99' },
    M4: { up: "delete from mikro_orm_migrations where name = 'Old'" },
  });
  const { steps, destructive } = await engine.preview({ command: 'upgrade', targets: ['heads'] });
  const uncertain = 'deletes rows of people: those of 9 rows that match its condition';
  expect(steps.map(({ losses }) => losses)).toEqual([
    ['deletes rows of people: 2 rows', uncertain, uncertain],
    [uncertain, uncertain],
    ['deletes rows of teams: those of 3 rows that match its condition'],
    [],
  ]);
  expect(destructive).toBe(true);
  expect(await database.query("select from people where name = 'touched'")).toEqual([]);
});

test('each condition separately; no matching rows means no loss', async () => {
  const plans = {
    'delete from people using teams where teams.id = people.team and teams.closed': ['6 rows', true],
    'delete from people where team in (select id from teams where not closed)': ['3 rows', true],
    'with old as (select id from people where id < 3) delete from people p where p.id in (select id from old)':
      ['2 rows', true],
    'delete from people where bump()': ['those of 9 rows that match its condition', true],
    'delete from people where pg_sleep(60) is null': ['those of 9 rows that match its condition', true],
  } as const;
  const migrations = Object.fromEntries(Object.keys(plans).map((up, at) => [`M${at}`, { up, revises: [] }]));
  const { engine } = await engineWith({
    ...migrations,
    N: { up: 'delete from teams where id = 9', revises: [] },
  });
  for (const [at, [rows, destructive]] of Object.values(plans).entries()) {
    const preview = await engine.preview({ command: 'upgrade', targets: [`M${at}`] });
    expect(preview.steps[0]?.losses).toEqual([`deletes rows of people: ${rows}`]);
    expect(preview.destructive).toBe(destructive);
  }
  expect(await engine.preview({ command: 'upgrade', targets: ['N'] })).toMatchObject({
    steps: [{ losses: ['deletes rows of teams (none matches now)'] }],
    destructive: false,
  });
});

test('a view is shown with its table, and a partitioned table has the size of its partitions', async () => {
  const { database, engine } = await engineWith({
    M1: { up: 'delete from somebody where name is not null' },
    M2: { up: 'delete from both_of_them', revises: [] },
    M3: { up: 'truncate parted', revises: [] },
  });
  await database.query(`
    create view everybody as select id, name from people;
    create view somebody as select * from everybody where id > 3;
    create view both_of_them as select p.id from people p, teams t;
    create table parted (id int) partition by range (id);
    create table parted_1 partition of parted for values from (0) to (9);
    create table parted_2 partition of parted for values from (9) to (99)`);
  const losses = async (id: string): Promise<unknown> =>
    (await engine.preview({ command: 'upgrade', targets: [id] })).steps[0]?.losses;
  expect(await losses('M1')).toEqual(['deletes rows of people (through somebody): 6 rows']);
  // It reads two tables, so its rows are not counted.
  expect(await losses('M2')).toEqual(['deletes every row of both_of_them']);
  expect(await losses('M3')).toEqual(['empties parted (empty)']);
  await database.query('insert into parted select n from generate_series(1, 50) n');
  expect(await losses('M3')).toEqual(['empties parted: 50 rows']);
});

test('deleting a log row in a stamp is not a loss', async () => {
  const { database, engine } = await engineWith({ M1: { up: '' }, M2: { up: '' }, M3: { up: '' } });
  await database.query("insert into mikro_orm_migrations (name) values ('M1'), ('M2'), ('M3')");
  expect(await engine.preview({ command: 'stamp', targets: ['M2'] })).toMatchObject({
    steps: [{ revision: 'M3', action: 'unlog', losses: [] }],
    destructive: false,
  });
});
