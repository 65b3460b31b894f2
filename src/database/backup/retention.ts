import { readdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { BackupOptions } from '../../values/backup.ts';
import { prefixOf } from './names.ts';

/**
 * Deletes older backups of the same database, according to `keep` and `keepFor`. The newest is never deleted.
 * @returns absolute paths of the deleted backups
 */
export function deleteOld(folder: string, newest: string, { keep, keepFor }: BackupOptions): string[] {
  const prefix = prefixOf(basename(newest));
  if (prefix === null || (keep === undefined && keepFor === undefined)) return [];
  const others = readdirSync(folder)
    .filter(name => prefixOf(name) === prefix && !name.endsWith('.partial') && name !== basename(newest))
    .map(name => ({ path: join(folder, name), at: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.at - a.at || (a.path < b.path ? 1 : -1));
  const oldest = keepFor === undefined ? Number.NEGATIVE_INFINITY : Date.now() - keepFor;
  // The new one counts towards `keep`.
  const expired = others.filter(({ at }, index) => at < oldest || (keep !== undefined && index + 1 >= keep));
  for (const { path } of expired) rmSync(path, { recursive: true, force: true });
  return expired.map(({ path }) => path);
}
