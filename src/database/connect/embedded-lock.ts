import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../foundation/failure.ts';
import { openSqlite } from '../sqlite.ts';

/**
 * Locks a PGlite folder for this process: two processes on one folder would corrupt it, and PGlite does not
 * check. The lock is an operating system lock (SQLite's exclusive file lock), so it ends with its process.
 * @param folder an existing PGlite data folder
 * @returns releases it
 * @throws Failure `database-locked`
 */
export function lockEmbedded(folder: string): () => void {
  const lock = openSqlite(join(folder, 'migtui.lock'));
  const holderFile = join(folder, 'migtui.pid');
  try {
    lock.exec('pragma busy_timeout = 2000; pragma locking_mode = exclusive; begin exclusive');
  } catch (error) {
    lock.close();
    throw new Failure(
      {
        code: 'database-locked',
        message: `The embedded database in ${folder} is open in another process${holder(holderFile)}.`,
        next: 'Close that one first (an open migtui holds it until you quit), or set DATABASE_URL to use a server.',
      },
      { cause: error },
    );
  }
  writeFileSync(holderFile, `${process.pid}\n`);
  return () => {
    if (lock.isOpen) lock.close();
  };
}

function holder(file: string): string {
  try {
    return ` (pid ${readFileSync(file, 'utf8').trim()})`;
  } catch {
    return '';
  }
}
