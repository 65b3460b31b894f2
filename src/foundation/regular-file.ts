import { type Stats, statSync } from 'node:fs';

/** @throws Error if a file is a folder, a pipe or a device, which might never end */
export function requireRegular(found: Pick<Stats, 'isFile'>): void {
  if (!found.isFile()) throw new Error('it is not a regular file');
}

/** False for folders, pipes and devices. @throws Error if it does not exist */
export function isRegular(path: string): boolean {
  return statSync(path).isFile();
}
