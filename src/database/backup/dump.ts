import { Failure } from '../../foundation/failure.ts';
import type { Project } from '../../project/project.ts';
import type { BackupOptions } from '../../values/backup.ts';
import type { Connection } from '../connection.ts';

/** What a backup needs to know, besides its options. */
export interface BackupContext {
  readonly project: Project;
  readonly connection: Connection;
  /** The current revisions, for the file's name. */
  readonly current: readonly string[];
  /** Stops the backup; nothing is left behind. */
  readonly signal: AbortSignal;
  /**
   * Called about twice a second while the backup grows.
   * @param bytes written so far
   * @param of size of the database, which a compressed dump does not reach; null when unknown
   */
  readonly onProgress: (bytes: number, of: number | null) => void;
}

/** What both kinds of database are asked to do. */
export interface DumpRequest extends BackupContext {
  readonly options: BackupOptions;
  /** Absolute path that the dump is written to; it is renamed when it is complete. */
  readonly partial: string;
  /** The name it gets when it is complete, for the restore command. */
  readonly final: string;
}

/** A backup that could not be made: the run must not start. */
export function backupFailed(reason: string, next?: string): Failure {
  return new Failure({
    code: 'backup-failed',
    message: `The backup failed, so no migration was run: ${reason}`,
    next: next ?? 'Fix the cause and try again, or run without --backup.',
  });
}
