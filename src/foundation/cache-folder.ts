import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folder for what migtui caches about a project: `node_modules/.cache/migtui`, like other tools, of the
 * project or of a folder above it. Null if there is no `node_modules`.
 */
export function cacheFolder(root: string): string | null {
  for (let at = root; ; at = dirname(at)) {
    const modules = join(at, 'node_modules');
    if (existsSync(modules)) return join(modules, '.cache', 'migtui');
    if (dirname(at) === at) return null;
  }
}
