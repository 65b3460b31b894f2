import { afterEach, describe, expect, test } from 'vitest';
import { ledgerTable } from '../../src/database/ledger.ts';
import { lockKeys } from '../../src/database/lock.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { type MigrationSketch, makeProject, migtui } from '../support/project.ts';
import { createDatabase, type Database } from '../support/server.ts';
import { type Opened, open } from './support.ts';

const chats = 'Migration20260101000000_chats';
const slow = 'Migration20260102000000_slow';
const touch = 'Migration20260103000000_touch';
const index = 'Migration20260104000000_index';
const half = 'Migration20260105000000_half';

const migrations: Record<string, MigrationSketch> = {
  [chats]: {
    up: 'create table "chats" ("id" serial primary key, "title" text not null)',
    down: 'drop table "chats"',
  },
  [slow]: { up: ['create table "before" ("id" int)', 'select pg_sleep(60)'] },
  [touch]: { up: 'alter table "chats" add column "topic" text' },
  [index]: {
    up: 'create index concurrently "chats_title" on "chats" ("title")',
    down: 'drop index concurrently "chats_title"',
    transactional: false,
  },
  [half]: {
    up: [
      'create table "left_behind" ("id" int)',
      'create unique index concurrently "chats_unique" on "chats" ("title")',
    ],
    down: ['drop table if exists "left_behind"', 'drop index concurrently if exists "chats_unique"'],
    transactional: false,
  },
};

