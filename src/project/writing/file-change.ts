import { readFileSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import type { FileChange } from '../../values/authoring.ts';

/**
 * A change of one file, with its diff for display.
 * @param path absolute
 * @param after null: the file is removed
 */
export function changeOf(root: string, path: string, after: string | null): FileChange {
  const before = read(path);
  const shown = relative(root, path).split(sep).join('/');
  const diff = createTwoFilesPatch(
    before === null ? '/dev/null' : `a/${shown}`,
    after === null ? '/dev/null' : `b/${shown}`,
    before ?? '',
    after ?? '',
    undefined,
    undefined,
    { context: 3, headerOptions: FILE_HEADERS_ONLY },
  );
  return { path: shown, before, after, diff };
}

/** The file's text; null if it does not exist. */
export function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}

/** Absolute path of a change. */
export function pathOf(root: string, change: FileChange): string {
  return resolve(root, change.path);
}
