import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EngineApi, MeasuredRun, PlanRehearsal } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { makeProject, migtui, type Project } from '../support/project.ts';
import { createDatabase, type Database, serverUrl } from '../support/server.ts';

/*
 * A rehearsal on a copy with rows measures what each step locks, rewrites, writes and loses, and the plan
 * then shows it. The database itself does not change.
 */

const base = 'Migration20260101000000_base';
const steps = {
  // The first statement takes the lock, and it is held during the second.
  scan: 'Migration20260102000000_scan',
  rewrite: 'Migration20260103000000_rewrite',
  concurrent: 'Migration20260104000000_concurrent',
  loses: 'Migration20260105000000_loses',
  fails: 'Migration20260106000000_fails',
};

let live: Database;
let source: Database;
let project: Project;
let engine: EngineApi;
let rehearsal: PlanRehearsal;

const content = `
  insert into messages select n, 'text ' || n, case when n % 2 = 0 then n end from generate_series(1, 3000) n;
  insert into chats select n from generate_series(1, 10) n`;

beforeAll(async () => {
  [live, source] = await Promise.all([createDatabase(), createDatabase()]);
  project = await makeProject({
    url: live.url,
    migrations: {
      [base]: {
        up: [
          'create table messages (id int primary key, text text, size int)',
          'create table chats (id int)',
        ],
        down: ['drop table chats', 'drop table messages'],
      },
      [steps.scan]: {
        up: ['alter table messages alter text set not null', 'select pg_sleep(0.2)'],
        down: 'alter table messages alter text drop not null',
      },
      [steps.rewrite]: {
        up: ['alter table messages alter size type bigint', 'select pg_sleep(0.2)'],
        down: 'alter table messages alter size type int',
      },
      [steps.concurrent]: {
        transactional: false,
        up: ['create index concurrently on messages (text)', 'alter table chats add column name text'],
        down: ['drop index concurrently messages_text_idx', 'alter table chats drop column name'],
      },
      [steps.loses]: {
        up: ['alter table messages drop column size', 'drop table chats'],
        down: ['create table chats (id int, name text)', 'alter table messages add column size bigint'],
      },
    },
  });
  // The copy's source is a database like the live one, with rows.
  const upgrade = await migtui(project, ['upgrade', base, '--yes']);
  expect(upgrade.code, upgrade.stderr).toBe(0);
  await source.query(
    `create table messages (id int primary key, text text, size int); create table chats (id int);
     create table mikro_orm_migrations (id serial primary key, name varchar(255), executed_at timestamptz default now());
     insert into mikro_orm_migrations (name) values ('${base}'); ${content}`,
  );
  engine = await openEngine({ root: project.root, shadow: serverUrl(), transaction: 'each' }, () => {});
  rehearsal = await engine.rehearsePlan({ command: 'upgrade', targets: ['head'] }, { from: source.name });
}, 60_000);

afterAll(async () => {
  await engine.close();
  await Promise.all([live.drop(), source.drop()]);
});

const of = (revision: string): { done: MeasuredRun; undone: MeasuredRun; lost: unknown } => {
  const found = rehearsal.measured?.steps.find(step => step.revision === revision);
  if (!found?.undone) throw new Error(`${revision} was not measured`);
  return { ...found, undone: found.undone };
};

test('names the source of the copy, and its limits', () => {
  expect(rehearsal).toMatchObject({ ok: true, untried: [], measured: { source: source.name } });
  expect(rehearsal.measured?.bytes).toBeGreaterThan(1_000_000);
  expect(rehearsal.caveats.join()).not.toContain('empty tables');
});

test('a lock is held from its statement to the end of the transaction', () => {
  const { done } = of(steps.scan);
  const [lock] = done.locks;
  expect(lock).toMatchObject({ table: 'messages', mode: 'ACCESS EXCLUSIVE' });
  expect(lock?.ms).toBeGreaterThanOrEqual(190);
  expect(done).toMatchObject({ rewrites: [], losses: [], failure: null });
});

test('a rewrite is a new file, with its log', () => {
  const { done, undone } = of(steps.rewrite);
  expect(done.rewrites).toEqual(['messages']);
  expect(undone.rewrites).toEqual(['messages']);
  expect(done.walBytes).toBeGreaterThan(100_000);
});