let database: Database;
const apps: Opened[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

async function start(
  more: { config?: string; migrationsConfig?: string; url?: string } = {},
): Promise<Opened> {
  database = await createDatabase();
  return again(more);
}

async function again({
  url,
  ...more
}: {
  config?: string;
  migrationsConfig?: string;
  url?: string;
} = {}): Promise<Opened> {
  const project = await makeProject({
    url: url ?? database.url,
    migrations,
    ...more,
    config: `baseDir: process.cwd(), ${more.config ?? ''}`,
  });
  const app = await open(project.root);
  apps.push(app);
  return app;
}

const advisory = `select count(*)::int as n from pg_locks where locktype = 'advisory'
  and database = (select oid from pg_database where datname = current_database())`;

describe('one writer', () => {
  test.each(['after-step', 'rollback'] as const)(
    'a cancel "%s" ends the wait for another run',
    async mode => {
      const one = await start();
      const two = await again();
      await one.run(`up ${chats}`);
      const blocker = await database.connect();
      await blocker.query('begin; lock table chats in access share mode');
      const holding = one.hears(({ kind }) => kind === 'statement');
      const first = one.start(await one.plan(`up ${touch}`), { lockTimeout: 60_000 });
      await holding;
      const waiting = two.hears(({ kind }) => kind === 'waiting');
      const second = two.start(await two.plan(`up ${touch}`));
      const ended = second.result.catch(error => error);
      await waiting;
      await second.cancel(mode);
      expect(await ended).toMatchObject({ code: 'cancelled', message: 'Cancelled: nothing was run.' });
      await blocker.end();
      expect((await first.result).failure).toBeNull();
    },
  );

  test('another run waits, shows who holds the lock, and then finds its plan changed', async () => {
    const one = await start();
    const two = await again();
    const blocker = await database.connect();
    await one.run(`up ${chats}`);
    await blocker.query('begin; lock table chats in access share mode');
    const plan = await two.plan(`up ${touch}`);
    const first = one.start(await one.plan(`up ${touch}`));
    await one.hears(event => event.kind === 'statement');
    const refused = expect(two.start(plan).result).rejects.toMatchObject({ code: 'plan-changed' });
    expect(await two.hears(event => event.kind === 'waiting')).toMatchObject({
      holder: { user: 'postgres', application: expect.stringContaining(`migtui ${first.id.slice(0, 8)}`) },
    });
    await blocker.query('rollback');
    expect((await first.result).failure).toBeNull();
    await refused;
    expect(two.events.some(event => event.kind === 'started')).toBe(false);
    expect(await two.applied()).toEqual([chats, touch]);
    await blocker.end();
  });

  test('waiting ends after --lock-wait, naming the holder', async () => {
    const one = await start();
    const two = await again();
    const running = one.start(await one.plan(`up ${slow}`));
    await one.hears(event => event.kind === 'statement' && event.sql.includes('pg_sleep'));
    await expect(two.start(await two.plan(`up ${chats}`), { lockWait: 300 }).result).rejects.toMatchObject({
      code: 'run-in-progress',
      message: expect.stringMatching(/pid \d+ \(postgres, migtui/),
    });
    await running.cancel('rollback');
    await running.result;
  });

  test('the lock ends with its holder: after a kill, the next run proceeds', async () => {
    const one = await start();
    const two = await again();
    const running = one.start(await one.plan(`up ${slow}`));
    await one.hears(event => event.kind === 'statement' && event.sql.includes('pg_sleep'));
    const guard = `select pid from pg_stat_activity where application_name like 'migtui %' and datname = current_database()`;
    await database.query(`select pg_terminate_backend(pid) from (${guard}) as guard`);
    const result = await running.result;
    expect(result.failure).toMatchObject({ code: 'lock-lost' });
    expect(result.steps).toMatchObject([{ outcome: 'not run', rolledBack: true }]);
    expect(await one.applied()).toEqual([]);
    expect(await one.connection.query(`select to_regclass('before') as t`)).toEqual([{ t: null }]);
    expect((await two.run(`up ${chats}`)).failure).toBeNull();
  });

  test('a lost connection is reported as such, even after a request to stop', async () => {
    const two = await start();
    const slowly = two.start(await two.plan(`up ${slow}`));
    await two.hears(event => event.kind === 'statement' && event.sql.includes('pg_sleep'));
    const cancelled = slowly.cancel('after-step');
    await database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep%' and pid <> pg_backend_pid()`,
    );
    await cancelled;
    expect(await slowly.result).toMatchObject({ cancelled: false, failure: { code: 'connection-lost' } });
  });

  test('the batch of a killed run is waited for', async () => {
    const app = await start();
    const orphan = await database.connect();
    const keys = lockKeys(ledgerTable(app.project));
    await orphan.query('begin');
    await orphan.query('select pg_advisory_xact_lock($1)', [keys.batch]);
    const running = app.start(await app.plan(`up ${chats}`));
    const waiting = await app.hears(event => event.kind === 'waiting');
    expect(waiting).toMatchObject({ holder: { application: 'migtui-test' } });
    await orphan.query('rollback');
    expect((await running.result).failure).toBeNull();
    await orphan.end();
  });

  test('nothing is locked after a run, whatever its outcome', async () => {
    const app = await start();
    await app.run(`up ${chats}`, `up ${index}`);
    expect(await database.query(advisory)).toEqual([{ n: 0 }]);
    await app.run(`up ${chats}`).catch(() => {});
    expect(await database.query(advisory)).toEqual([{ n: 0 }]);
    expect(await app.connection.query(`select current_setting('lock_timeout') as t`)).toEqual([{ t: '0' }]);
  });

  test('a concurrent index after a revision that touched its table runs while another run waits', async () => {
    const one = await start();
    const two = await again();
    const plan = await two.plan(`up ${chats}`);
    const first = one.start(await one.plan(`up ${chats}`, `up ${touch}`, `up ${index}`));
    await one.hears(event => event.kind === 'started');
    const second = two.start(plan).result.catch(error => error.code);
    expect((await first.result).failure).toBeNull();
    expect(await second).toBe('plan-changed');
    expect(
      await database.query(`select indisvalid from pg_index where indexrelid = 'chats_title'::regclass`),
    ).toEqual([{ indisvalid: true }]);
  });

  test('holds no snapshot if the server defaults to repeatable read', async () => {
    const app = await start();
    await database.query(
      `alter database "${database.name}" set default_transaction_isolation = 'repeatable read'`,
    );
    const fresh = await again();
    expect((await fresh.run(`up ${chats}`, `up ${touch}`, `up ${index}`)).failure).toBeNull();
    await app.close();
    apps.splice(apps.indexOf(app), 1);
  });
});

describe('waiting for a table', () => {
  test('a briefly locked table: shows the blocker, retries, continues', async () => {
    const app = await start();
    await app.run(`up ${chats}`);
    const blocker = await database.connect();
    await blocker.query('begin; lock table chats in access share mode');
    const running = app.start(await app.plan(`up ${touch}`), { lockTimeout: 700, retries: 5 });
    const watch = await app.hears(event => event.kind === 'watch' && event.blockers.length > 0);
    expect(watch).toMatchObject({
      statement: expect.stringContaining('alter table "chats"'),
      blockers: [
        { user: 'postgres', application: 'migtui-test', query: expect.stringContaining('lock table') },
      ],
    });
    const retry = await app.hears(event => event.kind === 'retry');
    expect(retry).toMatchObject({
      attempt: expect.any(Number),
      of: 6,
      reason: expect.stringContaining('lock timeout'),
    });
    await blocker.query('rollback');
    expect((await running.result).failure).toBeNull();
    expect(await app.applied()).toEqual([chats, touch]);
    await blocker.end();
  });

  test('the blocker is ended on request: its statement first, then its session; no other session is', async () => {
    const app = await start();
    await app.run(`up ${chats}`);
    const [idle, sleeping, other] = await Promise.all([
      database.connect(),
      database.connect(),
      database.connect(),
    ]);
    const pidOf = async (client: typeof idle): Promise<number> =>
      (await client.query('select pg_backend_pid() as pid')).rows[0].pid;
    const [idlePid, sleepingPid, otherPid] = await Promise.all([idle, sleeping, other].map(pidOf));
    idle.on('error', () => {});
    await idle.query('begin; lock table chats in access share mode');
    await sleeping.query('begin; lock table chats in access share mode');
    const slept = sleeping.query('select pg_sleep(600)').catch(error => error.code);
    const running = app.start(await app.plan(`up ${touch}`), { lockTimeout: 0 });
    await app.hears(event => event.kind === 'watch' && event.blockers.length === 2);
    await expect(running.endSession(otherPid!, 'terminate')).rejects.toMatchObject({ code: 'not-blocking' });
    expect((await other.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await running.endSession(sleepingPid!, 'cancel');
    // 57014: query_canceled
    expect(await slept).toBe('57014');
    await sleeping.query('rollback');
    await running.endSession(idlePid!, 'terminate');
    expect((await running.result).failure).toBeNull();
    await expect(running.endSession(idlePid!, 'cancel')).rejects.toMatchObject({ code: 'not-blocking' });
    await expect(idle.query('select 1')).rejects.toThrow();
    await Promise.all([sleeping.end(), other.end(), idle.end().catch(() => {})]);
  });

  test('locked for longer: fails after its retries, with no changes', async () => {
    const app = await start();
    await app.run(`up ${chats}`);
    const blocker = await database.connect();
    await blocker.query('begin; lock table chats in access share mode');
    const result = await app.start(await app.plan(`up ${touch}`), { lockTimeout: 100, retries: 1 }).result;
    expect(result.failure).toMatchObject({ code: 'lock-timeout', sql: { sqlState: '55P03' } });
    expect(result.steps).toMatchObject([{ outcome: 'failed', rolledBack: true }]);
    expect(app.events.filter(event => event.kind === 'batch' && event.attempt > 1)).toHaveLength(1);
    expect(await app.applied()).toEqual([chats]);
    await blocker.end();
  });

  test('statement_timeout ends a statement that takes too long', async () => {
    const app = await start();
    const result = await app.start(await app.plan(`up ${slow}`), { statementTimeout: 100 }).result;
    expect(result.failure).toMatchObject({
      code: 'statement-cancelled',
      sql: { statement: 'select pg_sleep(60)' },
    });
  });
});

describe('cancelling', () => {
  test('cancels the statement in flight and rolls the batch back', async () => {
    const app = await start();
    const running = app.start(await app.plan(`up ${chats}`, `up ${slow}`, `up ${touch}`));
    await app.hears(event => event.kind === 'statement' && event.sql.includes('pg_sleep'));
    await running.cancel('rollback');
    const result = await running.result;
    expect(result).toMatchObject({ cancelled: true, failure: { code: 'cancelled' } });
    expect(result.steps.map(step => step.outcome)).toEqual(['not run', 'not run', 'not run']);
    expect(await app.applied()).toEqual([]);
    expect(await database.query(`select to_regclass('before') as t`)).toEqual([{ t: null }]);
  });

  test('after this step: finished steps remain, the rest is not run', async () => {
    const app = await start();
    const running = app.start(await app.plan(`up ${chats}`, `up ${touch}`, `up ${index}`));
    await app.hears(event => event.kind === 'step' && event.step === 0);
    await running.cancel('after-step');
    const result = await running.result;
    expect(result).toMatchObject({ cancelled: true, failure: { code: 'cancelled' }, tips: [chats] });
    expect(result.steps.map(step => step.outcome)).toEqual(['done', 'not run', 'not run']);
    expect(await app.applied()).toEqual([chats]);
  });

  test('while it waits for another run', async () => {
    const one = await start();
    const two = await again();
    const running = one.start(await one.plan(`up ${slow}`));
    await one.hears(event => event.kind === 'statement' && event.sql.includes('pg_sleep'));
    const waiting = two.start(await two.plan(`up ${chats}`));
    const ended = expect(waiting.result).rejects.toMatchObject({
      code: 'cancelled',
      message: 'Cancelled: nothing was run.',
    });
    await two.hears(event => event.kind === 'waiting');
    await waiting.cancel('rollback');
    await ended;
    await running.cancel('rollback');
    await running.result;
  });

  test('a second cancel ends hanging code', async () => {
    const hang = 'Migration20260106000000_hang';
    database = await createDatabase();
    const project = await makeProject({
      url: database.url,
      config: 'baseDir: process.cwd()',
      migrations: {
        [hang]: `import { Migration } from '@mikro-orm/migrations';
export class ${hang} extends Migration {
  override async up(): Promise<void> {
    await this.execute('create table "hanging" ("id" int)');
    await new Promise(() => {});
  }
}
`,
      },
    });
    const app = await open(project.root);
    apps.push(app);
    const hanging = app.start(await app.plan(`up ${hang}`));
    await app.hears(event => event.kind === 'statement-done');
    await hanging.cancel('rollback');
    await hanging.cancel('rollback');
    expect(await hanging.result).toMatchObject({ cancelled: true });
    expect(await database.query(`select to_regclass('hanging') as t`)).toEqual([{ t: null }]);
    expect(await database.query(advisory)).toEqual([{ n: 0 }]);
  });
});

describe('a revision without a transaction', () => {
  test('that fails partway is reported with its invalid index until it is resolved', async () => {
    const app = await start();
    await app.run(`up ${chats}`);
    await database.query(`insert into chats (title) values ('a'), ('a')`);
    const result = await app.run(`up ${half}`);
    expect(result.failure).toMatchObject({ code: 'statement-failed', sql: { sqlState: '23505' } });
    expect(result.steps[0]).not.toHaveProperty('rolledBack');
    expect(result.unsettled).toMatchObject([
      {
        revision: half,
        action: 'up',
        invalidIndexes: ['public.chats_unique'],
        error: expect.stringContaining('could not create unique index'),
      },
    ]);
    const { readInterrupted } = await import('../../src/database/interrupted.ts');
    const { resolveRevision } = await import('../../src/database/resolve-revision.ts');
    const { queryOn } = await import('../../src/database/connect/monitor.ts');
    const table = ledgerTable(app.project);
    const query = queryOn(app.connection.orm);
    expect(await readInterrupted(query, table)).toEqual(result.unsettled);
    await database.query('drop index chats_unique; drop table left_behind');
    const request = { ...app, table, revision: half, checksum: null };
    await resolveRevision(request, 'not-applied');
    expect(await readInterrupted(query, table)).toEqual([]);
    await database.query(`delete from chats`);
    expect((await app.run(`up ${half}`)).failure).toBeNull();
    expect(await app.applied()).toEqual([chats, half]);
    await expect(resolveRevision(request, 'applied')).rejects.toMatchObject({
      code: 'nothing-to-settle',
    });
  });

  test('resolved as applied it is logged; other text in the table comment remains', async () => {
    const app = await start();
    await app.run(`up ${chats}`);
    await database.query(`comment on table mikro_orm_migrations is E'ours, "quoted" and it''s \\\\ fine'`);
    await database.query(`insert into chats (title) values ('a'), ('a')`);
    expect((await app.run(`up ${half}`)).unsettled).toHaveLength(1);
    const { resolveRevision } = await import('../../src/database/resolve-revision.ts');
    await resolveRevision(
      { ...app, table: ledgerTable(app.project), revision: half, checksum: null },
      'applied',
    );
    expect(await app.applied()).toEqual([chats, half]);
    expect(await database.query(`select obj_description('mikro_orm_migrations'::regclass) as c`)).toEqual([
      { c: `ours, "quoted" and it's \\ fine` },
    ]);
  });

  test('that is cancelled in a concurrent build is reported, with its invalid index', async () => {
    const app = await start();
    await app.run(`up ${chats}`);
    const blocker = await database.connect();
    await blocker.query(`begin; insert into chats (title) values ('open')`);
    const running = app.start(await app.plan(`up ${index}`), { lockTimeout: 0 });
    await app.hears(event => event.kind === 'watch' && event.blockers.length > 0);
    await running.cancel('rollback');
    const result = await running.result;
    expect(result).toMatchObject({
      cancelled: true,
      failure: { code: 'cancelled', next: expect.stringContaining('migtui resolve') },
      unsettled: [{ revision: index, invalidIndexes: ['public.chats_title'] }],
    });
    await blocker.end();
  });

  test('whose first statement failed leaves nothing to resolve', async () => {
    const app = await start();
    await database.query('create table left_behind (id int)');
    await app.run(`up ${chats}`);
    const result = await app.run(`up ${half}`);
    expect(result.failure).toMatchObject({ sql: { sqlState: '42P07' } });
    expect(result.unsettled).toEqual([]);
  });

  test('of a role that does not own the table is reported from the journal', async () => {
    database = await createDatabase();
    const role = await database.createRole({ may: 'all' });
    const ignoring = `schemaGenerator: { ignoreSchema: ['migtui'] }`;
    const owner = await again({ config: ignoring });
    await owner.run(`up ${chats}`);
    await database.query(`insert into chats (title) values ('a'), ('a')`);
    await database.query(`alter table chats owner to "${role.name}"; grant all on schema migtui to "${role.name}";
      grant all on all tables in schema migtui to "${role.name}"`);
    const app = await again({ url: role.url, config: ignoring });
    const result = await app.run(`up ${half}`);
    expect(result.unsettled).toMatchObject([{ revision: half, action: 'up' }]);
    expect(await database.query(`select obj_description('mikro_orm_migrations'::regclass) as c`)).toEqual([
      { c: null },
    ]);
  });

  test('is still reported after a failed retry: the changes of the first attempt remain', async () => {
    const app = await start();
    await app.run(`up ${chats}`);
    await database.query(`insert into chats (title) values ('a'), ('a')`);
    const first = await app.run(`up ${half}`);
    const second = await app.run(`up ${half}`);
    expect(second.failure).toMatchObject({
      sql: { sqlState: '42P07' },
      next: expect.stringContaining('migtui resolve'),
    });
    expect(second.unsettled).toEqual(first.unsettled);
  });

  test('made transactional and retried, it is resolved', async () => {
    database = await createDatabase();
    const project = await makeProject({
      url: database.url,
      migrations: {
        [half]: { up: ['create table "left_behind" ("id" int)', 'select 1 / 0'], transactional: false },
      },
    });
    // In separate processes: a process imports a file once.
    const upgrade = () => migtui(project, ['upgrade', 'head', '--yes', '--json']);
    expect(JSON.parse((await upgrade()).stdout)).toMatchObject({ unsettled: [{ revision: half }] });
    await database.query('drop table left_behind');
    await project.addMigration(half, { up: 'create table "left_behind" ("id" int)' });
    expect(JSON.parse((await upgrade()).stdout)).toMatchObject({ tips: [half], unsettled: [] });
    const status = await migtui(project, ['status', '--json']);
    expect(JSON.parse(status.stdout)).toMatchObject({ current: [half], unsettled: [] });
  });

  test('its down() reverts the partial changes, though it has no row', async () => {
    database = await createDatabase();
    const { [chats]: first, [half]: last } = migrations;
    const project = await makeProject({
      url: database.url,
      migrations: { [chats]: first as MigrationSketch, [half]: last as MigrationSketch },
      config: 'baseDir: process.cwd()',
    });
    const engine = await openEngine({ root: project.root }, () => {});
    const upgrade = async (target: string) =>
      engine.run(await engine.preview({ command: 'upgrade', targets: [target] }), {});
    await upgrade(chats);
    await database.query(`insert into chats (title) values ('a'), ('a')`);
    expect(await upgrade(half)).toMatchObject({ unsettled: [{ revision: half }] });
    const down = { command: 'downgrade', targets: [half], halfWay: true } as const;
    const preview = await engine.preview(down);
    expect(preview).toMatchObject({
      plan: { steps: [{ revision: half, action: 'down' }], tips: [chats] },
      batches: [{ transactional: false }],
      steps: [{ losses: [expect.stringContaining('drops table left_behind')] }],
    });
    expect(await engine.run(preview, {})).toMatchObject({ failure: null, unsettled: [], tips: [chats] });
    expect(
      await database.query(`select to_regclass('left_behind') as t, to_regclass('chats_unique') as i`),
    ).toEqual([{ t: null, i: null }]);
    expect(await engine.overview()).toMatchObject({ current: [chats], pending: [half], unsettled: [] });
    await expect(engine.preview(down)).rejects.toMatchObject({ code: 'nothing-to-settle' });
    await engine.close();
  });

  test('retried successfully, it is resolved', async () => {
    const app = await start();
    await app.run(`up ${chats}`);
    await database.query(`insert into chats (title) values ('a'), ('a')`);
    expect((await app.run(`up ${half}`)).unsettled).toHaveLength(1);
    await database.query('drop index chats_unique; drop table left_behind; delete from chats');
    expect(await app.run(`up ${half}`)).toMatchObject({ failure: null, unsettled: [] });
  });
});
