import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it. It fails where a file system takes no folders, such as /proc: there
 * `recursive: true` of Node never returns.
 * @param mode of each new folder; default: as the umask says
 */
export function makeFolder(path: string, mode = 0o777): void {
  if (existsSync(path)) return;
  const above = dirname(path);
  if (above !== path) makeFolder(above, mode);
  try {
    mkdirSync(path, mode);
  } catch (error) {
    // another process may have made it meanwhile
    if (!existsSync(path)) throw error;
  }
}
