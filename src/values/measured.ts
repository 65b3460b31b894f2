import type { FailureInfo } from '../foundation/failure.ts';
import type { LockMode } from './findings.ts';

/*
 * What the steps of a plan did on a copy of a database, measured.
 * Plain serialisable values: they cross the engine's process boundary and are printed by `--json`.
 */

/** The strongest lock that a step took on a table. */
export interface MeasuredLock {
  /** `table`, or `schema.table` outside the default schema. */
  readonly table: string;
  readonly mode: LockMode;
  /** From the statement that took it to the end of its transaction, with the later steps of that transaction, ms. */
  readonly ms: number;
}

/** Rows or values that are gone, or other ones. */
export interface MeasuredLoss {
  readonly table: string;
  /** Null: whole rows. */
  readonly column: string | null;
  /** How many rows, or rows with a value. */
  readonly rows: number;
  /** As many rows have a value as before, and some of them another one. */
  readonly changed?: true;
}

/** One direction of a step. */
export interface MeasuredRun {
  readonly ms: number;
  readonly locks: readonly MeasuredLock[];
  /** Tables that were rewritten: their file on disk is another one. */
  readonly rewrites: readonly string[];
  /** Bytes of write-ahead log. */
  readonly walBytes: number;
  /** What it removed. */
  readonly losses: readonly MeasuredLoss[];
  /** Why it failed on the copy; null where it did not. */
  readonly failure: FailureInfo | null;
}

/** A step of a plan as it went on the copy. */
export interface MeasuredStep {
  readonly revision: string;
  readonly action: 'up' | 'down';
  readonly done: MeasuredRun;
  /** The way back; null where there is none, or where it was not tried. */
  readonly undone: MeasuredRun | null;
  /** What is not as it was after the way there and back. */
  readonly lost: readonly MeasuredLoss[];
}

/** A plan measured on a copy. */
export interface Measurement {
  /** When, ISO 8601. */
  readonly at: string;
  /** What the copy was made from: a dump's file name, or the address of a database. Never a password. */
  readonly source: string;
  /** Size of the copy, bytes. */
  readonly bytes: number;
  /** Server version, such as `18.4`. */
  readonly server: string;
  readonly steps: readonly MeasuredStep[];
}
