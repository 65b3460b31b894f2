import { afterEach, expect, test, vi } from 'vitest';
import type { Finding } from '../../src/values/findings.ts';
import type { RunEvent } from '../../src/values/run.ts';
import { type MigrationSketch, makeProject } from '../support/project.ts';
import { createDatabase, type Database } from '../support/server.ts';
import { silentProxy } from '../support/silent-proxy.ts';
import { type Opened, open } from './support.ts';

/*
 * In a transaction of several revisions, plain ones are sent before the one before is done: after the first one two, then
 * four, and so on while they are quick.
 */

const idOf = (at: number): string => `Migration202601010000${String(at).padStart(2, '0')}_table_${at}`;

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Started {
  readonly app: Opened;
  readonly database: Database;
  /** Upgrades all of them. */
  readonly up: readonly string[];
}

/** Revisions that create a table each; `replaced` has other statements for some, by number. */
async function start(
  count: number,
  replaced: Readonly<Record<number, MigrationSketch['up']>> = {},
  {
    through = async url => url,
    prepare = '',
  }: { through?: (url: string) => Promise<string>; prepare?: string } = {},
): Promise<Started> {
  const database = await createDatabase();
  if (prepare) await database.query(prepare);
  const numbers = Array.from({ length: count }, (_, at) => at + 1);
  const project = await makeProject({
    url: await through(database.url),
    migrations: Object.fromEntries(
      numbers.map(at => [
        idOf(at),
        { up: replaced[at] ?? `create table "table_${at}" ("id" int)`, down: `drop table "table_${at}"` },
      ]),
    ),
    config: `baseDir: process.cwd(), schemaGenerator: { ignoreSchema: ['migtui'] },`,
  });
  const app = await open(project.root);
  closing.push(() => app.close());
  return { app, database, up: numbers.map(at => `up ${idOf(at)}`) };
}

const journalOf = async ({ database }: Started): Promise<string[]> =>
  (
    await database.query<{ row: string }>(
      `select 'table_' || split_part(revision, '_table_', 2) || ' ' || action || ' ' || outcome as row from migtui.journal order by seq`,
    )
  ).map(({ row }) => row);

const outcomes = (steps: readonly { readonly outcome: string }[]): string[] =>
  steps.map(({ outcome }) => outcome);

test('quick revisions reach the server together, up and down', async () => {
  let pieces: string[] = [];
  const { app, up } = await start(
    12,
    {},
    {
      through: async url => {
        const proxy = await silentProxy(url, (_, piece) => void pieces.push(piece));
        closing.push(() => proxy.close());
        return proxy.through(url);
      },
    },
  );
  for (const [word, steps] of [
    ['create', up],
    ['drop', up.toReversed().map(step => step.replace('up', 'down'))],
  ] as const) {
    const plan = await app.plan(...steps);
    pieces = [];
    const events: RunEvent[] = [];
    const { failure, steps: results } = await app.start(plan, {}, event => void events.push(event)).result;
    expect(failure).toBeNull();
    expect(new Set(outcomes(results))).toEqual(new Set(['done']));
    const counts = pieces.map(piece => piece.match(new RegExp(`${word} table "table_`, 'g'))?.length ?? 0);
    expect(counts.filter(count => count > 0)).toEqual([1, 2, 4, 5]);
    const seen = events.flatMap(event =>
      event.kind === 'step' ||
      event.kind === 'statement' ||
      event.kind === 'statement-done' ||
      event.kind === 'step-done'
        ? [`${event.kind} ${event.step}`]
        : [],
    );
    const each = (at: number) => [`step ${at}`, `statement ${at}`, `statement-done ${at}`, `step-done ${at}`];
    expect(seen).toEqual(steps.flatMap((_, at) => each(at)));
  }
});

test('a statement that fails among them is named, and everything is rolled back', async () => {
  const started = await start(7, { 5: ['create table "half" ("id" int)', 'drop table "nothing"'] });
  const { failure, steps } = await started.app.run(...started.up);
  expect(failure).toMatchObject({ sql: { statement: 'drop table "nothing"' } });
  expect(failure?.message).toContain(idOf(5));
  expect(outcomes(steps)).toEqual([
    'not run',
    'not run',
    'not run',
    'not run',
    'failed',
    'not run',
    'not run',
  ]);
  expect(steps.map(({ rolledBack = false }) => rolledBack)).toEqual([
    true,
    true,
    true,
    true,
    true,
    false,
    false,
  ]);
  expect(await started.app.applied()).toEqual([]);
  expect(await journalOf(started)).toEqual([
    ...[1, 2, 3, 4].map(at => `table_${at} up rolled back`),
    'table_5 up failed',
  ]);
});

