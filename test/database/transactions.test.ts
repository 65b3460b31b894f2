import { expect, test, vi } from 'vitest';
import { ledgerTable } from '../../src/database/ledger.ts';
import { lockKeys } from '../../src/database/lock.ts';
import { type MigrationSketch, makeProject } from '../support/project.ts';
import { createDatabase, type Database } from '../support/server.ts';
import { type ProxiedConnection, silentProxy } from '../support/silent-proxy.ts';
import { afterEachTest, type Opened, open } from './support.ts';

/*
 * With a transaction for each revision, the transactions after the first one take two round trips if their statements
 * are plain: the lock, a check of the migrations table, the statements and the log row; then the journal and the commit.
 */

const idOf = (at: number): string => `Migration2026010100000${at}_table_${at}`;
const [first, second, third] = [idOf(1), idOf(2), idOf(3)];

const closing = afterEachTest();

interface Started {
  readonly app: Opened;
  readonly database: Database;
}

/** Three revisions that create tables, in a transaction each; `replaced` replaces some. */
async function start(
  replaced: Readonly<Record<string, MigrationSketch>> = {},
  through: (url: string) => Promise<string> = async url => url,
  config = '',
): Promise<Started> {
  const database = await createDatabase();
  const tables = [1, 2, 3].map(at => [
    idOf(at),
    { up: `create table "table_${at}" ("id" int)`, down: `drop table "table_${at}"` },
  ]);
  const project = await makeProject({
    url: await through(database.url),
    migrations: { ...Object.fromEntries(tables), ...replaced },
    migrationsConfig: 'allOrNothing: false',
    config: `baseDir: process.cwd(), schemaGenerator: { ignoreSchema: ['migtui'] }, ${config}`,
  });
  const app = await open(project.root);
  closing.push(() => app.close());
  return { app, database };
}

const journalOf = async ({ database }: Started): Promise<string[]> =>
  (
    await database.query<{ row: string }>(
      `select revision || ' ' || action || ' ' || outcome as row from migtui.journal order by seq`,
    )
  ).map(({ row }) => row);

const up = [`up ${first}`, `up ${second}`, `up ${third}`];

test('transactions after the first take two round trips, up and down', async () => {
  let pieces: string[] = [];
  const { app } = await start({}, async url => {
    const proxy = await silentProxy(url, (_, piece) => void pieces.push(piece));
    closing.push(() => proxy.close());
    return proxy.through(url);
  });
  for (const steps of [up, [`down ${third}`, `down ${second}`, `down ${first}`]]) {
    const plan = await app.plan(...steps);
    pieces = [];
    expect((await app.start(plan).result).failure).toBeNull();
    const word = steps === up ? 'create' : 'drop';
    const later = steps.slice(1).map(step => `table_${step.slice(-1)}`);
    for (const table of later) {
      const whole = new RegExp(
        `pg_try_advisory_xact_lock.*${word} table "${table}".*"mikro_orm_migrations"`,
        's',
      );
      expect(pieces.filter(piece => piece.includes(`${word} table "${table}"`))).toEqual([
        expect.stringMatching(whole),
      ]);
      const ends = new RegExp(`"migtui"."journal".*${table}.*commit`, 's');
      expect(pieces.filter(piece => ends.test(piece))).toHaveLength(1);
    }
  }
});

test('each transaction contains its log row and its row of the journal', async () => {
  const started = await start();
  expect((await started.app.run(...up)).failure).toBeNull();
  const rows = await started.database.query<{ same: boolean }>(
    `select j.xmin::text = l.xmin::text and l.xmin::text = c.xmin::text as same
       from migtui.journal j join mikro_orm_migrations l on l.name = j.revision
       join pg_class c on c.relname = 'table_' || right(j.revision, 1) order by j.seq`,
  );
  expect(rows).toEqual([{ same: true }, { same: true }, { same: true }]);
  expect(await journalOf(started)).toEqual([first, second, third].map(id => `${id} up done`));
});

