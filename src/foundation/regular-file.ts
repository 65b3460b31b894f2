import { readFileSync, statSync } from 'node:fs';

/**
 * The text of a file. A pipe or a device, which might never end, is not read.
 * @throws Error of the file system, or that it is not a regular file
 */
export function readRegularFile(path: string): string {
  if (!isRegular(path)) throw new Error('it is not a regular file');
  return readFileSync(path, 'utf8');
}

/** False for folders, pipes and devices. @throws Error if it does not exist */
export function isRegular(path: string): boolean {
  return statSync(path).isFile();
}
