import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Folders that are installed, generated or hidden. */
const skipped = /^(\..*|node_modules|dist|build|out|coverage|temp|tmp)$/;

const levels = 6;
const limit = 2_000;

/**
 * The folders of a project that have files with the names of migrations (`Migration20261120101500….ts`),
 * relative to its root, with slashes. Compiled files are not counted.
 */
export function foldersWithMigrations(root: string): string[] {
  return foldersWith(root, /^Migration\d.*\.[cm]?[jt]s$/);
}

/**
 * The folders of a project that have files with such names, relative to its root, with slashes. Installed, generated
 * and hidden folders are not searched.
 */
export function foldersWith(root: string, names: RegExp): string[] {
  const found: string[] = [];
  const open = [''];
  for (let at = 0; at < open.length && at < limit; at++) {
    const folder = open[at] as string;
    const entries = entriesOf(join(root, folder));
    if (entries.some(one => one.isFile() && names.test(one.name))) found.push(folder || '.');
    if (folder.split('/').length >= levels) continue;
    for (const one of entries)
      if (one.isDirectory() && !skipped.test(one.name))
        open.push(folder ? `${folder}/${one.name}` : one.name);
  }
  return found;
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
