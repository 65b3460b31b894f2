import { spawn } from 'node:child_process';
import { createReadStream, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Failure } from '../../foundation/failure.ts';
import { redact } from '../../foundation/secrets/redactor.ts';
import { type Binaries, findBinaries } from '../backup/binaries.ts';
import { lastLines } from '../backup/execute.ts';
import type { DataSource } from './source.ts';

/** The database that a dump is loaded into. */
export interface Target {
  /** URL of the empty database. */
  readonly url: string;
  /** Major version of its server. */
  readonly major: number;
  /** Path of pg_dump, with pg_restore and psql beside it; default: the first that is new enough. */
  readonly pgDump: string | undefined;
}

/** Owners and privileges are ignored: the server of the copy may have other roles. */
const withoutRoles = ['--no-owner', '--no-privileges'];

/**
 * Loads a dump, or another database that is dumped on the fly, into an empty database.
 * @throws Failure `copy-failed`
 */
export async function restore(source: DataSource, { url, major, pgDump }: Target): Promise<void> {
  const programs = await binaries(pgDump, major);
  const into = [`--dbname=${withoutPassword(url)}`];
  const restoring = ['--exit-on-error', '--no-password', ...withoutRoles, ...into];
  if (source.kind === 'archive') {
    await run([{ program: programs.pgRestore, args: [...restoring, source.path], url }]);
  } else if (source.kind === 'sql') {
    const psql = join(dirname(programs.pgDump), `psql${process.platform === 'win32' ? '.exe' : ''}`);
    if (!existsSync(psql)) throw copyFailed(`there is no psql next to ${programs.pgDump}.`);
    const args = ['--no-psqlrc', '--no-password', '--quiet', '--set=ON_ERROR_STOP=1', ...into, '--file=-'];
    await run([{ program: psql, args, url }], source);
  } else {
    const from = source.kind === 'database' ? source.url : sibling(url, source.name);
    const dumping = ['--format=custom', '--compress=0', '--no-password', ...withoutRoles];
    await run([
      { program: programs.pgDump, args: [...dumping, `--dbname=${withoutPassword(from)}`], url: from },
      { program: programs.pgRestore, args: restoring, url },
    ]);
  }
}

/** Another database of the same server. */
export function sibling(url: string, database: string): string {
  const place = new URL(url);
  place.pathname = `/${encodeURIComponent(database)}`;
  return place.href;
}

async function binaries(asked: string | undefined, major: number): Promise<Binaries> {
  try {
    return await findBinaries(asked, major);
  } catch (error) {
    const { message, next } = error as Failure;
    throw copyFailed(message.replace(/^[^:]*: /, ''), next?.replace(/, or run without --backup/, ''));
  }
}

interface Program {
  readonly program: string;
  readonly args: readonly string[];
  /** The password that it needs. */
  readonly url: string;
}

/** Runs programs in a pipeline. */
async function run(
  programs: readonly Program[],
  input?: Extract<DataSource, { kind: 'sql' }>,
): Promise<void> {
  const children = programs.map(({ program, args, url }, index) => {
    const child = spawn(program, args, {
      env: { ...process.env, PGPASSWORD: passwordOf(url) ?? process.env.PGPASSWORD ?? '', LC_ALL: 'C' },
      stdio: [index > 0 || input ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-10_000);
    });
    const ended = new Promise<void>((resolve, reject) => {
      child.once('error', error => reject(copyFailed(`${program} could not be started (${error.message}).`)));
      child.once('close', code => (code === 0 ? resolve() : reject(copyFailed(redact(lastLines(errors))))));
    });
    ended.catch(() => {});
    return { child, ended };
  });
  // The error of a failed program is more useful than that of the pipe that it closed.
  const pipes = children
    .slice(1)
    .map(({ child }, index) => children[index]?.child.stdout?.pipe(child.stdin as Writable));
  for (const pipe of pipes) pipe?.on('error', () => {});
  children.at(-1)?.child.stdout?.resume();
  try {
    const first = children[0]?.child.stdin;
    if (input && first) await feed(input, first);
    await Promise.all(children.map(({ ended }) => ended));
  } finally {
    for (const { child } of children) child.kill();
  }

  async function feed(sql: NonNullable<typeof input>, to: NodeJS.WritableStream): Promise<void> {
    const file = createReadStream(sql.path);
    const filter = onlyThisDatabase();
    await (sql.gzip ? pipeline(file, createGunzip(), filter, to) : pipeline(file, filter, to)).catch(
      async (error: unknown) => {
        if (error instanceof Failure) throw error;
        await Promise.all(children.map(({ ended }) => ended));
        throw copyFailed((error as Error).message);
      },
    );
  }
}

/** Whether a line starts COPY data, which ends with a line `\\.`. */
const beginsRows = (line: string): boolean =>
  /^copy\b/i.test(line) && /\bfrom stdin\b/i.test(line) && line.trimEnd().endsWith(';');

/** Whether a line is a complete statement about roles. */
const concernsRoles = (line: string): boolean =>
  line.trimEnd().endsWith(';') &&
  (/^(grant|revoke|alter default privileges|set session authorization) /i.test(line) ||
    (/^alter /i.test(line) && / owner to /i.test(line)));

/**
 * Passes the SQL of a dump through without statements about roles.
 * @throws Failure `bad-data` for a psql command such as `\connect`, which would switch to another database
 */
export function onlyThisDatabase(): Transform {
  let rest = '';
  let inRows = false;
  const pass = (line: string): string => {
    if (inRows) {
      if (line.trimEnd() === '\\.') inRows = false;
      return line;
    }
    if (line.startsWith('\\') && !/^\\(un)?restrict\b/.test(line)) {
      throw new Failure({
        code: 'bad-data',
        message: `The dump contains a psql command, which could connect to another database: ${line.trim().slice(0, 60)}`,
        next: 'Create it without --create, for one database: pg_dump --format=custom',
      });
    }
    if (beginsRows(line)) inRows = true;
    return concernsRoles(line) ? '\n' : line;
  };
  return new Transform({
    decodeStrings: true,
    transform(chunk: Buffer, _, done) {
      // Bytes are kept as they are: only ASCII is relevant here.
      const lines = (rest + chunk.toString('latin1')).split(/(?<=\n)/);
      rest = lines.at(-1)?.endsWith('\n') ? '' : (lines.pop() ?? '');
      try {
        done(null, Buffer.from(lines.map(pass).join(''), 'latin1'));
      } catch (error) {
        done(error as Error);
      }
    },
    flush(done) {
      try {
        done(null, Buffer.from(pass(rest), 'latin1'));
      } catch (error) {
        done(error as Error);
      }
    },
  });
}

function passwordOf(url: string): string | undefined {
  const { password } = new URL(url);
  return password === '' ? undefined : decodeURIComponent(password);
}

/** As an argument, which other users can see. */
function withoutPassword(url: string): string {
  const place = new URL(url);
  place.password = '';
  return place.href;
}

/** The copy failed. */
export function copyFailed(reason: string, next?: string): Failure {
  return new Failure({
    code: 'copy-failed',
    message: `The copy could not be created: ${reason}`,
    next: next ?? 'The server of --shadow must be as new as that of the data, and have the same extensions.',
  });
}
