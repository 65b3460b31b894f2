import { Failure } from '../../foundation/failure.ts';
import type { Project } from '../../project/project.ts';
import type { BackupOptions } from '../../values/backup.ts';
import type { Connection } from '../connect/connection.ts';

/** Input of a backup, in addition to its options. */
export interface BackupContext {
  readonly project: Project;
  readonly connection: Connection;
  /** The current revisions, for the file's name. */
  readonly current: readonly string[];
  /** Cancels the backup; no file remains. */
  readonly signal: AbortSignal;
  /**
   * Called about twice a second during the backup.
   * @param bytes written so far
   * @param of size of the database, which a compressed dump does not reach; null if unknown
   */
  readonly onProgress: (bytes: number, of: number | null) => void;
}

/** The request to a backup implementation. */
export interface DumpRequest extends BackupContext {
  readonly options: BackupOptions;
  /** Absolute path of the dump file; it is renamed when it is complete. */
  readonly partial: string;
  /** The final name, for the restore command. */
  readonly final: string;
}

/** The backup failed, so the run must not start. */
export function backupFailed(reason: string, next?: string): Failure {
  return new Failure({
    code: 'backup-failed',
    message: `The backup failed, so no migration was run: ${reason}`,
    next: next ?? 'Fix the cause and try again, or run without --backup.',
  });
}
