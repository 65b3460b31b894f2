import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import type { Server } from './server.ts';

/**
 * The folder of Debian's PostgreSQL programs of a major version. The environment may name another one, such as
 * `MIGTUI_TEST_POSTGRESQL_17`.
 */
export const debianFolder = (major: number): string =>
  process.env[`MIGTUI_TEST_POSTGRESQL_${major}`] ?? `/usr/lib/postgresql/${major}/bin`;

/** Whether Debian's package of this version is installed. */
export const hasDebianServer = (major: number): boolean => existsSync(join(debianFolder(major), 'initdb'));

/**
 * A throwaway server from Debian's package, for what the embedded one does not have: another major version,
 * pg_dump.
 */
export async function startDebianServer(major: number): Promise<Server> {
  const programs = debianFolder(major);
  const folder = mkdtempSync(join(tmpdir(), `postgresql-${major}-`));
  const data = join(folder, 'data');
  const root = process.getuid?.() === 0;
  // PostgreSQL refuses to run as root; the server ends with this process, however that ends..
  const user = root ? ['--reuid=postgres', '--regid=postgres', '--clear-groups'] : [];
  const as = (...command: string[]) => ['--pdeathsig=INT', ...user, ...command];
  if (root) {
    const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
    chownSync(folder, id('-u'), id('-g'));
  }
  const flags = ['--auth=trust', '--username=postgres', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'];
  execFileSync('setpriv', as(join(programs, 'initdb'), `--pgdata=${data}`, ...flags), { stdio: 'pipe' });
  const port = await freePort();
  const settings = [
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=`,
    'fsync=off',
    'max_connections=200',
    'timezone=UTC',
  ].flatMap(setting => ['-c', setting]);
  const child = spawn(
    'setpriv',
    as(join(programs, 'postgres'), '-D', data, '-p', String(port), ...settings),
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const exited = new Promise<void>(resolve => child.once('exit', () => resolve()));
  const log: string[] = [];
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      log.push(chunk.toString());
      if (chunk.toString().includes('ready to accept connections')) resolve();
    });
    child.once('exit', () => reject(new Error(`PostgreSQL ${major} did not start: ${log.join('')}`)));
  });
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async stop() {
      child.kill('SIGINT');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
