import { closeSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from './make-folder.ts';

/**
 * Writes a file of migtui's own that can be done without, and its folder: as a whole or not at all, also when several
 * processes write it.
 * @param text as a whole or in parts
 * @param isPrivate only the user can read it
 * @returns whether it was written
 */
export function replaceFile(file: string, text: string | Iterable<string>, isPrivate = false): boolean {
  // Loaded on first use: the app starts without it.
  const { randomBytes } = process.getBuiltinModule('node:crypto');
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    makeFolder(dirname(file), isPrivate ? 0o700 : undefined);
    const opened = openSync(temporary, 'w', isPrivate ? 0o600 : 0o666);
    try {
      for (const part of typeof text === 'string' ? [text] : text) writeFileSync(opened, part);
    } finally {
      closeSync(opened);
    }
    renameSync(temporary, file);
    return true;
  } catch {
    rmSync(temporary, { force: true });
    return false;
  }
}
