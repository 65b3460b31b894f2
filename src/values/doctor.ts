import type { Feature } from './database-kind.ts';
/*
 * The report of `migtui doctor`. Plain serializable values: they cross the engine's process boundary and are
 * printed by `--json`.
 */

/**
 * `ok`; `warning`: works, with a limitation; `error`: something does not work; `skipped`: could not be
 * checked.
 */
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
  /** The result. Contains no password. */
  readonly message: string;
  /** How to fix it. */
  readonly next?: string | undefined;
}

export interface DoctorReport {
  readonly checks: readonly DoctorCheck[];
  /** No check has the status `error`. */
  readonly ok: boolean;
}
