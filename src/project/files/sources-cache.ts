import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from '../../foundation/built-from.ts';
import { cacheFolder } from '../../foundation/cache-folder.ts';
import type { Problem } from '../../foundation/failure.ts';
import { replaceFile } from '../../foundation/replace-file.ts';
import type { Declaration } from '../../revisions/revision.ts';
import { MigrationFile } from './sources.ts';

/** Fewer files are read faster than a cache. */
const fewest = 50;

/** In columns, which are read five times as fast as a list of objects. */
interface Content {
  readonly build: string;
  readonly paths: string[];
  readonly stamps: string[];
  readonly checksums: string[];
  readonly formerChecksums: string[];
  readonly declarations: Declaration[];
  /** By index: few files have any. */
  readonly problems: Record<number, readonly Problem[]>;
}

const none: readonly Problem[] = [];

/**
 * Caches what the migration files of a project declare, so that a process does not have to read files that have
 * not changed since another one read them. As in git's index, a file has not changed if its size, times and
 * inode are the same. The cache is used only by the build that wrote it, because it depends on the code that
 * reads the files.
 */
export class SourcesCache {
  readonly #file: string | null;
  readonly #build: string | null;
  #kept: ReadonlyMap<string, MigrationFile> | null = null;

  constructor(file: string | null, build: string | null) {
    this.#file = file;
    this.#build = build;
  }

  /** The cache of the migrations in `folder`; where the sources of migtui themselves run, it keeps nothing. */
  static of(root: string, folder: string): SourcesCache {
    const inside = cacheFolder(root);
    // Declarations name the files as seen from the root.
    const name = createHash('sha256').update(`${root}\n${folder}`).digest('hex').slice(0, 16);
    const file = inside && join(inside, 'sources', `${name}.json`);
    return new SourcesCache(file, build);
  }

  /**
   * The files that were kept, by path.
   * @param count how many files the project has: the cache is not read for a few
   */
  read(count: number): ReadonlyMap<string, MigrationFile> {
    if (count < fewest) return new Map();
    this.#kept ??= this.#load();
    return this.#kept;
  }

  #load(): Map<string, MigrationFile> {
    if (this.#file === null || this.#build === null) return new Map();
    try {
      const content = JSON.parse(readFileSync(this.#file, 'utf8')) as Content;
      const { build, paths, stamps, checksums, formerChecksums, declarations, problems } = content;
      if (build !== this.#build) return new Map();
      const known = new Map<string, MigrationFile>();
      for (const [at, path] of paths.entries()) {
        const facts = {
          checksum: checksums[at] as string,
          formerChecksum: formerChecksums[at] as string,
          declaration: declarations[at] as Declaration,
          problems: problems[at] ?? none,
        };
        known.set(path, new MigrationFile(path, facts, stamps[at] as string));
      }
      return known;
    } catch {
      return new Map();
    }
  }

  /**
   * Keeps those of `files` that can be recognised again, unless nearly all of them are kept already. A cache that
   * cannot be written is not an error.
   */
  write(files: ReadonlyMap<string, MigrationFile>): void {
    if (this.#file === null || this.#build === null || files.size < fewest) return;
    let missing = 0;
    for (const [path, { stamp }] of files) {
      if (stamp !== null && this.#kept?.get(path)?.stamp !== stamp) missing++;
    }
    if (missing * 50 <= files.size) return;
    this.#kept = new Map(files);
    const content: Content = {
      build: this.#build,
      paths: [],
      stamps: [],
      checksums: [],
      formerChecksums: [],
      declarations: [],
      problems: {},
    };
    for (const [path, { stamp, checksum, formerChecksum, declaration, problems }] of files) {
      if (stamp === null) continue;
      if (problems.length > 0) content.problems[content.paths.length] = problems;
      content.paths.push(path);
      content.stamps.push(stamp);
      content.checksums.push(checksum);
      content.formerChecksums.push(formerChecksum);
      content.declarations.push(declaration);
    }
    replaceFile(this.#file, jsonParts(content));
  }
}

/** The JSON of the content, part by part: as one text, it would take more memory than everything else. */
function* jsonParts(content: Content): Generator<string> {
  let separator = '{';
  for (const [key, value] of Object.entries(content)) {
    yield `${separator}${JSON.stringify(key)}:`;
    separator = ',';
    if (!Array.isArray(value)) {
      yield JSON.stringify(value);
      continue;
    }
    for (let at = 0; at < value.length; at += partLength) {
      yield (at === 0 ? '[' : ',') + JSON.stringify(value.slice(at, at + partLength)).slice(1, -1);
    }
    yield value.length === 0 ? '[]' : ']';
  }
  yield '}';
}

const partLength = 2_000;
