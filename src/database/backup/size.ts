import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Size of a file, or of all files in a folder, in bytes. 0 if it does not exist (yet). */
export function sizeOf(path: string): number {
  try {
    const stat = statSync(path);
    if (!stat.isDirectory()) return stat.size;
    return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
  } catch {
    return 0;
  }
}
