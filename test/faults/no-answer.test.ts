import { createServer as createWebServer, type Server as WebServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { upgrade } from '../e2e/support.ts';
import { makeProject, type Project } from '../support/project.ts';
import { asFound, openMigtui } from '../support/pty.ts';
import { sampled } from '../support/sample.ts';
import { createDatabase, type Database } from '../support/server.ts';
import { type ProxiedConnection, type SilentProxy, silentProxy } from '../support/silent-proxy.ts';
import { type Ended, startProgram } from './support.ts';

const one = 'Migration20260101000000_one';
const slow = 'Migration20260102000000_slow';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** The built program; `onStderr` receives its output so far and may send signals. */
function program(
  project: Project,
  args: readonly string[],
  onStderr: (said: string, kill: (signal: NodeJS.Signals) => void) => void = () => {},
): Promise<Ended> {
  const { child, kill, output, ended } = startProgram(project, args);
  child.stderr.on('data', () => onStderr(output.stderr, kill));
  return ended;
}

/** The port of a server that listens until the end of the test. */
async function listening(server: Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.close();
    if ('closeAllConnections' in server) (server as WebServer).closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

const limits = { connectTimeout: '3s', answerTimeout: '3s' };
const journalled = `schemaGenerator: { ignoreSchema: ['migtui'] }`;

async function projectAt(url: string, settings: object = limits, seconds = 1): Promise<Project> {
  return makeProject({
    url,
    config: journalled,
    packageJson: { migtui: settings },
    migrations: {
      [one]: { up: 'create table "one" ("id" int)' },
      [slow]: { up: [`select pg_sleep(${seconds})`, 'create table "slow" ("id" int)'] },
    },
  });
}

interface Situation {
  readonly settings?: object;
  readonly seconds?: number;
  onSent?(connection: ProxiedConnection, piece: string, proxy: SilentProxy): void;
  onAnswered?(connection: ProxiedConnection, piece: string, proxy: SilentProxy): void;
}

async function situation({ settings, seconds, onSent, onAnswered }: Situation = {}) {
  const database = await createDatabase();
  const proxy = await silentProxy(database.url, onSent, onAnswered);
  closing.push(() => proxy.close());
  return { database, proxy, project: await projectAt(proxy.through(database.url), settings, seconds) };
}

const isLock = ({ sent }: ProxiedConnection): boolean => /pg_try_advisory_xact_lock\(-?\d/.test(sent);
const isWork = ({ sent }: ProxiedConnection): boolean => sent.includes('migtui.batch');
const tables = (database: Database) =>
  database.query<{ t: string | null }>(`select to_regclass('slow')::text as t`).then(([row]) => row?.t);

describe('a server that does not respond', () => {
  test.each([
    ['accepts and never answers', () => createServer(() => {})],
    ['is a web server', () => createWebServer((_, response) => void response.end('hello'))],
  ])('that %s: reported with host and port, exit code 1', async (_, make) => {
    const port = await listening(make());
    const project = await projectAt(`postgres://ana@127.0.0.1:${port}/shop`);
    for (const args of [['status'], ['upgrade', 'head', '--yes']]) {
      const { code, stdout, stderr } = await program(project, args);
      expect([args, code]).toEqual([args, 1]);
      expect(stdout + stderr).toContain(`127.0.0.1:${port}`);
      expect(stdout + stderr).toMatch(/cannot be reached/);
    }
  });

  test('while waiting it reports for what, also with --json', async () => {
    const port = await listening(createServer(() => {}));
    const project = await projectAt(`postgres://ana@127.0.0.1:${port}/shop`);
    const { stderr, stdout } = await program(project, ['status', '--json']);
    expect(stderr).toContain(`waiting for 127.0.0.1:${port} to accept the connection`);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'database-unreachable',
      message: expect.stringContaining('did not answer within 3 s'),
    });
  });
});

describe('the app, when the server does not respond', () => {
  test('quits at once while it connects', async () => {
    const port = await listening(createServer(() => {}));
    const app = await openMigtui((await projectAt(`postgres://ana@127.0.0.1:${port}/shop`, {})).root);
    await app.sees(`waiting for the connection: 127.0.0.1:${port}`);
    const started = performance.now();
    await app.press('q');
    expect(await app.exit).toEqual({ code: 0 });
    expect(performance.now() - started).toBeLessThan(4_000);
    expect(await app.restored()).toEqual(asFound);
  });

  test('ends a run within 5 s after the second Cancel', async () => {
    const silent = Promise.withResolvers<void>();
    const { database, project } = await situation({
      settings: {},
      seconds: 60,
      onSent(_, piece, proxy) {
        if (!piece.includes('pg_sleep')) return;
        proxy.muteAll();
        silent.resolve();
      },
    });
    const app = await openMigtui(project.root);
    await app.sees('2 pending');
    await upgrade(app);
    await silent.promise;
    await app.press('C-c');
    await app.sees('Cancel the run?');
    await app.press('C-c');
    await app.sees('cancelling');
    await app.press('C-c');
    await app.sees('Upgrade cancelled', { timeout: 5_000 });
    await app.sees('2 rolled back');
    await app.press('Enter', 'q');
    expect(await app.exit).toEqual({ code: 0 });
    expect(await app.restored()).toEqual(asFound);
    expect(await tables(database)).toBeNull();
  });
});

describe('a network that stops responding', () => {
  test('while reading: the answer to a query never arrives', async () => {
    const { project } = await situation({
      onSent(connection, piece) {
        if (piece.includes('server_version')) connection.muteToClient = true;
      },
    });
    const { code, stdout, stderr } = await program(project, ['status']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/has not answered for 3 s/);
    expect(stderr).toMatch(/waiting for an answer of 127\.0\.0\.1:\d+/);
  });

  test('while reading: the answer to the end of a transaction never arrives', async () => {
    const { project } = await situation({
      settings: { connectTimeout: '3s', answerTimeout: '2s' },
      onSent(connection, piece) {
        if (/^Q\0\0\0.commit/s.test(piece)) connection.muteToClient = true;
      },
    });
    const { code, stderr, ms } = await program(project, ['upgrade', 'head', '--plan', '--read-only']);
    expect(stderr).toContain('has not answered for 2 s');
    expect(stderr).not.toContain("The project's own code");
    expect(code).toBe(1);
    expect(ms).toBeLessThan(20_000);
  });

  test('only on the lock connection: the run stops, rolled back', async () => {
    const { database, proxy, project } = await situation({
      seconds: 60,
      onSent(_, piece, { connections }) {
        if (!piece.includes('pg_sleep')) return;
        for (const lock of connections.filter(isLock)) lock.muteToClient = true;
      },
    });
    const { code, stdout } = await program(project, ['upgrade', 'head', '--yes', '--json']);
    expect([code, JSON.parse(stdout).error.code]).toEqual([1, 'lock-lost']);
    expect(proxy.connections.some(isLock)).toBe(true);
    expect(await tables(database)).toBeNull();
  });

  test.each(sampled(['muteToClient', 'muteToServer'] as const))(
    'only on the working connection (%s): detected by the monitor, rolled back',
    async direction => {
      const { database, project } = await situation({
        onSent(connection, piece) {
          if (isWork(connection) && piece.includes('pg_sleep')) connection[direction] = true;
        },
      });
      const { code, stdout } = await program(project, ['upgrade', 'head', '--yes', '--json']);
      const { error, steps } = JSON.parse(stdout);
      expect([code, error.code]).toEqual([1, 'no-answer']);
      expect(steps).toMatchObject([
        { outcome: 'not run', rolledBack: true },
        { outcome: 'failed', rolledBack: true },
      ]);
      expect(await tables(database)).toBeNull();
    },
  );

  test('the server reports the end of the connection before the monitor knows that it was ended', async () => {
    const reported = Promise.withResolvers<void>();
    const { project } = await situation({
      onSent(connection, piece) {
        if (isWork(connection) && piece.includes('pg_sleep')) connection.muteToServer = true;
        if (piece.includes('pg_terminate_backend')) connection.answersAfter = reported.promise;
      },
      onAnswered(connection, piece) {
        if (isWork(connection) && piece.includes('57P01')) setImmediate(reported.resolve);
      },
    });
    const { code, stdout } = await program(project, ['upgrade', 'head', '--yes', '--json']);
    expect([code, JSON.parse(stdout).error.code]).toEqual([1, 'no-answer']);
  });

  test('the answer to COMMIT never arrives: the monitor finds that it was done, and the run continues', async () => {
    const { database, project } = await situation({
      onSent(connection, piece) {
        if (isWork(connection) && /commit\0/.test(piece)) connection.muteToClient = true;
      },
    });
    const { code, stdout } = await program(project, ['upgrade', 'head', '--yes', '--json']);
    expect([code, JSON.parse(stdout).tips]).toEqual([0, [slow]]);
    expect(await tables(database)).toBe('slow');
  });

  test('all of it, at the commit: commit-unknown', async () => {
    const { project } = await situation({
      onSent(connection, piece, proxy) {
        if (isWork(connection) && /commit\0/.test(piece)) proxy.muteAll();
      },
    });
    const { code, stdout, stderr } = await program(project, ['upgrade', 'head', '--yes']);
    expect(code).toBe(1);
    const said = stdout + stderr;
    expect(said).toContain('it is unknown whether the last transaction was committed');
    // Neither done nor kept is known.
    expect(said).toMatch(/one +unknown/);
    expect(said).toContain('Kept or rolled back: 20260101000000 one, 20260102000000 slow.');
    expect(said).toContain('Current: unknown');
    expect(said).not.toMatch(/done|Kept from this run/);
  });

  test('all of it, after the last statement of a revision: its log row is never answered', async () => {
    const { project } = await situation({
      onAnswered(connection, piece, proxy) {
        // The answer to the sleep is passed on; the following `create table` is the last statement.
        if (!isWork(connection) || !piece.includes('CREATE TABLE') || !connection.sent.includes('pg_sleep'))
          return;
        setImmediate(() => proxy.muteAll());
      },
    });
    const { code, stdout } = await program(project, ['upgrade', 'head', '--yes', '--json']);
    expect(code).toBe(1);
    expect(['lock-lost', 'no-answer', 'commit-unknown']).toContain(JSON.parse(stdout).error.code);
  });

  test('all of it, during a statement: the run ends and says so', async () => {
    const { project } = await situation({
      seconds: 60,
      onSent(_, piece, proxy) {
        if (piece.includes('pg_sleep')) proxy.muteAll();
      },
    });
    const { code, stdout, stderr } = await program(project, ['upgrade', 'head', '--yes', '--json']);
    expect(code).toBe(1);
    expect(['lock-lost', 'no-answer']).toContain(JSON.parse(stdout).error.code);
    expect(stderr).toMatch(/waiting for (an answer of )?127\.0\.0\.1:\d+/);
  });

  test.each([
    ['SIGTERM', 1],
    ['SIGINT', 2],
  ] as const)('%s (%i of them) ends it within 5 s and prints the known state', async (signal, times) => {
    let silent = false;
    const { project } = await situation({
      // The defaults: none of them ends it this early.
      settings: {},
      seconds: 60,
      onSent(_, piece, proxy) {
        if (!piece.includes('pg_sleep')) return;
        proxy.muteAll();
        silent = true;
      },
    });
    let sent = 0;
    const { code, stdout, stderr, ms } = await program(
      project,
      ['upgrade', 'head', '--yes', '--transaction', 'each', '-v'],
      (_, kill) => {
        if (!silent || sent > 0) return;
        sent = times;
        kill(signal);
        for (let more = 1; more < times; more++) setTimeout(() => kill(signal), 700 * more);
      },
    );
    expect(code).toBe(1);
    expect(ms).toBeLessThan(5_000);
    expect(stdout + stderr).toMatch(/one/);
    expect(stdout + stderr).toMatch(/migtui status|rolled back|Kept of this run/);
  });

  test('a statement that takes longer than every limit is not interrupted', async () => {
    const { project } = await situation({
      settings: { answerTimeout: '1s', connectTimeout: '1s' },
      seconds: 6,
    });
    const { code, stderr } = await program(project, ['upgrade', 'head', '--yes']);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('waiting for')]);
  });
});
