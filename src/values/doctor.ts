import type { Feature } from './database-kind.ts';
/*
 * What `migtui doctor` reports.
 * Plain serialisable values: they cross the engine's process boundary and are printed by `--json`.
 */

/** `ok`; `warning`: works, with a limit worth knowing; `error`: something does not work; `skipped`: could not be checked. */
export type DoctorStatus = 'ok' | 'warning' | 'error' | 'skipped';

export interface DoctorCheck {
  /** Stable kebab-case name for scripts. */
  readonly id:
    | 'node'
    | 'mikro-orm'
    | 'config'
    | 'connection'
    | 'tls'
    | 'clock'
    | 'role'
    | 'migrations-table'
    | 'lock'
    | 'journal'
    | 'revisions'
    | 'lineage'
    | 'shadow'
    | 'transactions'
    | Feature
    | 'pg-dump';
  readonly status: DoctorStatus;
  /** What was found. Contains no password. */
  readonly message: string;
  /** What to do about it. */
  readonly next?: string | undefined;
}

export interface DoctorReport {
  readonly checks: readonly DoctorCheck[];
  /** No check has the status `error`. */
  readonly ok: boolean;
}
