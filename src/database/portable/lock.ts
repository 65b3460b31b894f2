import { createHash } from 'node:crypto';
import { closeSync, openSync, statSync, unlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../foundation/failure.ts';
import type { Project } from '../../project/project.ts';
import type { LedgerTable } from '../ledger.ts';
import { holdConnection, rawQuery } from '../run/kysely.ts';
import { openSqlite } from '../sqlite.ts';
import { databaseFile } from './address.ts';
import { productOf } from './products.ts';

/** Interval for retrying a lock that is held by another process, ms. */
const again = 150;

/** How to wait for the lock. */
export interface Wait {
  /** ms; 0: do not wait. */
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
  readonly onWaiting?: ((waitedMs: number) => void) | undefined;
}

/** One attempt: returns the function to release it, or null while another process holds it. */
type Try = () => Promise<(() => Promise<void>) | null>;

/**
 * One run at a time for each database and migrations table. SQLite: an exclusive operating system lock on a
 * file next to the database; MySQL and MariaDB: `get_lock` on a separate connection. Both end with their
 * process. A database in memory needs no lock; a remote libSQL database has none.
 * @returns releases it
 * @throws Failure `run-in-progress` | `cancelled`
 */
export async function lockRuns(
  project: Project,
  table: LedgerTable,
  wait: Wait,
): Promise<() => Promise<void>> {
  const file = databaseFile(project);
  if (productOf(project.kind).lock === 'file') {
    return file === null ? async () => {} : acquire(async () => lockFile(`${file}.migtui-lock`), wait);
  }
  const orm = await project.beside({ max: 1 });
  if (!orm) return async () => {};
  await orm.connect();
  const { raw, release } = await holdConnection(orm);
  const name = `migtui:${createHash('sha256').update(`${table.schema}.${table.name}`).digest('hex').slice(0, 40)}`;
  const close = async (): Promise<void> => {
    release();
    await orm.close(true).catch(() => {});
  };
  try {
    return await acquire(async () => {
      const { rows } = await raw.executeQuery(rawQuery(`select get_lock('${name}', 0) as mine`));
      if (Number((rows[0] as { mine?: unknown } | undefined)?.mine) !== 1) return null;
      return async () => {
        await raw.executeQuery(rawQuery(`select release_lock('${name}') as released`)).catch(() => {});
        await close();
      };
    }, wait);
  } catch (error) {
    await close();
    throw error;
  }
}

async function acquire(attempt: Try, { limit, signal, onWaiting }: Wait): Promise<() => Promise<void>> {
  const began = performance.now();
  for (;;) {
    const release = await attempt();
    if (release) return release;
    const waited = performance.now() - began;
    if (signal?.aborted) throw signal.reason;
    if (waited >= limit) {
      throw new Failure({
        code: 'run-in-progress',
        message: 'Another run is in progress in this database.',
        next:
          limit > 0
            ? 'Wait for it to finish, or wait longer: --lock-wait.'
            : 'Wait for it to finish: --lock-wait 60s.',
      });
    }
    onWaiting?.(Math.round(waited));
    await sleep(Math.min(again, Math.max(1, limit - waited)), undefined, { signal }).catch(() => {});
  }
}

/** The lock is SQLite's own, on an empty database; the last holder deletes the file. */
function lockFile(path: string): (() => Promise<void>) | null {
  // Closed before the lock is taken: closing any descriptor of a file releases all locks of the process on
  // it.
  closeSync(openSync(path, 'a'));
  const seen = inodeAt(path);
  const lock = openSqlite(path);
  try {
    lock.exec('pragma busy_timeout = 0; pragma locking_mode = exclusive; begin exclusive');
  } catch (error) {
    lock.close();
    if (/locked|busy/i.test((error as Error).message)) return null;
    throw error;
  }
  // The previous holder may have deleted the file that was opened here; other processes would then not see
  // this lock.
  if (seen === null || inodeAt(path) !== seen) {
    lock.close();
    return null;
  }
  return async () => {
    try {
      unlinkSync(path);
    } catch {
      // Windows does not delete open files.
    }
    lock.close();
  };
}

function inodeAt(path: string): number | null {
  try {
    return statSync(path).ino;
  } catch {
    return null;
  }
}
