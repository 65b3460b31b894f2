import type { FailureInfo } from '../foundation/failure.ts';
import type { Action, Plan, Step } from '../revisions/plans/plan.ts';
import type { Backup, BackupOptions } from './backup.ts';
import type { Finding } from './findings.ts';
import type { Measurement } from './measured.ts';
import type { InterruptedRevision, SqlPreview } from './overview.ts';
import type { PolicyCheck } from './policy.ts';

/*
 * Plans as they are confirmed, and the events of a run. Plain serializable values: they cross the engine's
 * process boundary and are printed by `--json`. Times are ISO 8601 strings, durations milliseconds, revisions
 * ids (MikroORM's migration names).
 */

export interface PlanRequest {
  readonly command: 'upgrade' | 'downgrade' | 'stamp';
  readonly targets: readonly string[];
  readonly purge?: boolean | undefined;
  /** With `downgrade` and one interrupted revision: runs its `down()`, whether or not its row exists. */
  readonly halfWay?: boolean | undefined;
  readonly transaction?: 'all' | 'each' | undefined;
  /**
   * Instead of targets: undo the last run, or redo the last undo. The run is found in the journal and
   * returned in the preview's request.
   */
  readonly past?: { readonly kind: 'undo' | 'redo'; readonly run?: string | undefined } | undefined;
  /** For a script: end before the first step whose SQL is unknown, and explain how to continue. */
  readonly partial?: boolean | undefined;
}

/** Reasons to refuse a run: the `strict` setting. */
export type StrictRule = 'missing' | 'out-of-order' | 'edited';

/** The objects that emptying a database drops. */
export interface Emptying {
  /** One description for each object: `drops table chats: 12 rows`. */
  readonly losses: readonly string[];
  readonly sql: readonly string[];
  /** Emptying is refused if the contents of the database have changed. */
  readonly fingerprint: string;
}

export interface PreviewStep {
  readonly revision: string;
  readonly action: Action;
  readonly preview: SqlPreview;
  /** 0-based index into `Preview.batches`. */
  readonly batch: number;
  /**
   * Descriptions of the data loss: `drops table chats`, `drops column messages.text: 1,204 rows have a
   * value`.
   */
  readonly losses: readonly string[];
  /** Findings: what its statements lock, rewrite and break, and why they may fail. */
  readonly findings: readonly Finding[];
}

/** A transaction of the run, or one revision that runs without any. */
export interface Batch {
  readonly transactional: boolean;
  readonly steps: readonly number[];
}

export interface Warning {
  readonly code: string;
  readonly message: string;
  readonly revisions: readonly string[];
}

/** A plan ready to be confirmed: its steps, transactions and data loss. */
export interface Preview {
  readonly request: PlanRequest;
  readonly plan: Plan;
  readonly steps: readonly PreviewStep[];
  readonly batches: readonly Batch[];
  readonly warnings: readonly Warning[];
  /** Data is lost permanently: the confirmation requires typing the database's name. */
  readonly destructive: boolean;
  readonly protected: boolean;
  /** The settings' rules for this database and their state for this plan. A violated rule refuses the run. */
  readonly policy: readonly PolicyCheck[];
  /** The last measurements of this plan on a copy (`rehearse --data`); null if there are none. */
  readonly measured: Measurement | null;
  /** The name to type. */
  readonly databaseName: string;
  readonly databaseLabel: string;
  /** The schema in which the migrations run; null: the default. */
  readonly schema: string | null;
  /** Identifies the state and the files of the plan; a run is refused if they changed. */
  readonly fingerprint: string;
}

/** The beginning of a long plan, while the rest of its preview is computed. */
export interface PlanStart {
  readonly request: PlanRequest;
  readonly databaseName: string;
  /** Number of all steps. */
  readonly count: number;
  /** The first steps, without findings and losses. */
  readonly first: readonly (Step & { readonly preview: SqlPreview })[];
}

export interface RunOptions {
  /**
   * What to do if the state or a file changed after the preview. `refuse` (the default): run nothing.
   * `replan`: make a new plan under the lock and run its steps. A downgrade, a stamp and a relative target
   * never run more than was shown.
   */
  readonly whenChanged?: 'refuse' | 'replan' | undefined;
  /** The database's name as typed, required to change a protected database. */
  readonly confirm?: string | undefined;
  /** A name for this run in the journal, such as a release. */
  readonly tag?: string | undefined;
  /** How long to wait for another run, ms. Default 60,000; 0: do not wait. */
  readonly lockWait?: number | undefined;
  /** PostgreSQL's lock_timeout in ms. Default 5,000. */
  readonly lockTimeout?: number | undefined;
  /** PostgreSQL's statement_timeout in ms. Default: the server's. */
  readonly statementTimeout?: number | undefined;
  /** How often a batch is retried after a lock timeout. Default 3. */
  readonly retries?: number | undefined;
  /** Back up the database before the first migration runs. Default: no backup. */
  readonly backup?: BackupOptions | undefined;
}

