import type { FailureInfo } from '../foundation/failure.ts';
import type { Action, Plan } from '../revisions/plan.ts';
import type { Backup, BackupOptions } from './backup.ts';
import type { Finding } from './findings.ts';
import type { SqlPreview, Unsettled } from './look.ts';
import type { Measurement } from './measured.ts';
import type { PolicyCheck } from './policy.ts';

/*
 * Plans as they are confirmed, and what a run tells.
 * Plain serialisable values: they cross the engine's process boundary and are printed by `--json`.
 * Times are ISO 8601 strings, durations milliseconds, revisions ids (MikroORM's migration names).
 */

export interface PlanRequest {
  readonly command: 'upgrade' | 'downgrade' | 'stamp';
  readonly targets: readonly string[];
  readonly purge?: boolean | undefined;
  /** With `downgrade` and one revision that stopped half-way: runs its down, whether its row is there or not. */
  readonly halfWay?: boolean | undefined;
  readonly transaction?: 'all' | 'each' | undefined;
  /**
   * Instead of targets: undo the last run, or redo the last undo. The journal names the run, and the request of the
   * preview has
   * it.
   */
  readonly past?: { readonly kind: 'undo' | 'redo'; readonly run?: string | undefined } | undefined;
  /** For a script: end before the first step whose SQL is not known, and say how to go on. */
  readonly partial?: boolean | undefined;
}

/** What a run can refuse: the `strict` setting. */
export type StrictRule = 'missing' | 'out-of-order' | 'edited';

/** What emptying a database drops. */
export interface Emptying {
  /** In words, one for each object: `drops table chats: 12 rows`. */
  readonly losses: readonly string[];
  readonly sql: readonly string[];
  /** Emptying refuses when the database has something else by then. */
  readonly fingerprint: string;
}

export interface PreviewStep {
  readonly revision: string;
  readonly action: Action;
  readonly preview: SqlPreview;
  /** 0-based index into `Preview.batches`. */
  readonly batch: number;
  /** In words, what is lost: `drops table chats`, `drops column messages.text: 1,204 rows have a value`. */
  readonly losses: readonly string[];
  /** What its statements lock, rewrite, refuse and break. */
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

/** A plan ready to be confirmed: what will run, how it is cut into transactions, what is lost. */
export interface Preview {
  readonly request: PlanRequest;
  readonly plan: Plan;
  readonly steps: readonly PreviewStep[];
  readonly batches: readonly Batch[];
  readonly warnings: readonly Warning[];
  /** Something is lost for good: a confirmation wants the database's name typed. */
  readonly destructive: boolean;
  readonly protected: boolean;
  /** The rules of the settings for this database, held against this plan. A broken one refuses the run. */
  readonly policy: readonly PolicyCheck[];
  /** This very plan as it was last measured on a copy (`rehearse --data`); null: it was not. */
  readonly measured: Measurement | null;
  /** The name to type. */
  readonly databaseName: string;
  readonly databaseLabel: string;
  /** The schema that the migrations run in; null: none in particular. */
  readonly schema: string | null;
  /** Identifies the state and the files it was computed from; a run refuses when they changed. */
  readonly fingerprint: string;
}

export interface RunOptions {
  /**
   * When the state or a file changed after the preview: `refuse` (the default) runs nothing; `replan` makes the plan
   * again under the lock and runs what is left of it. A downgrade, a stamp and a relative target never run more than
   * was shown.
   */
  readonly whenChanged?: 'refuse' | 'replan' | undefined;
  /** The database's name, as it was typed: protected databases are only changed with it. */
  readonly confirm?: string | undefined;
  /** A name for this run in the journal, such as a version that is deployed. */
  readonly tag?: string | undefined;
  /** How long to wait for another run to end, ms. Default 60,000; 0: do not wait. */
  readonly lockWait?: number | undefined;
  /** PostgreSQL's lock_timeout in ms. Default 5,000. */
  readonly lockTimeout?: number | undefined;
  /** PostgreSQL's statement_timeout in ms. Default: the server's. */
  readonly statementTimeout?: number | undefined;
  /** How often a batch is tried again after a lock timeout. Default 3. */
  readonly retries?: number | undefined;
  /** Back up the database before the first migration runs; default: no backup. */
  readonly backup?: BackupOptions | undefined;
}

export type Outcome = 'done' | 'failed' | 'not run';

export interface StepResult {
  readonly revision: string;
  readonly action: Action;
  readonly outcome: Outcome;
  readonly ms: number;
  /** It ran, and its batch was rolled back: nothing of it is left. */
  readonly rolledBack?: boolean | undefined;
}

export interface RunResult {
  readonly run: string;
  readonly steps: readonly StepResult[];
  /** The current revisions after the run, as read from the database. */
  readonly tips: readonly string[];
  readonly failure: FailureInfo | null;
  readonly cancelled: boolean;
  readonly unsettled: readonly Unsettled[];
  /** With no steps: who applied meanwhile what this run was to apply; null: not known. */
  readonly appliedBy?: AppliedBy | null | undefined;
  /** The backup that was taken before the run, when one was asked for. */
  readonly backup?: Backup | undefined;
}

/** A run as it names itself to others. */
export interface AppliedBy {
  /** The first 8 characters of its id. */
  readonly run: string;
  /** `user@host`. */
  readonly who: string;
}

/** `rollback`: cancel the statement and roll the batch back; `after-step`: let this step end, then stop. */
export type CancelMode = 'rollback' | 'after-step';

/** A session of the server, as pg_stat_activity shows it. */
export interface Session {
  readonly pid: number;
  readonly user: string | null;
  readonly application: string | null;
  readonly host: string | null;
  readonly query: string | null;
  /** How long it has been in this query, or in its transaction when idle. */
  readonly ageMs: number;
}

/** `cancel`: its statement (pg_cancel_backend); `terminate`: its connection (pg_terminate_backend). */
export type SessionEnding = 'cancel' | 'terminate';

export type RunEvent =
  | { readonly kind: 'waiting'; readonly holder: Session | null; readonly waitedMs: number }
  /** Others ran something after the preview: this plan runs instead. */
  | { readonly kind: 'replanned'; readonly preview: Preview }
  | { readonly kind: 'started'; readonly run: string; readonly steps: number; readonly batches: number }
  /** A backup is being written. `of`: bytes of the database, which a compressed dump does not reach; null: unknown. */
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
      /** How many statements it tells of; default 1. */
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
  /** Something worth saying that stops nothing. */
  | { readonly kind: 'notice'; readonly code: string; readonly message: string }
  | { readonly kind: 'finished'; readonly result: RunResult };