test('settings that a trigger changes do not reach the next revision', async () => {
  const started = await start(
    4,
    {
      2: `insert into "fires" values (1)`,
      3: `insert into "seen" values (current_setting('lock_timeout'))`,
    },
    {
      prepare: `create table "fires" ("id" int); create table "seen" ("value" text);
        create function "shorten"() returns trigger language plpgsql as
          $$ begin perform set_config('lock_timeout', '1ms', true); return new; end $$;
        create trigger "shorten" before insert on "fires" for each row execute function "shorten"();`,
    },
  );
  const { failure, steps } = await started.app.run(...started.up);
  expect(failure).toBeNull();
  expect(outcomes(steps)).toEqual(['done', 'done', 'done', 'done']);
  expect(await started.database.query('select * from "seen"')).toEqual([{ value: '5s' }]);
  expect(await started.database.query('select count(*)::int as fired from "fires"')).toEqual([{ fired: 1 }]);
  expect(await journalOf(started)).toEqual([1, 2, 3, 4].map(at => `table_${at} up done`));
});

test('a run that stops after a step ends with those that were sent', async () => {
  const started = await start(7, { 2: 'create table "slow" as select 1 as "one" from pg_sleep(1)' });
  const { app, up } = started;
  const running = app.hears(event => event.kind === 'step' && event.step === 1);
  const run = app.start(await app.plan(...up));
  await running;
  await run.cancel('after-step');
  const { steps } = await run.result;
  expect(outcomes(steps)).toEqual(['done', 'done', 'done', ...Array(4).fill('not run')]);
  expect(await app.applied()).toEqual([idOf(1), idOf(2), idOf(3)]);
  expect(await journalOf(started)).toEqual([1, 2, 3].map(at => `table_${at} up done`));
});

test('after a slow one, the next revision is sent alone', async () => {
  const pieces: string[] = [];
  const { app, up } = await start(
    7,
    { 3: 'create table "slow" as select 1 as "one" from pg_sleep(0.3)' },
    {
      through: async url => {
        const proxy = await silentProxy(url, (_, piece) => void pieces.push(piece));
        closing.push(() => proxy.close());
        return proxy.through(url);
      },
    },
  );
  const plan = await app.plan(...up);
  pieces.length = 0;
  expect((await app.start(plan).result).failure).toBeNull();
  const counts = pieces.map(piece => piece.match(/create table "(?:table_|slow)/g)?.length ?? 0);
  expect(counts.filter(count => count > 0)).toEqual([1, 2, 1, 2, 1]);
});

test('a revision that the plan calls slow is sent alone, so that the run can stop after it', async () => {
  const { app, database, up } = await start(
    6,
    { 5: 'alter table "large" alter column "id" type bigint' },
    {
      prepare: `create table "large" as select n::int as "id" from generate_series(1, 10) n`,
    },
  );
  const holder = await database.connect();
  closing.push(() => holder.end());
  await holder.query('begin; lock table "large" in access share mode');
  const running = app.hears(event => event.kind === 'step' && event.step === 4);
  const plan = await app.plan(...up);
  const finding = { severity: 'danger' } as Finding;
  const steps = plan.steps.map((step, at) => (at === 4 ? { ...step, findings: [finding] } : step));
  const run = app.start({ ...plan, steps }, { lockTimeout: 60_000 });
  await running;
  await run.cancel('after-step');
  await holder.query('rollback');
  const result = await run.result;
  expect(outcomes(result.steps)).toEqual(['done', 'done', 'done', 'done', 'done', 'not run']);
});

test.each(['step', 'statement', 'statement-done', 'step-done'] as const)(
  'a cancel at the event "%s" among them rolls everything back soon',
  async kind => {
    const started = await start(7, { 6: 'create table "slow" as select 1 as "one" from pg_sleep(300)' });
    const { app, up } = started;
    const done = app.hears(event => event.kind === kind && event.step === 4);
    const run = app.start(await app.plan(...up));
    await done;
    await run.cancel('rollback');
    const { steps, cancelled } = await run.result;
    expect(cancelled).toBe(true);
    expect(outcomes(steps)).toEqual(Array(7).fill('not run'));
    expect(await app.applied()).toEqual([]);
    const rows = await journalOf(started);
    expect(rows.filter(row => row.endsWith('done') || row.endsWith('started'))).toEqual([]);
  },
);

test('rows of the journal are written while those before them are not finished', async () => {
  const started = await start(3, { 3: 'create table "slow" as select 1 as "one" from pg_sleep(300)' });
  const { app, up } = started;
  const run = app.start(await app.plan(...up));
  await vi.waitFor(
    async () =>
      expect(await journalOf(started)).toEqual([
        'table_1 up started',
        'table_2 up started',
        'table_3 up started',
      ]),
    20_000,
  );
  await run.cancel('rollback');
  expect((await run.result).cancelled).toBe(true);
  expect(await journalOf(started)).toEqual([1, 2, 3].map(at => `table_${at} up rolled back`));
});