test('outside a transaction the locks of each statement count separately', () => {
  const { done } = of(steps.concurrent);
  expect(done.locks).toContainEqual({ table: 'chats', mode: 'ACCESS EXCLUSIVE', ms: expect.any(Number) });
  expect(done.locks.find(({ table }) => table === 'messages')?.mode).not.toBe('ACCESS EXCLUSIVE');
});

test('counts rows and values that a step and its downgrade lose', () => {
  const { done, undone, lost } = of(steps.loses);
  const all = [
    { table: 'messages', column: 'size', rows: 1500 },
    { table: 'chats', column: null, rows: 10 },
  ];
  expect(done.losses).toEqual(expect.arrayContaining(all));
  expect(done.locks.map(({ table, mode }) => [table, mode])).toEqual(
    expect.arrayContaining([['chats', 'ACCESS EXCLUSIVE']]),
  );
  expect(undone.losses).toEqual([]);
  expect(lost).toEqual(expect.arrayContaining(all));
});

test('a plan with the same files and revisions shows it, next to the finding', async () => {
  const preview = await engine.preview({ command: 'upgrade', targets: ['head'] });
  expect(preview.measured).toMatchObject({ source: source.name });
  const findings = preview.steps.flatMap(step => step.findings);
  const drop = findings.find(({ rule, table }) => rule === 'drop-table' && table === 'chats');
  expect(drop?.measured).toMatchObject({ lock: 'ACCESS EXCLUSIVE', rewritten: false });
  const plan = await migtui(project, ['upgrade', 'head', '--plan']);
  expect(plan.stdout).toMatch(/chats: ACCESS EXCLUSIVE for [\d.]+ m?s on the copy/);
  expect((await engine.preview({ command: 'upgrade', targets: ['+1'] })).measured).toBeNull();
});

test('one transaction holds its locks over the later steps', async () => {
  const all = await openEngine({ root: project.root, shadow: serverUrl(), transaction: 'all' }, () => {});
  const request = { command: 'upgrade', targets: [steps.rewrite] } as const;
  const { measured } = await all.rehearsePlan(request, { from: source.name });
  await all.close();
  // Each of the two steps sleeps for 200 ms.
  expect(measured?.steps[0]?.done.locks[0]?.ms).toBeGreaterThanOrEqual(390);
});

test('rows on which a step fails make the rehearsal fail; neither database is changed, and no copy is left', async () => {
  await project.addMigration(steps.fails, {
    up: 'alter table messages add constraint short check (length(text) < 8) not valid; alter table messages validate constraint short',
    down: 'alter table messages drop constraint short',
  });
  const told = await migtui(project, ['rehearse', '--shadow', serverUrl(), '--data', source.url, '--json']);
  const answer = JSON.parse(told.stdout) as PlanRehearsal;
  expect([told.code, answer.ok]).toEqual([3, false]);
  expect(answer.measured?.steps.at(-1)).toMatchObject({
    revision: steps.fails,
    done: { failure: { sql: { sqlState: '23514' } } },
  });
  expect(await source.query('select count(*)::int as n from chats')).toEqual([{ n: 10 }]);
  expect((await source.query('select * from mikro_orm_migrations')).length).toBe(1);
  expect((await engine.overview()).applied).toBe(1);
  // The shadow without rows is cached for a while.
  await engine.close();
  engine = await openEngine({ root: project.root, shadow: serverUrl(), transaction: 'each' }, () => {});
  expect(await live.query("select datname from pg_database where datname like 'migtui_shadow_%'")).toEqual(
    [],
  );
});

test.each([
  [['--data', 'no_such_thing'], 'copy-failed', /no file no_such_thing, and no database/],
  [['--data', 'package.json'], 'copy-failed', /./],
  [['--data', 'migrations'], 'bad-data', /no toc\.dat/],
])('%j is refused', async (options, code, words) => {
  const told = await migtui(project, ['rehearse', '--shadow', serverUrl(), ...options, '--json']);
  const { error } = JSON.parse(told.stdout) as { error: { code: string; message: string } };
  expect([told.code, error.code]).toEqual([1, code]);
  expect(error.message).toMatch(words);
});

test('without a shadow server it says which one is required', async () => {
  const told = await migtui(project, ['rehearse', '--data', source.name, '--json']);
  expect(JSON.parse(told.stdout)).toMatchObject({ error: { code: 'needs-shadow-server' } });
});
