import { expect, test, vi } from 'vitest';
import type { Finding } from '../../src/values/findings.ts';
import type { NetworkOptions } from '../../src/values/network.ts';
import type { RunEvent } from '../../src/values/run.ts';
import { type MigrationSketch, makeProject } from '../support/project.ts';
import { createDatabase, type Database } from '../support/server.ts';
import { type ProxiedConnection, silentProxy } from '../support/silent-proxy.ts';
import { afterEachTest, type Opened, open } from './support.ts';

/*
 * In a transaction of several revisions, plain ones are sent before the one before is done: after the first one two, then
 * four, and so on while they are quick.
 */

const idOf = (at: number): string => `Migration202601010000${String(at).padStart(2, '0')}_table_${at}`;

const closing = afterEachTest();

interface Started {
  readonly app: Opened;
  readonly database: Database;
  /** Upgrades all of them. */
  readonly up: readonly string[];
}

interface Place {
  /** The URL of a proxy. */
  readonly through?: (url: string) => Promise<string>;
  /** Runs in the database first. */
  readonly prepare?: string;
  readonly config?: string;
  readonly network?: NetworkOptions;
}

/** Revisions that create a table each; `replaced` has other statements for some, by number. */
async function start(
  count: number,
  replaced: Readonly<Record<number, MigrationSketch['up']>> = {},
  { through = async url => url, prepare = '', config = '', network }: Place = {},
): Promise<Started> {
  const database = await createDatabase();
  if (prepare) await database.query(prepare);
  const numbers = Array.from({ length: count }, (_, at) => at + 1);
  const project = await makeProject({
    url: await through(database.url),
    migrations: Object.fromEntries(
      numbers.map(at => {
        const up = replaced[at] ?? `create table "table_${at}" ("id" int)`;
        const isSource = typeof up === 'string' && up.startsWith('import');
        return [idOf(at), isSource ? up : { up, down: `drop table "table_${at}"` }];
      }),
    ),
    config: `baseDir: process.cwd(), schemaGenerator: { ignoreSchema: ['migtui'] }, ${config}`,
  });
  const app = await open(project.root, network);
  closing.push(() => app.close());
  return { app, database, up: numbers.map(at => `up ${idOf(at)}`) };
}

const journalOf = async ({ database }: Started): Promise<string[]> =>
  (
    await database.query<{ row: string }>(
      `select 'table_' || split_part(revision, '_table_', 2) || ' ' || action || ' ' || outcome as row from migtui.journal order by seq`,
    )
  ).map(({ row }) => row);

/** Locks the table "other" until the returned function is called: `alter table "other"` waits. */
async function lockOther({ database }: Pick<Started, 'database'>): Promise<() => Promise<unknown>> {
  const holder = await database.connect();
  closing.push(() => holder.end());
  await holder.query('begin; lock table "other" in access share mode');
  return () => holder.query('rollback');
}

const other = { prepare: 'create table "other" ("id" int)' };
const waits = 'alter table "other" add column "more" int';
const patient = { lockTimeout: 60_000 };

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

/** `alter table` changes a setting, and each `create table` records its value. */
const changesSettings = `create table "seen" ("value" text);
  create function "shorten"() returns event_trigger language plpgsql as
    $$ begin perform set_config('lock_timeout', '1ms', true); end $$;
  create function "record"() returns event_trigger language plpgsql as
    $$ begin
      insert into public."seen" select current_setting('lock_timeout') from pg_event_trigger_ddl_commands()
        where object_identity like 'public.table%';
    end $$;
  create table "marked" ("id" int);
  create event trigger "shorten" on ddl_command_end when tag in ('ALTER TABLE') execute function "shorten"();
  create event trigger "record" on ddl_command_end when tag in ('CREATE TABLE') execute function "record"();`;
const changes = 'alter table "marked" add column "more" int';