/** `unknown`: the commit of its transaction was not answered. */
export type Outcome = 'done' | 'failed' | 'not run' | 'unknown';

export interface StepResult {
  readonly revision: string;
  readonly action: Action;
  readonly outcome: Outcome;
  readonly ms: number;
  /** It ran and was rolled back with its batch: it has no effect. */
  readonly rolledBack?: boolean | undefined;
  /**
   * It ran without a transaction and failed, was cancelled, or its log row is unknown: what its statements have changed
   * remains.
   */
  readonly changesRemain?: boolean | undefined;
}

export interface RunResult {
  readonly run: string;
  readonly steps: readonly StepResult[];
  /** The current revisions after the run, as read from the database. */
  readonly tips: readonly string[];
  /** The database could not be read after the run: `tips` is what this run expects. */
  readonly tipsUnknown?: boolean | undefined;
  readonly failure: FailureInfo | null;
  readonly cancelled: boolean;
  readonly unsettled: readonly InterruptedRevision[];
  /** Without steps: who applied the revisions in the meantime; null if unknown. */
  readonly appliedBy?: AppliedBy | null | undefined;
  /** The backup before the run, if one was requested. */
  readonly backup?: Backup | undefined;
}

/** The identity that a run shows to others. */
export interface AppliedBy {
  /** The first 8 characters of its id. */
  readonly run: string;
  /** `user@host`. */
  readonly who: string;
}

/**
 * `rollback`: cancel the statement and roll the batch back; `after-step`: finish the steps that were sent
 * to the server, then stop.
 */
export type CancelMode = 'rollback' | 'after-step';

/** A session of the server, as pg_stat_activity shows it. */
export interface Session {
  readonly pid: number;
  readonly user: string | null;
  readonly application: string | null;
  readonly host: string | null;
  readonly query: string | null;
  /** Duration of the query, or of the transaction if it is idle. */
  readonly ageMs: number;
}

/**
 * `cancel`: end its statement (pg_cancel_backend); `terminate`: end its connection (pg_terminate_backend).
 */
export type SessionEnding = 'cancel' | 'terminate';

export type RunEvent =
  | { readonly kind: 'waiting'; readonly holder: Session | null; readonly waitedMs: number }
  /** Another run changed the database after the preview, so this plan runs instead. */
  | { readonly kind: 'replanned'; readonly preview: Preview }
  | { readonly kind: 'started'; readonly run: string; readonly steps: number; readonly batches: number }
  /**
   * A backup is being written. `of`: size of the database in bytes, which a compressed dump does not reach;
   * null if unknown.
   */
  | { readonly kind: 'backup'; readonly bytes: number; readonly of: number | null }
  | { readonly kind: 'backup-done'; readonly backup: Backup }
  | { readonly kind: 'batch'; readonly batch: number; readonly attempt: number }
  | { readonly kind: 'step'; readonly step: number }
  | { readonly kind: 'statement'; readonly step: number; readonly sql: string }
  | {
      readonly kind: 'statement-done';
      readonly step: number;
      readonly ms: number;
      readonly rows: number | null;
      /** Number of statements in this event; default 1. */
      readonly count?: number | undefined;
    }
  | { readonly kind: 'step-done'; readonly step: number; readonly ms: number }
  | { readonly kind: 'step-failed'; readonly step: number; readonly failure: FailureInfo }
  | { readonly kind: 'batch-done'; readonly batch: number }
  | { readonly kind: 'rolled-back'; readonly batch: number }
  | {
      readonly kind: 'retry';
      readonly batch: number;
      readonly attempt: number;
      readonly of: number;
      readonly afterMs: number;
      readonly reason: string;
    }
  | {
      readonly kind: 'watch';
      readonly statement: string | null;
      readonly elapsedMs: number;
      readonly blockers: readonly Session[];
      readonly progress: {
        readonly command: string;
        readonly phase: string;
        readonly done: number;
        readonly total: number;
      } | null;
    }
  /** A warning that does not stop the run. */
  | { readonly kind: 'notice'; readonly code: string; readonly message: string }
  | { readonly kind: 'finished'; readonly result: RunResult };
