import type { FailureInfo } from '../foundation/failure.ts';
import type { Effect } from './authoring.ts';
import type { Severity } from './findings.ts';
import type { Measurement } from './measured.ts';
import type { PlanRequest } from './run.ts';

/*
 * Rehearsals of plans, and the tests of a project's revisions. Plain serializable values: they cross the
 * engine's process boundary and are printed by `--json`.
 */

/** The result of undoing a step, or of running it again. */
export interface ReturnTrip {
  /** `same`: the schema was restored; `none`: there is no `down()`; `untried`: an earlier part failed. */
  readonly outcome: 'same' | 'differs' | 'failed' | 'none' | 'untried';
  /** The schema differences, from the expected to the actual state. */
  readonly differences: readonly Effect[];
  readonly failure: FailureInfo | null;
}

/** A step of a plan on the shadow: run, undone, and run again. */
export interface RehearsedStep {
  readonly revision: string;
  readonly action: 'up' | 'down';
  /** Everything worked, and the schema was restored both times. */
  readonly ok: boolean;
  /** The schema changes of the step. */
  readonly effects: readonly Effect[];
  /** Why the step failed; the rest of the plan was then not tried. */
  readonly failure: FailureInfo | null;
  readonly undone: ReturnTrip;
  readonly redone: ReturnTrip;
}

/** The source of the rows for a rehearsal. The source database is only read. */
export interface RehearsalData {
  /**
   * A file or folder written by pg_dump, the URL of a database, or the name of one on the shadow's server.
   */
  readonly from: string;
  /** Path of pg_dump; pg_restore and psql are beside it. Default: the first on PATH that is new enough. */
  readonly pgDump?: string | undefined;
}

export interface PlanRehearsal {
  readonly request: PlanRequest;
  readonly steps: readonly RehearsedStep[];
  /** Steps of the plan that were not tried because an earlier one failed. */
  readonly untried: readonly string[];
  /** Everything worked and was restored; with data, on the copy too. */
  readonly ok: boolean;
  /** The measurements on a copy of a database; null if not requested. */
  readonly measured: Measurement | null;
  /** Limits of this rehearsal. */
  readonly caveats: readonly string[];
}

/** Which tests to run; default: all of them, over every revision. */
export interface TestRequest {
  /** Git ref: test the downgrade only of revisions whose files changed since then. */
  readonly since?: string | undefined;
  /** A revision without `down()` is not a failure. */
  readonly allowMissingDown?: boolean | undefined;
  /**
   * Findings of this severity or higher are failures, unless accepted. Default: the level of the settings.
   */
  readonly failOn?: Severity | undefined;
}

export type TestName = 'graph' | 'heads' | 'upgrade' | 'entities' | 'downgrade' | 'findings';

export interface TestResult {
  readonly name: TestName;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** The test and its result, in one line. */
  readonly message: string;
  /** What to do after a failure. */
  readonly next?: string | undefined;
  /** One entry for each failure. */
  readonly details: readonly string[];
}

export interface TestReport {
  readonly tests: readonly TestResult[];
  readonly ok: boolean;
}
