import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { relative } from 'node:path';
import type { Problem } from '../../foundation/failure.ts';
import { requireRegular } from '../../foundation/regular-file.ts';
import type { Declaration } from '../../revisions/revision.ts';
import type { MigrationClass } from './classes.ts';
import { parseMigration } from './declarations.ts';
import { computedName, listedName } from './listed-name.ts';
import type { ParsedMigration } from './parsed-migration.ts';

/** A migration on disk, or a class of a `migrationsList`. */
export interface MigrationSource {
  readonly id: string;
  /** Absolute; null for a class of a `migrationsList`. */
  readonly path: string | null;
  readonly source: string | null;
  /** A checksum of its effects, see `checksumOf`; null without a source. */
  readonly checksum: string | null;
  readonly parsed: ParsedMigration;
  readonly listed: MigrationClass | null;
}

/**
 * All migrations of a project, in the order in which MikroORM runs them, with all problems in their files.
 */
export interface Sources {
  readonly migrations: readonly MigrationSource[];
  readonly problems: readonly Problem[];
}

/**
 * SHA-256, hex, of what a migration does: declarations, white space and a byte order mark are ignored, so
 * adopting, rebasing, indenting, git's line endings and an editor's BOM do not count as edits.
 */
export function checksumOf(source: string, { members }: Pick<ParsedMigration, 'members'>): string {
  const declared = Object.values(members).sort((a, b) => b.start - a.start);
  const code = declared.reduce((text, { start, end }) => text.slice(0, start) + text.slice(end), source);
  return createHash('sha256')
    .update(code.replace(/^\uFEFF/, '').replace(/[^\S\uFEFF]+/g, ' '))
    .digest('hex');
}

/** A file that was read, and its state at that time. */
export interface KnownFile {
  readonly migration: MigrationSource;
  /** See `stampOf`; null: it was read once, or was changed so recently that another change might not be detected. */
  readonly stamp: string | null;
}

/**
 * Reads the migration files at `paths` (absolute, sorted). A file that cannot be read is a problem, not an error.
 * @param known previously read files, by path: an unchanged file is not parsed again, and from the third time on, a
 *   file that is unchanged according to the file system is not read again
 */
export function readSources(
  root: string,
  paths: readonly string[],
  known = new Map<string, KnownFile>(),
): Sources {
  const migrations: MigrationSource[] = [];
  const problems: Problem[] = [];
  for (const path of paths) {
    const before = known.get(path);
    const id = path.replace(/^.*[\\/]/, '').replace(/\.[jt]s$/, '');
    const file = relative(root, path);
    let source: string;
    let stamp: string | null;
    try {
      stamp = stampOf(path);
      if (before && stamp !== null && stamp === before.stamp) {
        problems.push(...before.migration.parsed.problems);
        migrations.push(before.migration);
        continue;
      }
      source = readFileSync(path, 'utf8');
    } catch (error) {
      problems.push({
        code: 'unreadable-file',
        message: `cannot be read: ${(error as Error).message}`,
        revision: id,
        file,
      });
      continue;
    }
    let migration = before?.migration;
    if (migration?.source !== source) {
      const parsed = parseMigration(id, file, source);
      migration = { id, path, source, checksum: checksumOf(source, parsed), parsed, listed: null };
    }
    known.set(path, { migration, stamp });
    problems.push(...migration.parsed.problems);
    migrations.push(migration);
  }
  return { migrations, problems };
}

/** A file that changed within this time, ms, may change again without another time stamp. */
const sameStamp = 2_500;

/**
 * What changes with every change of a file; null if a change might not show.
 * @throws Error of the file system, or that it is not a regular file
 */
function stampOf(path: string): string | null {
  const found = statSync(path, { bigint: true });
  requireRegular(found);
  const { dev, ino, size, mtimeNs, ctimeNs, mtimeMs, ctimeMs } = found;
  const changed = Math.max(Number(mtimeMs), Number(ctimeMs));
  return Date.now() - changed > sameStamp ? `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}` : null;
}

/**
 * The classes of a `migrationsList`: `[Class]` or `[{ name, class }]`. Declarations are read from the
 * classes.
 */
export function listedSources(
  list: readonly (MigrationClass | { name: string; class: MigrationClass })[],
): Sources {
  const problems: Problem[] = [];
  const migrations = list.map(entry => {
    const listed = typeof entry === 'function' ? entry : entry.class;
    const given = typeof entry === 'function' ? undefined : entry.name;
    const own = given ?? listedName(listed);
    const id = (typeof own === 'string' ? own : listed.name).replace(/\.[jt]s$/, '');
    if (own === computedName) {
      problems.push({
        code: 'not-literal',
        message: 'its "name" must be a string literal, or be given in the list: { name, class }',
        revision: id,
      });
    }
    const declared = listed as unknown as Record<string, unknown>;
    const read = (field: string): readonly string[] | undefined => {
      const value = declared[field];
      if (value === undefined) return undefined;
      if (Array.isArray(value) && value.every(item => typeof item === 'string')) return value;
      problems.push({
        code: 'not-literal',
        message: `"static ${field}" must be an array of strings`,
        revision: id,
      });
      return undefined;
    };
    const declaration: Declaration = {
      id,
      revises: read('revises'),
      dependsOn: read('dependsOn'),
      labels: read('labels'),
      replaces: read('replaces'),
    };
    return {
      id,
      path: null,
      source: null,
      checksum: null,
      parsed: { declaration, problems: [], body: null, members: {} },
      listed,
    };
  });
  return { migrations, problems };
}
