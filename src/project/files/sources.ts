import { readFileSync, statSync } from 'node:fs';
import { relative } from 'node:path';
import { Failure, type Problem } from '../../foundation/failure.ts';
import { learnNames } from '../../foundation/names-with-lines.ts';
import { requireRegular } from '../../foundation/regular-file.ts';
import { slug } from '../../revisions/names.ts';
import type { Declaration } from '../../revisions/revision.ts';
import { checksumOf, formerChecksumOf } from './checksum.ts';
import { parseMigration } from './declarations.ts';
import { computedName, listedName } from './listed-name.ts';
import type { FileChecksums, MigrationClass, MigrationSource, Sources } from './migration-source.ts';

/** The checksums of these files. */
export function fileChecksums(migrations: Iterable<MigrationSource>): FileChecksums {
  const checksums = new Map<string, readonly string[]>();
  for (const { id, checksum, formerChecksum } of migrations) {
    if (checksum !== null && formerChecksum !== null) checksums.set(id, [checksum, formerChecksum]);
  }
  return checksums;
}

/** What is known of a file without its text. */
export type FileFacts = Pick<MigrationFile, 'checksum' | 'formerChecksum' | 'declaration' | 'problems'>;

/**
 * Reads the migration files at `paths` (absolute). A file that cannot be read is a problem, not an error.
 * @param known files that were read before, by path; those that are read now are added. A file that is unchanged
 *   according to the file system is not read again.
 * @param kept the same of another process
 */
export function readSources(
  root: string,
  paths: readonly string[],
  known = new Map<string, MigrationFile>(),
  kept: ReadonlyMap<string, MigrationFile> = new Map(),
): Sources {
  const migrations: MigrationFile[] = [];
  const problems: Problem[] = [];
  for (const path of paths) {
    const before = known.get(path) ?? kept.get(path);
    let stamp: string | null;
    let unchanged: MigrationFile | null;
    let text = '';
    try {
      stamp = stampOf(path);
      unchanged = before && stamp !== null && stamp === before.stamp ? before : null;
      if (!unchanged) text = readFileSync(path, 'utf8');
    } catch (error) {
      problems.push({
        code: 'unreadable-file',
        message: `cannot be read: ${(error as Error).message}`,
        revision: idOf(path),
        file: relative(root, path),
      });
      continue;
    }
    // Not in the block above: a missing parser is not a problem of this file.
    const file = unchanged ?? MigrationFile.of(root, path, text, stamp);
    known.set(path, file);
    problems.push(...file.problems);
    migrations.push(file);
  }
  learnNames(namesIn(migrations), slug);
  return { migrations, problems };
}

/**
 * A migration file. Its text is read again when it is needed, because the texts of 100,000 files take too much
 * memory; the text of a file whose changes might not be detected is kept.
 */
export class MigrationFile implements MigrationSource {
  readonly id: string;
  readonly path: string;
  /** See `stampOf`; null: it was changed so recently that another change might not be detected. */
  readonly stamp: string | null;
  readonly checksum: string;
  readonly formerChecksum: string;
  readonly declaration: Declaration;
  readonly problems: readonly Problem[];
  readonly listed = null;
  #source: string | null;

  constructor(path: string, facts: FileFacts, stamp: string | null, source: string | null = null) {
    this.id = facts.declaration.id;
    this.path = path;
    this.stamp = stamp;
    this.checksum = facts.checksum;
    this.formerChecksum = facts.formerChecksum;
    this.declaration = facts.declaration;
    this.problems = facts.problems;
    this.#source = source;
  }

  /** @param root the folder of the project, for messages */
  static of(root: string, path: string, source: string, stamp: string | null = null): MigrationFile {
    const parsed = parseMigration(idOf(path), relative(root, path), source);
    const facts = {
      checksum: checksumOf(source, parsed),
      formerChecksum: formerChecksumOf(source, parsed),
      declaration: parsed.declaration,
      problems: parsed.problems.length === 0 ? none : parsed.problems,
    };
    return new MigrationFile(path, facts, stamp, stamp === null ? source : null);
  }

  /** @throws Failure `unreadable-file` | `file-changed` if it has changed since the rest was read */
  get source(): string {
    this.#source ??= this.#read();
    return this.#source;
  }

  #read(): string {
    const { id, path, declaration } = this;
    const file = declaration.file ?? path;
    let source: string;
    let stamp: string | null;
    try {
      source = readFileSync(path, 'utf8');
      stamp = stampOf(path);
    } catch (error) {
      throw new Failure(
        {
          code: 'unreadable-file',
          message: `${file} cannot be read: ${(error as Error).message}`,
          next: 'Check that the file still exists, then try again.',
        },
        { cause: error },
      );
    }
    if (stamp === this.stamp || checksumOf(source, parseMigration(id, file, source)) === this.checksum) {
      return source;
    }
    throw new Failure({
      code: 'file-changed',
      message: `${file} was edited after it was read.`,
      next: 'Try again with the edited file.',
    });
  }
}

/** One empty list for all files. */
const none: readonly never[] = [];

/** All names in the declarations. */
function* namesIn(migrations: readonly MigrationSource[]): Generator<string> {
  for (const { id, declaration } of migrations) {
    const { revises, dependsOn, labels, replaces } = declaration;
    yield id;
    if (revises) yield* revises;
    if (dependsOn) yield* dependsOn;
    if (labels) yield* labels;
    if (replaces) yield* replaces;
  }
}

const idOf = (path: string): string => path.replace(/^.*[\\/]/, '').replace(/\.[jt]s$/, '');

/** A file that changed within this time, ms, may change again without another time stamp. */
const sameStamp = 2_500;

/**
 * What changes with every change of a file; null if a change might not show.
 * @throws Error of the file system, or that it is not a regular file
 */
function stampOf(path: string): string | null {
  const found = statSync(path);
  requireRegular(found);
  const { dev, ino, size, mtimeMs, ctimeMs } = found;
  // Joined, it takes a third of the memory of a template.
  return Date.now() - Math.max(mtimeMs, ctimeMs) > sameStamp
    ? [dev, ino, size, mtimeMs, ctimeMs].join(':')
    : null;
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
      stamp: null,
      checksum: null,
      formerChecksum: null,
      declaration,
      listed,
    };
  });
  learnNames(namesIn(migrations));
  return { migrations, problems };
}
