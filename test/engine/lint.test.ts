import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Finding } from '../../src/values/findings.ts';
import { makeProject, migtui, type Project } from '../support/project.ts';
import { createDatabase, type Database } from '../support/server.ts';

/*
 * lint on a project: pending revisions on the live schema with its sizes, or without a database as populated.
 */

const base = 'Migration20260101000000_base';
const next = 'Migration20260102000000_next';

let database: Database;
let project: Project;

beforeAll(async () => {
  database = await createDatabase();
  project = await makeProject({
    url: database.url,
    migrations: {
      [base]: {
        up: [
          'create table users (id bigint primary key, age int)',
          'create table empty (id bigint primary key, age int)',
        ],
        down: ['drop table users', 'drop table empty'],
      },
    },
  });
  expect((await migtui(project, ['upgrade', 'head', '--yes'])).code).toBe(0);
  await database.query(
    'insert into users select n, case when n > 4 then n end from generate_series(1, 5000) n',
  );
  await project.addMigration(next, {
    up: [
      'alter table users alter column age set not null',
      'create index users_age on users (age)',
      'create index empty_age on empty (age)',
      'create table made (id bigint primary key)',
      'alter table made add column x int not null',
    ],
    down: ['drop table made', 'drop index empty_age', 'drop index users_age'],
  });
});

afterAll(() => database.drop());

const dangers = (findings: readonly Finding[]): string[] =>
  findings.filter(({ severity }) => severity === 'danger').map(({ rule, table }) => `${rule} ${table}`);

test('pending revisions are linted on the live schema, including sizes and failing rows', async () => {
  const { code, stdout } = await migtui(project, ['lint', '--with-rows', '--json']);
  const { findings, judged, level } = JSON.parse(stdout) as {
    findings: Finding[];
    judged: string[];
    level: string;
  };
  expect({ code, judged, level }).toEqual({ code: 3, judged: [next], level: 'danger' });
  expect(dangers(findings)).toEqual(['not-null-scans users', 'index-blocks-writes users', 'lock-held users']);
  const [notNull] = findings.filter(({ rule }) => rule === 'not-null-scans');
  expect(notNull).toMatchObject({
    revision: next,
    action: 'up',
    lock: 'ACCESS EXCLUSIVE',
    blocks: ['reads', 'writes'],
    scans: true,
    rows: 5000,
    place: { file: `migrations/${next}.ts`, index: 0 },
    inTheWay: { count: 4, failure: null },
  });
  expect(notNull?.inTheWay?.examples).toHaveLength(3);
  expect(await database.query("select to_regclass('made') as made")).toEqual([{ made: null }]);
});

test('a plan includes the findings of its steps', async () => {
  const { stdout } = await migtui(project, ['upgrade', 'head', '--plan', '--json']);
  const { steps } = JSON.parse(stdout) as { steps: { findings: Finding[] }[] };
  expect(dangers(steps[0]!.findings)).toContain('index-blocks-writes users');
});

test('the safe form is drafted, rehearsed and free of danger', async () => {
  const { code, stdout } = await migtui(project, ['lint', '--fix', 'head', '--yes', '--json']);
  const { notes, files } = JSON.parse(stdout) as { notes: string[]; files: { change: string }[] };
  expect(code).toBe(0);
  expect(notes).toContain('Rehearsed: the schema at the end is the same.');
  expect(files.map(({ change }) => change)).toEqual([
    'change',
    'create',
    'create',
    'create',
    'create',
    'create',
  ]);
});

test('an INVALID index of the live database is known', async () => {
  await database.query('insert into users select -n, 7 from generate_series(1, 2) n');
  await database.query('create unique index concurrently users_age_key on users (age)').catch(() => {});
  await project.addMigration('Migration20990101000000_again', {
    transactional: false,
    up: [
      'create unique index concurrently if not exists users_age_key on users (age)',
      'create unique index concurrently users_age_key on users (age)',
    ],
    down: 'drop index concurrently users_age_key',
  });
  const { stdout } = await migtui(project, ['lint', '--json']);
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  const mine = findings.filter(
    ({ revision, action, rule }) =>
      revision.endsWith('_again') && action === 'up' && rule === 'invalid-index-kept',
  );
  expect(mine.map(({ severity, message }) => [severity, message])).toEqual([
    ['warning', 'users_age_key already exists and is INVALID: IF NOT EXISTS does not rebuild it.'],
    ['danger', 'users_age_key already exists and is INVALID after a failed attempt: this fails.'],
  ]);
});

test('rows of a column that the plan adds first cannot be counted, and the finding says so', async () => {
  const later = 'Migration20260103000000_later';
  await project.addMigration(later, {
    up: ['alter table users add column fresh int', 'alter table users alter column fresh set not null'],
  });
  const { stdout } = await migtui(project, ['lint', '--with-rows', '--json']);
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  const asked = findings.filter(({ revision, inTheWay }) => revision === later && inTheWay);
  expect(asked.map(({ inTheWay }) => inTheWay?.failure)).toEqual([
    'it involves an object that the plan creates first',
  ]);
});

test('rows that were just inserted and analysed are estimated once, not twice', async () => {
  const own = await createDatabase();
  const one = await makeProject({
    url: own.url,
    migrations: { [next]: { up: 'create index on fresh (id)', down: 'select 1' } },
  });
  // of one session: its counts arrive after those of ANALYZE
  await own.query(
    'create table fresh (id int); insert into fresh select * from generate_series(1, 3000); analyze fresh; delete from fresh where id > 1500; analyze fresh',
  );
  const { stdout } = await migtui(one, ['lint', '--json']);
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  expect(findings.find(({ rule }) => rule === 'index-blocks-writes')?.rows).toBe(1_500);
  await own.drop();
});

test('revisions whose SQL is not fully known are counted, not approved', async () => {
  const { url } = await createDatabase();
  const unread = (id: string): string => `import { Migration } from '@mikro-orm/migrations';
export class ${id} extends Migration {
  async up() { for (const { id } of await this.execute('select id from a')) this.addSql('select ' + id); }
  down() { this.addSql('select 1'); }
}`;
  const made = await makeProject({
    url,
    migrations: { [base]: unread(base), [next]: { up: 'select 1', down: 'select 2' } },
  });
  const { code, stdout } = await migtui(made, ['lint', 'base:head']);
  expect([code, stdout]).toEqual([
    0,
    expect.stringContaining(
      '2 revisions, nothing dangerous in the known SQL. Not all SQL of 1 revision is known.',
    ),
  ]);
  const tested = await migtui(made, ['test']);
  expect(tested.stdout).toContain('nothing dangerous; not all SQL of 1 revision is known');
});