test('a statement that fails is named, and its transaction is rolled back', async () => {
  const started = await start({
    [second]: { up: ['create table "half" ("id" int)', 'drop table "nothing"'] },
  });
  const { failure, steps } = await started.app.run(...up);
  expect(failure).toMatchObject({ sql: { statement: 'drop table "nothing"' } });
  expect(steps.map(({ outcome }) => outcome)).toEqual(['done', 'failed', 'not run']);
  expect(await started.database.query(`select to_regclass('half') as half`)).toEqual([{ half: null }]);
  expect(await journalOf(started)).toEqual([`${first} up done`, `${second} up failed`]);
  expect(await started.app.applied()).toEqual([first]);
});

test('an error of the config while it changes a statement ends the run, and no connection stays open', async () => {
  const refuse = `onQuery(sql) { if (sql.includes('table_2')) throw new Error('refused by onQuery'); return sql; },`;
  const { app, database } = await start({}, undefined, refuse);
  const { failure, steps } = await app.run(...up);
  expect(failure?.message).toContain('refused by onQuery');
  expect(steps.map(({ outcome }) => outcome)).toEqual(['done', 'failed', 'not run']);
  await closing.pop()?.();
  await vi.waitFor(async () => {
    const open = await database.query(
      `select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state like 'idle in%'`,
    );
    expect(open).toEqual([]);
  }, 10_000);
});

test('a constraint that is checked at the commit fails there', async () => {
  const started = await start({
    [second]: {
      up: [
        'alter table "table_1" add primary key ("id")',
        'create table "children" ("of" int references "table_1" deferrable initially deferred)',
        'insert into "children" values (7)',
      ],
    },
  });
  const { failure, steps } = await started.app.run(...up);
  expect(failure?.message).toMatch(/foreign key/);
  expect(steps.map(({ outcome }) => outcome)).toEqual(['done', 'not run', 'not run']);
  expect(steps[1]).toMatchObject({ rolledBack: true });
  expect(await started.app.applied()).toEqual([first]);
});