test('settings that a trigger changes do not reach the next revision', async () => {
  const started = await start(6, { 2: changes }, { prepare: changesSettings });
  const events: RunEvent[] = [];
  const plan = await started.app.plan(...started.up);
  const { failure, steps } = await started.app.start(plan, {}, event => void events.push(event)).result;
  expect(failure).toBeNull();
  expect(outcomes(steps)).toEqual(Array(6).fill('done'));
  const seen = await started.database.query<{ value: string }>('select * from "seen"');
  expect(new Set(seen.map(({ value }) => value))).toEqual(new Set(['5s']));
  expect(await journalOf(started)).toEqual([
    ...['table_1 up rolled back', 'table_2 up rolled back', 'table_3 up rolled back'].slice(
      0,
      (await journalOf(started)).length - 6,
    ),
    ...[1, 2, 3, 4, 5, 6].map(at => `table_${at} up done`),
  ]);
  // Nothing runs twice without a word.
  const after = events.slice(events.findIndex(({ kind }) => kind === 'rolled-back'));
  expect(after.slice(0, 3)).toMatchObject([
    { kind: 'rolled-back' },
    { kind: 'notice', code: 'settings-changed' },
    { kind: 'batch', attempt: 1 },
  ]);
});

test('a stop while they run one by one leaves nothing started in the journal', async () => {
  const started = await start(
    6,
    { 1: ['create table "table_1" as select 1 as "id" from pg_sleep(0.3)'], 3: changes },
    {
      prepare: changesSettings,
    },
  );
  const { app, up } = started;
  let again = false;
  const run = app.start(await app.plan(...up), {}, event => {
    if (event.kind === 'rolled-back') again = true;
    if (again && event.kind === 'step' && event.step === 1) void run.cancel('after-step');
  });
  const { steps, cancelled } = await run.result;
  expect(cancelled).toBe(true);
  expect(outcomes(steps)).toEqual(['done', 'done', ...Array(4).fill('not run')]);
  const rows = await journalOf(started);
  expect(rows.filter(row => row.endsWith('started'))).toEqual([]);
  expect(rows.filter(row => row.endsWith('done'))).toEqual(['table_1 up done', 'table_2 up done']);
});

test('running one by one is no retry after a lock timeout', async () => {
  const started = await start(
    6,
    { 2: changes, 6: waits },
    { prepare: `${other.prepare}; ${changesSettings}` },
  );
  const { app, up } = started;
  const release = await lockOther(started);
  const { result } = app.start(await app.plan(...up), { lockTimeout: 300, retries: 1 }, event => {
    if (event.kind === 'retry') void release();
  });
  expect((await result).failure).toBeNull();
});

test('a run that stops after a step ends with those that were sent', async () => {
  const started = await start(7, { 2: waits }, other);
  const { app, up } = started;
  const release = await lockOther(started);
  const running = app.hears(event => event.kind === 'step' && event.step === 1);
  const run = app.start(await app.plan(...up), patient);
  await running;
  await run.cancel('after-step');
  await release();
  const { steps } = await run.result;
  expect(outcomes(steps)).toEqual(['done', 'done', 'done', ...Array(4).fill('not run')]);
  expect(await app.applied()).toEqual([idOf(1), idOf(2), idOf(3)]);
  expect(await journalOf(started)).toEqual([1, 2, 3].map(at => `table_${at} up done`));
});

test('after a slow one, the next revision is sent alone', async () => {
  const pieces: string[] = [];
  const started = await start(
    7,
    { 3: waits },
    {
      ...other,
      through: async url => {
        const proxy = await silentProxy(url, (_, piece) => void pieces.push(piece));
        closing.push(() => proxy.close());
        return proxy.through(url);
      },
    },
  );
  const { app, up } = started;
  const release = await lockOther(started);
  const plan = await app.plan(...up);
  pieces.length = 0;
  const { result } = app.start(plan, patient, event => {
    if (event.kind === 'step' && event.step === 2) setTimeout(() => void release(), 300);
  });
  expect((await result).failure).toBeNull();
  const counts = pieces.map(piece => piece.match(/create table "table_|alter table "other/g)?.length ?? 0);
  expect(counts.filter(count => count > 0)).toEqual([1, 2, 1, 2, 1]);
});

test.each([
  [
    'revisions that change rows',
    (at: number) => `create table "table_${at}" as select 1 as "id" from pg_sleep(0.3)`,
  ],
  ['code', codeOf],
])('after %s, a stop ends the run with the current step', async (_, up) => {
  const count = 10;
  const { app, up: all } = await start(count, Object.fromEntries([1, 2, 3, 4, 5].map(at => [at, up(at)])));
  const running = app.hears(event => event.kind === 'step' && event.step === 4);
  const run = app.start(await app.plan(...all));
  await running;
  await run.cancel('after-step');
  const { steps } = await run.result;
  expect(outcomes(steps)).toEqual([...Array(5).fill('done'), ...Array(5).fill('not run')]);
});

