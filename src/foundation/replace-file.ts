import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from './make-folder.ts';

/**
 * Writes a file of migtui's own that can be done without, and its folder: as a whole or not at all, also when several
 * processes write it.
 * @param isPrivate only the user can read it
 * @returns whether it was written
 */
export function replaceFile(file: string, text: string, isPrivate = false): boolean {
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    makeFolder(dirname(file), isPrivate ? 0o700 : undefined);
    writeFileSync(temporary, text, { mode: isPrivate ? 0o600 : 0o666 });
    renameSync(temporary, file);
    return true;
  } catch {
    rmSync(temporary, { force: true });
    return false;
  }
}