test('a commit whose answer was lost counts, and the run goes on', async () => {
  let lost: ProxiedConnection | null = null;
  const { app, database } = await start({}, async url => {
    const proxy = await silentProxy(url, (connection, piece) => {
      if (!/"migtui"."journal".*table_2.*commit/s.test(piece)) return;
      lost = connection;
      connection.muteToClient = true;
    });
    closing.push(() => proxy.close());
    return proxy.through(url);
  });
  const { result } = app.start(await app.plan(...up));
  await vi.waitFor(async () => {
    expect(lost).not.toBeNull();
    expect(await database.query('select name from mikro_orm_migrations')).toHaveLength(2);
  }, 20_000);
  Object.assign(lost ?? {}, { muteToClient: false });
  await database.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query = 'commit'`,
  );
  const { failure, steps } = await result;
  expect(failure).toBeNull();
  expect(steps.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done']);
  expect(await app.applied()).toEqual([first, second, third]);
});

test('a revision may change other rows of the migrations table', async () => {
  const { app, database } = await start({
    [second]: { up: `insert into mikro_orm_migrations (name) values ('Migration20250101000000_old')` },
  });
  expect((await app.run(...up)).failure).toBeNull();
  const names = await database.query<{ name: string }>('select name from mikro_orm_migrations order by id');
  expect(names.map(({ name }) => name)).toEqual([first, 'Migration20250101000000_old', second, third]);
});

test('the statement that waits for a lock is known while it waits', async () => {
  const { app, database } = await start({
    [second]: { up: ['create table "quick" ("id" int)', 'alter table "other" add column "more" int'] },
  });
  await database.query('create table "other" ("id" int)');
  const holder = await database.connect();
  closing.push(() => holder.end());
  await holder.query('begin; lock table "other" in access share mode');
  const statements: unknown[] = [];
  const { result } = app.start(await app.plan(...up), { lockTimeout: 60_000 }, event => {
    if (event.kind !== 'statement' && event.kind !== 'statement-done') return;
    if (event.step === 1) statements.push(event.kind === 'statement' ? event.sql : event.kind);
  });
  await vi.waitFor(
    () =>
      expect(statements).toEqual([
        'create table "quick" ("id" int)',
        'statement-done',
        'alter table "other" add column "more" int',
      ]),
    20_000,
  );
  await holder.query('rollback');
  expect((await result).failure).toBeNull();
});

test('a step that takes longer has its row in the journal while it runs, and can be cancelled', async () => {
  const started = await start({
    [second]: { up: 'create table "slow" as select 1 as "one" from pg_sleep(60)' },
  });
  const { app } = started;
  const run = app.start(await app.plan(...up));
  await vi.waitFor(
    async () => expect(await journalOf(started)).toEqual([`${first} up done`, `${second} up started`]),
    20_000,
  );
  await run.cancel('rollback');
  const { cancelled, steps } = await run.result;
  expect(cancelled).toBe(true);
  expect(steps.map(({ outcome }) => outcome)).toEqual(['done', 'not run', 'not run']);
  expect(await journalOf(started)).toEqual([`${first} up done`, `${second} up rolled back`]);
});

test('a run that stops after the current step starts no other one', async () => {
  const started = await start({
    [second]: { up: 'create table "slow" as select 1 as "one" from pg_sleep(1)' },
  });
  const { app } = started;
  const running = app.hears(event => event.kind === 'step' && event.step === 1);
  const run = app.start(await app.plan(...up));
  await running;
  await run.cancel('after-step');
  const { steps } = await run.result;
  expect(steps.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'not run']);
  expect(await app.applied()).toEqual([first, second]);
});

test('a busy lock is retried, and each revision is applied once', async () => {
  const { app, database } = await start({ [second]: { up: 'alter table "other" add column "more" int' } });
  await database.query('create table "other" ("id" int)');
  const holder = await database.connect();
  closing.push(() => holder.end());
  await holder.query('begin; lock table "other" in access share mode');
  const retries: unknown[] = [];
  const { result } = app.start(await app.plan(...up), { lockTimeout: 200 }, event => {
    if (event.kind !== 'retry') return;
    retries.push(event.batch);
    void holder.query('rollback').catch(() => {});
  });
  expect((await result).failure).toBeNull();
  expect(retries).toEqual([1]);
  expect(await app.applied()).toEqual([first, second, third]);
});

test('a locked migrations table is waited for once per try', async () => {
  const { app, database } = await start({
    [second]: { up: 'create table "table_2" as select 1 as "id" from pg_sleep(1)' },
  });
  const holder = await database.connect();
  closing.push(() => holder.end());
  await app.run(`up ${first}`);
  const plan = await app.plan(`up ${second}`, `up ${third}`);
  const waits: number[] = [];
  let since = 0;
  const { result } = app.start(plan, { lockTimeout: 1_000, retries: 1 }, event => {
    // It gets the lock as soon as the first transaction is over.
    if (event.kind === 'step' && event.step === 0) {
      holder.query('begin; lock table mikro_orm_migrations in access exclusive mode').catch(() => {});
    }
    if (event.kind === 'batch') since = performance.now();
    if (event.kind === 'rolled-back') waits.push(performance.now() - since);
  });
  const { failure } = await result.finally(() => holder.query('rollback'));
  expect(failure).toMatchObject({ code: 'lock-timeout' });
  expect(waits).toHaveLength(2);
  expect(Math.min(...waits)).toBeLessThan(1_900);
});

test('a batch of another run stops it before the next statement', async () => {
  const started = await start({
    [first]: { up: 'create table "table_1" as select 1 as "id" from pg_sleep(1)' },
  });
  const { app, database } = started;
  const holder = await database.connect();
  closing.push(() => holder.end());
  const key = lockKeys(ledgerTable(app.project)).batch;
  const { result } = app.start(await app.plan(...up), {}, event => {
    // It waits for the first transaction, and has the lock as soon as that is over.
    if (event.kind === 'step' && event.step === 0) {
      holder.query('select pg_advisory_lock($1)', [key]).catch(() => {});
    }
    if (event.kind === 'rolled-back') holder.query('select pg_advisory_unlock($1)', [key]).catch(() => {});
  });
  const { failure, steps } = await result;
  expect(failure).toMatchObject({ code: 'run-in-progress' });
  expect(steps.map(({ outcome }) => outcome)).toEqual(['done', 'not run', 'not run']);
  expect(await app.applied()).toEqual([first]);
});
