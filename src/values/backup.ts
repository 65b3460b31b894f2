/*
 * Backups taken before a run. Plain serializable values: they cross the engine's process boundary and are
 * printed by `--json`.
 */

/** Where and how a backup is written. */
export interface BackupOptions {
  /** Folder for the backup files, absolute or relative to the project. */
  readonly folder: string;
  /** `custom`: one file. `directory`: a folder that pg_dump fills with parallel jobs. Ignored for PGlite. */
  readonly format: 'custom' | 'directory';
  /** Parallel jobs of the directory format; default: up to 4, no more than the processors. */
  readonly jobs?: number | undefined;
  /** Path of pg_dump; default: the first on PATH that is new enough for the server. */
  readonly pgDump?: string | undefined;
  /** Keep this many backups of a database and delete older ones; default: keep all. */
  readonly keep?: number | undefined;
  /** Delete backups of a database that are older than this, ms; default: never. */
  readonly keepFor?: number | undefined;
}

/** A finished and verified backup. */
export interface Backup {
  /** Absolute path of the file or folder. */
  readonly path: string;
  readonly bytes: number;
  readonly format: 'custom' | 'directory' | 'pglite';
  /** Shell command that restores the database. Contains no password. */
  readonly restore: string;
  /** Duration, ms. */
  readonly ms: number;
  /** Older backups that were deleted afterwards, absolute paths. */
  readonly deleted: readonly string[];
}
