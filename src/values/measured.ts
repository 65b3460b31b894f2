import type { FailureInfo } from '../foundation/failure.ts';
import type { LockMode } from './findings.ts';

/*
 * Measurements of a plan's steps on a copy of a database. Plain serializable values: they cross the engine's
 * process boundary and are printed by `--json`.
 */

/** The strongest lock that a step took on a table. */
export interface MeasuredLock {
  /** `table`, or `schema.table` outside the default schema. */
  readonly table: string;
  readonly mode: LockMode;
  /**
   * From the statement that took it to the end of its transaction, including later steps of that transaction,
   * ms.
   */
  readonly ms: number;
}

/** Rows or values that are lost or changed. */
export interface MeasuredLoss {
  readonly table: string;
  /** Null: whole rows. */
  readonly column: string | null;
  /** Number of rows, or rows with a value. */
  readonly rows: number;
  /** The number of rows with a value is the same, but some values changed. */
  readonly changed?: true;
}

/** One direction of a step. */
export interface MeasuredRun {
  readonly ms: number;
  readonly locks: readonly MeasuredLock[];
  /** Tables that were rewritten: their file on disk changed. */
  readonly rewrites: readonly string[];
  /** Bytes of write-ahead log. */
  readonly walBytes: number;
  /** What it deleted. */
  readonly losses: readonly MeasuredLoss[];
  /** Why it failed on the copy; null if it did not. */
  readonly failure: FailureInfo | null;
}

/** A step of a plan that ran on the copy. */
export interface MeasuredStep {
  readonly revision: string;
  readonly action: 'up' | 'down';
  readonly done: MeasuredRun;
  /** The downgrade; null if there is none or it was not tried. */
  readonly undone: MeasuredRun | null;
  /** What upgrading and downgrading did not restore. */
  readonly lost: readonly MeasuredLoss[];
}

/** A plan measured on a copy. */
export interface Measurement {
  /** When, ISO 8601. */
  readonly at: string;
  /** The source of the copy: a dump's file name, or the address of a database. Never a password. */
  readonly source: string;
  /** Size of the copy, bytes. */
  readonly bytes: number;
  /** Server version, such as `18.4`. */
  readonly server: string;
  readonly steps: readonly MeasuredStep[];
}
