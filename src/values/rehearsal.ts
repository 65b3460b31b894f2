import type { FailureInfo } from '../foundation/failure.ts';
import type { Effect } from './authoring.ts';
import type { Severity } from './findings.ts';
import type { Measurement } from './measured.ts';
import type { PlanRequest } from './run.ts';

/*
 * Rehearsals of plans, and the tests of a project's revisions.
 * Plain serialisable values: they cross the engine's process boundary and are printed by `--json`.
 */

/** The result of undoing a step, or of running it again. */
export interface ReturnTrip {
  /** `same`: the schema is as it was; `none`: there is no `down()`; `untried`: what comes before did not work. */
  readonly outcome: 'same' | 'differs' | 'failed' | 'none' | 'untried';
  /** Where the schema is not as it was: from how it was to how it is. */
  readonly differences: readonly Effect[];
  readonly failure: FailureInfo | null;
}

/** A step of a plan as it went on the shadow: done, undone, and done again. */
export interface RehearsedStep {
  readonly revision: string;
  readonly action: 'up' | 'down';
  /** Everything worked, and the schema came back both times. */
  readonly ok: boolean;
  /** What the step does to the schema. */
  readonly effects: readonly Effect[];
  /** Why the step does not run; the rest of the plan was not tried then. */
  readonly failure: FailureInfo | null;
  readonly undone: ReturnTrip;
  readonly redone: ReturnTrip;
}

/** Where the rows of a rehearsal come from. The database itself is only read. */
export interface RehearsalData {
  /** A file or folder that pg_dump wrote, the URL of a database, or the name of one on the shadow's server. */
  readonly from: string;
  /** Path of pg_dump; pg_restore and psql are beside it. Default: the first on PATH that is new enough. */
  readonly pgDump?: string | undefined;
}

export interface PlanRehearsal {
  readonly request: PlanRequest;
  readonly steps: readonly RehearsedStep[];
  /** Steps of the plan that were not tried, because an earlier one does not run. */
  readonly untried: readonly string[];
  /** Everything worked and came back; with data, on the copy too. */
  readonly ok: boolean;
  /** What the steps did on a copy of a database; null where none was asked for. */
  readonly measured: Measurement | null;
  /** What this rehearsal cannot show. */
  readonly caveats: readonly string[];
}

/** Which tests to run; default: all of them, over every revision. */
export interface TestRequest {
  /** Git ref: try the way back only of revisions whose files changed since then. */
  readonly since?: string | undefined;
  /** A revision without `down()` is no failure. */
  readonly allowMissingDown?: boolean | undefined;
  /** Findings from this severity on are a failure, unless they are accepted. Default: the level of the settings. */
  readonly failOn?: Severity | undefined;
}

export type TestName = 'graph' | 'heads' | 'upgrade' | 'entities' | 'downgrade' | 'findings';

export interface TestResult {
  readonly name: TestName;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** What was tested and how it came out, in one line. */
  readonly message: string;
  /** What to do about a failure. */
  readonly next?: string | undefined;
  /** One entry for each thing that failed. */
  readonly details: readonly string[];
}

export interface TestReport {
  readonly tests: readonly TestResult[];
  readonly ok: boolean;
}