/** The source of a revision that runs its statement itself. */
function codeOf(at: number): string {
  return `import { Migration } from '@mikro-orm/migrations';
export class ${idOf(at)} extends Migration {
  async up() { await this.execute('create table "table_${at}" as select 1 as "id" from pg_sleep(0.2)'); }
}`;
}

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
    const started = await start(7, { 6: waits }, other);
    const { app, up } = started;
    await lockOther(started);
    const done = app.hears(event => event.kind === kind && event.step === 4);
    const run = app.start(await app.plan(...up), patient);
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
  const started = await start(3, { 3: waits }, other);
  const { app, up } = started;
  await lockOther(started);
  const run = app.start(await app.plan(...up), patient);
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

test('answers that arrive after the run was abandoned change nothing', async () => {
  let work: ProxiedConnection | null = null;
  const started = await start(
    15,
    { 9: waits },
    {
      ...other,
      through: async url => {
        const proxy = await silentProxy(url, (connection, piece) => {
          if (piece.includes('create table "table_8"')) work = connection;
        });
        closing.push(() => proxy.close());
        return proxy.through(url);
      },
    },
  );
  const { app, up } = started;
  const release = await lockOther(started);
  const events: RunEvent[] = [];
  const running = app.hears(event => event.kind === 'step' && event.step === 8);
  const run = app.start(await app.plan(...up), patient, event => void events.push(event));
  await running;
  const held = Promise.withResolvers<void>();
  Object.assign(work ?? {}, { answersAfter: held.promise });
  await release();
  await vi.waitFor(async () => {
    const [row] = await started.database.query<{ done: boolean }>(
      `select exists (select from pg_stat_activity where datname = current_database() and state = 'idle in transaction') as done`,
    );
    expect(row?.done).toBe(true);
  }, 20_000);
  for (let times = 0; times < 2; times++) void run.cancel('rollback');
  setTimeout(held.resolve, 30);
  const { steps, cancelled } = await run.result;
  expect(cancelled).toBe(true);
  expect(outcomes(steps)).toEqual(Array(15).fill('not run'));
  const end = events.findIndex(({ kind }) => kind === 'rolled-back');
  expect(events.slice(end).filter(({ kind }) => kind.startsWith('step'))).toEqual([]);
  await vi.waitFor(async () =>
    expect((await journalOf(started)).filter(row => !row.endsWith('rolled back'))).toEqual([]),
  );
});

test('a time limit of the driver counts for each revision', async () => {
  const started = await start(15, {}, { config: 'driverOptions: { query_timeout: 2000 },', ...slowDdl });
  const { failure, steps } = await started.app.run(...started.up);
  expect(failure).toBeNull();
  expect(outcomes(steps)).toEqual(Array(15).fill('done'));
});

test('a message of which only a part arrives is noticed', async () => {
  let pieces = 0;
  const pad = 'x'.repeat(6_000);
  const up = (at: number): string => `comment on table "other" is '${at}${pad}'`;
  const { app, up: all } = await start(
    64,
    Object.fromEntries(Array.from({ length: 64 }, (_, at) => [at + 1, up(at + 1)])),
    {
      ...other,
      network: { answerTimeout: 1_500 },
      through: async url => {
        const proxy = await silentProxy(url, (connection, piece) => {
          if (!/is '[234]\dx/.test(piece)) return;
          if (++pieces === 2) connection.muteToServer = true;
        });
        closing.push(() => proxy.close());
        return proxy.through(url);
      },
    },
  );
  const { failure, steps } = await app.run(...all);
  expect(failure?.code).toMatch(/no-answer|connection-lost/);
  expect(new Set(outcomes(steps))).not.toContain('done');
});

/** From table 8 on, each `create table` takes 0.4 s. */
const slowDdl = {
  prepare: `create function "slow"() returns event_trigger language plpgsql as $$ begin perform pg_sleep(0.4) from pg_event_trigger_ddl_commands() where object_identity ~ 'table_(8|9|1[0-5])$'; end $$;
    create event trigger "slow" on ddl_command_end when tag in ('CREATE TABLE') execute function "slow"();`,
};
