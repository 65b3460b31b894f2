import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';

/** MikroORM's functions for files, as far as they are needed here. */
export interface MikroOrmFiles {
  glob(pattern: string): string[];
  normalizePath(...parts: string[]): string;
}

/**
 * The migration files in a folder, absolute, in MikroORM's order. One listing of the folder answers
 * its default pattern: matching each name against the pattern takes ten times as long.
 * @param glob MikroORM's `migrations.glob`
 */
export function migrationPaths(fs: MikroOrmFiles, folder: string, glob: string): string[] {
  const listed = usualFiles(fs.normalizePath(folder), glob);
  if (listed) return listed.sort();
  // Relative paths are sorted as such.
  return fs
    .glob(fs.normalizePath(folder, glob))
    .sort()
    .map(path => resolve(path));
}

/** MikroORM's default pattern: files with one of these endings, without declarations (`.d.ts`). */
const usualGlob = /^!\(\*\.d\)\.\{([a-z]+(?:,[a-z]+)*)\}$/;
/** An absolute folder without characters that have a meaning in a pattern. */
const usualFolder = /^(?:\/|[a-z]:\/)[\p{L}\p{N}/._~@+, -]+$/iu;
const usualStem = /^[\w-]+$/;
const stemOfDeclarations = /^[\w-]+\.d$/;

/**
 * The files for the default pattern. Null for another pattern, and if there are links, hidden files or unusual names:
 * the libraries that MikroORM uses differ in these.
 */
function usualFiles(folder: string, glob: string): string[] | null {
  const endings = usualGlob.exec(glob)?.[1]?.split(',');
  if (!endings || !usualFolder.test(folder)) return null;
  const paths: string[] = [];
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const { name } = entry;
      const dot = name.lastIndexOf('.');
      const ending = name.slice(dot + 1);
      if (!endings.includes(ending.toLowerCase())) continue;
      const stem = name.slice(0, Math.max(dot, 0));
      const declares = stemOfDeclarations.test(stem);
      if (!entry.isFile() || !endings.includes(ending) || (!declares && !usualStem.test(stem))) return null;
      if (!declares) paths.push(`${folder}/${name}`);
    }
  } catch {
    return null;
  }
  return paths;
}
