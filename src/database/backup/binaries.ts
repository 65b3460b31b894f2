import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { backupFailed } from './dump.ts';

const run = promisify(execFile);
const exe = process.platform === 'win32' ? '.exe' : '';

/** pg_dump and pg_restore of the same version. */
export interface Binaries {
  readonly pgDump: string;
  readonly pgRestore: string;
  /** Major version, such as 18. */
  readonly major: number;
}

/**
 * The folders where package managers install versions of PostgreSQL that are not on PATH; `*` is one folder.
 */
const elsewhere = [
  '/usr/lib/postgresql/*/bin',
  '/usr/pgsql-*/bin',
  '/opt/homebrew/opt/postgresql@*/bin',
  '/opt/homebrew/opt/libpq/bin',
  '/usr/local/opt/postgresql@*/bin',
  '/usr/local/opt/libpq/bin',
  '/Applications/Postgres.app/Contents/Versions/*/bin',
  'C:/Program Files/PostgreSQL/*/bin',
];

/** Why there is no pg_dump for a server, and what to do. */
export interface NoBinaries {
  readonly why: string;
  readonly next: string;
}

/**
 * As `lookForBinaries`.
 * @throws Failure `backup-failed`
 */
export async function findBinaries(asked: string | undefined, server: number): Promise<Binaries> {
  const found = await locateBinaries(asked, server);
  if ('why' in found) throw backupFailed(found.why, found.next);
  return found;
}

/**
 * Finds a pg_dump that is new enough: pg_dump refuses servers with a newer major version.
 * @param asked the path in the settings; if given, no other is tried
 * @param server major version of the server
 */
export async function locateBinaries(
  asked: string | undefined,
  server: number,
): Promise<Binaries | NoBinaries> {
  const candidates = asked ? [asked] : folders().map(folder => join(folder, `pg_dump${exe}`));
  const found: Binaries[] = [];
  for (const pgDump of candidates) {
    if (!existsSync(pgDump)) continue;
    const pgRestore = join(dirname(pgDump), `pg_restore${exe}`);
    const major = await majorOf(pgDump);
    if (major === null || !existsSync(pgRestore)) continue;
    const binaries = { pgDump, pgRestore, major };
    if (major >= server) return binaries;
    found.push(binaries);
  }
  const setting = 'or set it in the settings: "backup": { "pgDump": "/path/to/pg_dump" }.';
  if (found.length > 0) {
    const newest = found.reduce((a, b) => (b.major > a.major ? b : a));
    return {
      why: `the server is PostgreSQL ${server}, and pg_dump ${newest.major} (${newest.pgDump}) is too old for it.`,
      next: `Install the client programs of PostgreSQL ${server} or newer, ${setting}`,
    };
  }
  return {
    why: asked ? `${asked} is not a usable pg_dump with pg_restore next to it.` : 'pg_dump was not found.',
    next: `Install the client programs of PostgreSQL ${server} or newer (Debian: postgresql-client), ${setting}`,
  };
}

function folders(): string[] {
  const path = (process.env.PATH ?? '').split(delimiter).filter(folder => folder !== '');
  return [...new Set([...path, ...elsewhere.flatMap(expand)])];
}

/** The folders that match a pattern with one `*`, newest version first. */
function expand(pattern: string): string[] {
  const at = pattern.indexOf('*');
  if (at < 0) return [pattern];
  const parent = dirname(pattern.slice(0, at + 1));
  const before = pattern.slice(parent.length + 1, at);
  const after = pattern.slice(at + 1);
  if (!existsSync(parent)) return [];
  return readdirSync(parent)
    .filter(name => name.startsWith(before))
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    .map(name => join(parent, `${name}${after}`));
}

async function majorOf(pgDump: string): Promise<number | null> {
  try {
    const { stdout } = await run(pgDump, ['--version'], { timeout: 10_000 });
    const major = Number(/(\d{1,6})(?:\.\d+|devel|beta|rc|\s|$)/.exec(stdout)?.[1]);
    return Number.isInteger(major) && major > 0 ? major : null;
  } catch {
    return null;
  }
}
