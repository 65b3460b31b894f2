import { BuildCache } from '../../foundation/build-cache.ts';
import type { Problem } from '../../foundation/failure.ts';
import type { Declaration } from '../../revisions/revision.ts';
import { MigrationFile } from './sources.ts';

/** Fewer files are read faster than a cache. */
const fewest = 50;

/** In columns, which are read five times as fast as a list of objects. */
interface Content {
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
 * inode are the same.
 */
export class SourcesCache {
  readonly #cache: BuildCache<Content>;
  #kept: ReadonlyMap<string, MigrationFile> | null = null;

  constructor(cache: BuildCache<Content>) {
    this.#cache = cache;
  }

  /** The cache of the migrations in `folder`. */
  static of(root: string, folder: string): SourcesCache {
    // Declarations name the files as seen from the root.
    return new SourcesCache(BuildCache.in(root, 'sources', [root, folder]));
  }

  /**
   * The files that were kept, by path.
   * @param count how many files the project has: the cache is not read for a few
   */
  read(count: number): ReadonlyMap<string, MigrationFile> {
    if (count < fewest) return new Map();
    this.#kept ??= this.#cache.read(filesIn) ?? new Map();
    return this.#kept;
  }

  /**
   * Keeps those of `files` that can be recognised again, unless nearly all of them are kept already.
   */
  write(files: ReadonlyMap<string, MigrationFile>): void {
    if (!this.#cache.keeps || files.size < fewest) return;
    let missing = 0;
    for (const [path, { stamp }] of files) {
      if (stamp !== null && this.#kept?.get(path)?.stamp !== stamp) missing++;
    }
    if (missing * 50 <= files.size) return;
    this.#kept = new Map(files);
    const content: Content = {
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
    this.#cache.write(content);
  }
}

/** The kept files, by path. */
function filesIn({
  paths,
  stamps,
  checksums,
  formerChecksums,
  declarations,
  problems,
}: Content): Map<string, MigrationFile> {
  const files = new Map<string, MigrationFile>();
  for (const [at, path] of paths.entries()) {
    const facts = {
      checksum: checksums[at] as string,
      formerChecksum: formerChecksums[at] as string,
      declaration: declarations[at] as Declaration,
      problems: problems[at] ?? none,
    };
    files.set(path, new MigrationFile(path, facts, stamps[at] as string));
  }
  return files;
}
