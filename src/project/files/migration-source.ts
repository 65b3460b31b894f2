import type { Migration } from '@mikro-orm/migrations';
import type { Problem } from '../../foundation/failure.ts';
import type { Declaration } from '../../revisions/revision.ts';

/** The constructor of a migration. */
export type MigrationClass = new (...args: ConstructorParameters<typeof Migration>) => Migration;

/** A migration on disk, or a class of a `migrationsList`. */
export interface MigrationSource {
  readonly id: string;
  /** Absolute; null for a class of a `migrationsList`. */
  readonly path: string | null;
  readonly source: string | null;
  /** Changes with every change of the file, for caches; null if a change might not be detected. */
  readonly stamp: string | null;
  /** A checksum of its effects, see `checksumOf`; null without a source. */
  readonly checksum: string | null;
  /** See `formerChecksumOf`. */
  readonly formerChecksum: string | null;
  readonly declaration: Declaration;
  readonly listed: MigrationClass | null;
}

/**
 * By revision id: the checksums that a journal may contain of the current file. A class of a `migrationsList` has none.
 */
export type FileChecksums = ReadonlyMap<string, readonly string[]>;

/**
 * All migrations of a project, in the order in which MikroORM runs them, with all problems in their files.
 */
export interface Sources {
  readonly migrations: readonly MigrationSource[];
  readonly problems: readonly Problem[];
}
