import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { openMonitor } from '../../src/database/connect/monitor.ts';
import { untilEnded } from '../../src/database/run/still-running.ts';
import { makeProject } from '../support/project.ts';
import { createDatabase, type Database, serverUrl } from '../support/server.ts';
import { type Opened, open } from './support.ts';

const program = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer', '/usr/local/bin/pgbouncer'].find(path =>
  existsSync(path),
);
if (!program) console.info('pgbouncer is not installed here: its tests are skipped.');

const chats = 'Migration20260101000000_chats';
const index = 'Migration20260102000000_index';
const more = 'Migration20260103000000_more';
const migrations = {
  [chats]: { up: 'create table "chats" ("id" serial primary key, "title" text)' },
  [index]: {
    up: 'create index concurrently "chats_title" on "chats" ("title")',
    transactional: false as const,
  },
  [more]: {
    up: [`insert into "chats" ("title") values ('a')`, 'alter table "chats" add column "more" text'],
  },
};

let bouncer: ChildProcess;
let port: number;
let folder: string;

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>(resolve => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise(resolve => probe.close(resolve));
  return port;
}

async function startBouncer(path: string): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'migtui-pgbouncer-'));
  const server = new URL(serverUrl());
  port = await freePort();
  await writeFile(
    join(folder, 'users.txt'),
    `"${server.username}" "${decodeURIComponent(server.password)}"\n`,
  );
  await writeFile(
    join(folder, 'pgbouncer.ini'),
    `[databases]
* = host=127.0.0.1 port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = plain
auth_file = ${join(folder, 'users.txt')}
pool_mode = transaction
default_pool_size = 8
server_reset_query =
`,
  );
  // It refuses to run as root, and needs access to the folder.
  await chmod(folder, 0o755);
  const root = process.getuid?.() === 0;
  bouncer = spawn(path, [join(folder, 'pgbouncer.ini')], {
    stdio: 'ignore',
    ...(root && { uid: 65_534, gid: 65_534 }),
  });
  for (;;) {
    const client = new pg.Client(through(serverUrl()));
    const connected = await client.connect().then(
      () => true,
      () => false,
    );
    await client.end().catch(() => {});
    if (connected) return;
    if (bouncer.exitCode !== null) throw new Error(`pgbouncer ended with ${bouncer.exitCode}`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

function through(url: string): string {
  const changed = new URL(url);
  changed.port = String(port);
  return changed.href;
}

describe.skipIf(!program)('behind PgBouncer in transaction mode', () => {
  beforeAll(() => startBouncer(program as string));
  afterAll(async () => {
    bouncer?.kill();
    await rm(folder, { recursive: true, force: true });
  });
  const apps: Opened[] = [];
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
  });

  async function openThrough(database: Database): Promise<Opened> {
    const project = await makeProject({
      url: through(database.url),
      migrations,
      config: `baseDir: process.cwd(), schemaGenerator: { ignoreSchema: ['migtui'] }`,
    });
    const app = await open(project.root);
    apps.push(app);
    return app;
  }

  /** Settings that a session could leave behind on a pooled connection. */
  const leaks = (database: Database) =>
    database.query(`select count(*)::int as n from pg_locks where locktype = 'advisory'
      and database = (select oid from pg_database where datname = current_database())`);

  test('runs everything and leaves nothing in the shared connections', async () => {
    const database = await createDatabase();
    const app = await openThrough(database);
    const side = await openMonitor(app.project);
    expect(side?.server.pooled).toBe(true);
    await side?.close();
    expect((await app.run(`up ${chats}`, `up ${index}`, `up ${more}`)).failure).toBeNull();
    expect(await leaks(database)).toEqual([{ n: 0 }]);
    for (let times = 0; times < 10; times++) {
      expect(await app.connection.query(`select current_setting('lock_timeout') as t`)).toEqual([{ t: '0' }]);
    }
  });

  test('five at once: one runs, the others wait and find the plan changed', async () => {
    const database = await createDatabase();
    const five = await Promise.all([1, 2, 3, 4, 5].map(() => openThrough(database)));
    const previews = await Promise.all(five.map(app => app.plan(`up ${chats}`, `up ${index}`, `up ${more}`)));
    const ends = await Promise.all(
      five.map((app, at) =>
        app.start(previews[at]!).result.then(
          result => result.failure?.code ?? 'done',
          error => error.code as string,
        ),
      ),
    );
    expect(ends.sort()).toEqual(['done', 'plan-changed', 'plan-changed', 'plan-changed', 'plan-changed']);
    expect(await database.query('select count(*)::int as n from chats')).toEqual([{ n: 1 }]);
    expect(await leaks(database)).toEqual([{ n: 0 }]);
  });

  test('a cancelled statement is cancelled, and the lock is free immediately', async () => {
    const database = await createDatabase();
    const app = await openThrough(database);
    await app.run(`up ${chats}`);
    const blocker = await database.connect();
    await blocker.query('begin; lock table chats in access exclusive mode');
    const running = app.start(await app.plan(`up ${more}`));
    await app.hears(event => event.kind === 'watch' && event.blockers.length > 0);
    await running.cancel('rollback');
    expect(await running.result).toMatchObject({ cancelled: true });
    await blocker.query('rollback');
    expect((await app.run(`up ${index}`, `up ${more}`)).failure).toBeNull();
    await blocker.end();
  });

  const slow = 'Migration20260104000000_slow';
  const sleeping = 'create table "slow" as select 1 as "one" from pg_sleep(60)';

  const openSlow = async (database: Database): Promise<Opened> => {
    const project = await makeProject({
      url: through(database.url),
      migrations: { [slow]: { up: sleeping, transactional: false } },
      config: 'baseDir: process.cwd(),',
    });
    const app = await open(project.root);
    apps.push(app);
    return app;
  };

  const sleepers = (database: Database) =>
    database.query(`select pid from pg_stat_activity where datname = current_database() and state = 'active'
      and query = '${sleeping}'`);

  test('a statement outside a transaction is cancelled on the server, too', async () => {
    const database = await createDatabase();
    const app = await openSlow(database);
    const running = app.start(await app.plan(`up ${slow}`));
    await vi.waitFor(async () => expect(await sleepers(database)).toHaveLength(1), 20_000);
    await running.cancel('rollback');
    expect(await running.result).toMatchObject({ cancelled: true });
    expect(await sleepers(database)).toEqual([]);
  });

  test('a statement that a killed run left on the server is waited for', async () => {
    const database = await createDatabase();
    const app = await openSlow(database);
    const left = await database.connect();
    apps.push({ close: () => left.end() } as Opened);
    const ended = left.query(sleeping).catch(() => {});
    const plan = await app.plan(`up ${slow}`);
    const steps = plan.steps.map(step => ({ ...step, preview: { ...step.preview, sql: [sleeping] } }));
    const side = (await openMonitor(app.project))!;
    const signal = new AbortController().signal;
    await expect(
      untilEnded(app.project, side, slow, { wait: 0, signal, onWaiting: () => {} }),
    ).rejects.toMatchObject({ code: 'run-in-progress' });
    await side.close();
    const waiting = app.hears(({ kind }) => kind === 'waiting');
    const running = app.start({ ...plan, steps });
    expect(await waiting).toMatchObject({ holder: { query: sleeping } });
    const [sleeper] = (await sleepers(database)) as { pid: number }[];
    await database.query(`select pg_cancel_backend(${sleeper?.pid})`);
    await ended;
    await vi.waitFor(async () => expect(await sleepers(database)).toHaveLength(1), 20_000);
    await running.cancel('rollback');
    expect(await running.result).toMatchObject({ cancelled: true });
  });
});
