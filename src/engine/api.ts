import type { FailureInfo, Problem } from '../foundation/failure.ts';
import type { Action, Plan } from '../revisions/plan.ts';

export type { FailureInfo, Problem, SqlError } from '../foundation/failure.ts';
export type { Action, Plan, Step } from '../revisions/plan.ts';

/*
 * What the faces (`cli`, `tui`) may ask of the engine and what it tells them.
 * Every value here is plain and serialisable: it crosses a process boundary and is printed by `--json`.
 * Times are ISO 8601 strings, durations milliseconds, revisions are ids (MikroORM's migration names).
 */

// ---------------------------------------------------------------- looking

export type RevisionState = 'applied' | 'pending' | 'missing';
export type Mark = 'head' | 'current' | 'branchpoint' | 'mergepoint' | 'effective head';

/** One revision with its state in the database at hand. */
export interface RevisionRow {
  readonly id: string;
  /** The digits of the id, or the id when it has none. */
  readonly shortId: string;
  readonly slug: string;
  readonly revises: readonly string[];
  readonly dependsOn: readonly string[];
  /** Labels as spread over the branch (what `<label>@…` reaches). */
  readonly labels: readonly string[];
  readonly state: RevisionState;
  readonly appliedAt: string | null;
  /** `revises` was inferred from the order of undeclared migrations. */
  readonly inferred: boolean;
  readonly marks: readonly Mark[];
  /** Its file differs from the one that was applied (known only where the journal is on). */
  readonly edited: boolean;
  /** Pending although a descendant is applied. */
  readonly outOfOrder: boolean;
  /** Path relative to the project; null for a class of a `migrationsList` and for a missing revision. */
  readonly file: string | null;
}

export interface ProjectInfo {
  /** `name` of package.json, else the folder's name. */
  readonly name: string;
  readonly root: string;
  /** Relative to root; null when configured by environment alone. */
  readonly configFile: string | null;
  readonly context: string;
  /** Every context name the config file offers, as far as it can be told without running factories. */
  readonly contexts: readonly string[];
  /** Migrations folder relative to root; null for a `migrationsList`. */
  readonly folder: string | null;
  /** The migrations table, `schema.table`. */
  readonly table: string;
  /** Writes are refused (`--read-only` or setting). */
  readonly readOnly: boolean;
  /** Every run wants the database's name typed (setting). */
  readonly protected: boolean;
}

/**
 * How the database answered: `connected`; `unreachable` (no server there); `refused` (password, pg_hba, no such role);
 * `missing` (no such database); `locked` (the embedded database is open in another process).
 */
export type DatabaseState = 'connected' | 'unreachable' | 'refused' | 'missing' | 'locked';

export interface DatabaseInfo {
  readonly kind: 'postgresql' | 'pglite';
  readonly name: string;
  /** `user@host/name` or the embedded folder; never a password. */
  readonly label: string;
  readonly state: DatabaseState;
  /** Server version such as `18.4`; null while not connected. */
  readonly version: string | null;
  /** The migrations table: `absent` is normal for a new database; `forbidden`: this role may not read it. */
  readonly table: 'present' | 'absent' | 'forbidden' | 'unknown';
  /** A hot standby or `default_transaction_read_only`: looking works, runs are refused. */
  readonly readOnly: boolean;
  readonly failure: FailureInfo | null;
}

/** A non-transactional revision that began and never ended: named at every look until it is settled. */
export interface Unsettled {
  readonly revision: string;
  readonly action: Action;
  readonly since: string;
  readonly who: string;
  readonly error: string | null;
  /** Indexes left INVALID, `schema.index`. */
  readonly invalidIndexes: readonly string[];
}

/** Whether runs are journalled: `on`; `ready` (the config ignores the schema, nothing written yet); `off` with the way to turn it on. */
export interface JournalStatus {
  readonly state: 'on' | 'ready' | 'off' | 'unknown';
  readonly hint: string | null;
}

/** Everything the screen shows, in one value. Made without writing anything. */
export interface Look {
  readonly project: ProjectInfo;
  readonly database: DatabaseInfo;
  /** Newest first (reverse topological), missing ones included where they were applied. */
  readonly revisions: readonly RevisionRow[];
  readonly heads: readonly string[];
  readonly bases: readonly string[];
  readonly current: readonly string[];
  /** In the order `upgrade heads` would run them. */
  readonly pending: readonly string[];
  readonly missing: readonly string[];
  readonly edited: readonly string[];
  /** How many revisions are applied, missing ones included. */
  readonly applied: number;
  /** What is wrong with the revisions on disk; while there is any, nothing runs. */
  readonly problems: readonly Problem[];
  readonly unsettled: readonly Unsettled[];
  readonly journal: JournalStatus;
  /** Plain remarks for a newcomer, such as that the migrations folder is not there yet. */
  readonly notes: readonly string[];
  readonly at: string;
}

/** What one revision says and does. */
export interface RevisionDetail {
  readonly row: RevisionRow;
  readonly source: string | null;
  readonly up: SqlPreview;
  readonly down: SqlPreview;
  /** Last author of the file by git, where there is a git. */
  readonly author: { readonly name: string; readonly at: string } | null;
}

/** The SQL that a direction would run, as far as it can be known without running it. */
export interface SqlPreview {
  readonly sql: readonly string[];
  /** False when the code reads rows or is otherwise not knowable before it runs. */
  readonly complete: boolean;
  /** Why it is not complete, or that there is no `down()`. */
  readonly note: string | null;
  readonly transactional: boolean;
  /** True for the down of a revision that has none. */
  readonly irreversible?: boolean | undefined;
}

// ---------------------------------------------------------------- plans and runs

export interface PlanRequest {
  readonly command: 'upgrade' | 'downgrade' | 'stamp';
  readonly targets: readonly string[];
  readonly purge?: boolean | undefined;
  readonly transaction?: 'all' | 'each' | undefined;
}

export interface PreviewStep {
  readonly revision: string;
  readonly action: Action;
  readonly preview: SqlPreview;
  /** 0-based index into `Preview.batches`. */
  readonly batch: number;
  /** In words, what is lost: `drops table chats`, `drops column messages.text: 1,204 rows have a value`. */
  readonly losses: readonly string[];
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
  /** The name to type. */
  readonly databaseName: string;
  readonly databaseLabel: string;
  /** Identifies the state and the files it was computed from; a run refuses when they changed. */
  readonly fingerprint: string;
}

export interface RunOptions {
  /** How long to wait for another run to end, ms. Default 60,000; 0: do not wait. */
  readonly lockWait?: number | undefined;
  /** PostgreSQL's lock_timeout in ms. Default 5,000. */
  readonly lockTimeout?: number | undefined;
  /** PostgreSQL's statement_timeout in ms. Default: the server's. */
  readonly statementTimeout?: number | undefined;
  /** How often a batch is tried again after a lock timeout. Default 3. */
  readonly retries?: number | undefined;
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

export type RunEvent =
  | { readonly kind: 'waiting'; readonly holder: Session | null; readonly waitedMs: number }
  | { readonly kind: 'started'; readonly run: string; readonly steps: number; readonly batches: number }
  | { readonly kind: 'batch'; readonly batch: number; readonly attempt: number }
  | { readonly kind: 'step'; readonly step: number }
  | { readonly kind: 'statement'; readonly step: number; readonly sql: string }
  | {
      readonly kind: 'statement-done';
      readonly step: number;
      readonly ms: number;
      readonly rows: number | null;
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

// ---------------------------------------------------------------- the journal

export interface JournalEntry {
  readonly run: string;
  readonly revision: string;
  readonly action: Action;
  /** `started` means that it never said how it ended (a kill). */
  readonly outcome: 'started' | 'done' | 'failed' | 'rolled back' | 'settled';
  readonly started: string;
  readonly finished: string | null;
  readonly ms: number | null;
  readonly who: {
    readonly databaseUser: string;
    readonly osUser: string;
    readonly host: string;
    readonly version: string;
  };
  readonly plan: Plan;
  readonly checksum: string | null;
  readonly error: string | null;
}

/** How an unsettled revision is settled: `applied` / `not-applied` write the truth a person found out. */
export type Settlement = 'applied' | 'not-applied';

// ---------------------------------------------------------------- authoring

export interface FileChange {
  /** Relative to the project. */
  readonly path: string;
  /** Null: the file does not exist. */
  readonly before: string | null;
  /** Null: the file is removed. */
  readonly after: string | null;
  /** Unified diff, for people. */
  readonly diff: string;
}

/** Files to be written, shown before they are: `write` refuses when a file is no longer as `before` says. */
export interface Draft {
  readonly kind: 'revision' | 'merge' | 'rebase' | 'adopt' | 'init';
  readonly files: readonly FileChange[];
  /** The new revision, where there is one. */
  readonly revision: string | null;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

export interface RevisionRequest {
  readonly message: string;
  readonly autogenerate: boolean;
  /** Target of the parent; default `head`. */
  readonly head?: string | undefined;
  readonly label?: string | undefined;
  readonly dependsOn?: readonly string[] | undefined;
  /** Allow a parent that is no head (makes a branch). */
  readonly splice?: boolean | undefined;
}

export interface MergeRequest {
  /** Empty: all heads. */
  readonly heads: readonly string[];
  readonly message?: string | undefined;
  /** Put the reconciling SQL into the merge revision where there is any. */
  readonly reconcile?: boolean | undefined;
}

export interface RebaseRequest {
  readonly branch: string;
  readonly onto: string;
}

/** One change of the schema in words: `+ chats.last_read_at timestamptz` is `sign` and `words`. */
export interface Effect {
  readonly sign: '+' | '-' | '~';
  /** `table chats`, `chats.title`, `chats index chats_title_index`, `enum mood`, … */
  readonly object: string;
  /** The line without its sign: the object and what becomes of it. */
  readonly words: string;
}

/** The rehearsal of a merge. */
export interface Rehearsal {
  readonly heads: readonly string[];
  readonly ancestors: readonly string[];
  readonly branches: readonly {
    readonly head: string;
    readonly revisions: readonly string[];
    readonly effects: readonly Effect[];
    readonly failure: FailureInfo | null;
  }[];
  readonly orders: readonly {
    readonly heads: readonly string[];
    readonly ok: boolean;
    readonly failed: { readonly revision: string; readonly failure: FailureInfo } | null;
  }[];
  /** `fits`: same schema in every order; `differs`; `fails`: an order does not run; `overlaps`: fits, but both touch the same object. */
  readonly verdict: 'fits' | 'overlaps' | 'differs' | 'fails';
  /** Where the orders' schemas differ. */
  readonly differences: readonly Effect[];
  /** Objects that more than one branch touches. */
  readonly shared: readonly string[];
  /** Down of the branches and up again. */
  readonly downAndUp: { readonly ok: boolean; readonly words: readonly string[] } | null;
  /** SQL that brings the merged schema to the merged entities; empty when they agree. */
  readonly reconcile: readonly string[];
  /** What an empty shadow cannot see. */
  readonly caveats: readonly string[];
}

export type FindingKind =
  | 'pending'
  | 'heads'
  | 'entities'
  | 'drift'
  | 'edited'
  | 'missing'
  | 'undeclared'
  | 'snapshot'
  | 'problems'
  | 'unsettled';

export interface CheckFinding {
  readonly kind: FindingKind;
  readonly message: string;
  readonly next: string;
  readonly revisions: readonly string[];
  readonly sql: readonly string[];
  readonly effects: readonly Effect[];
}

export interface CheckReport {
  readonly findings: readonly CheckFinding[];
  /** What could not be looked at, and why. */
  readonly skipped: readonly { readonly kind: FindingKind; readonly why: string }[];
  readonly clean: boolean;
}

/** Whether the live schema is what a target's lineage makes (before stamping); effects and SQL lead from it to there. */
export interface Comparison {
  readonly same: boolean;
  readonly effects: readonly Effect[];
  readonly sql: readonly string[];
}

// ---------------------------------------------------------------- the engine

export interface EngineApi {
  look(): Promise<Look>;
  revision(id: string): Promise<RevisionDetail>;
  /** Resolves a target to ids, for `show` and prompts. */
  resolve(target: string): Promise<readonly string[]>;
  preview(request: PlanRequest): Promise<Preview>;
  /** Runs exactly the previewed plan; refuses with code `plan-changed` when the state or a file moved in between. */
  run(preview: Preview, options: RunOptions): Promise<RunResult>;
  cancel(mode: CancelMode): Promise<void>;
  journal(): Promise<readonly JournalEntry[]>;
  settle(revision: string, as: Settlement): Promise<void>;
  /** The offline script of a range or target. */
  script(request: PlanRequest): Promise<string>;
  effect(revision: string): Promise<readonly Effect[]>;
  compare(target: string): Promise<Comparison>;
  check(kinds?: readonly FindingKind[]): Promise<CheckReport>;
  draftRevision(request: RevisionRequest): Promise<Draft>;
  draftMerge(request: MergeRequest): Promise<Draft>;
  draftRebase(request: RebaseRequest): Promise<Draft>;
  draftAdopt(): Promise<Draft>;
  draftInit(): Promise<Draft>;
  rehearse(heads: readonly string[]): Promise<Rehearsal>;
  write(draft: Draft): Promise<void>;
  close(): Promise<void>;
}

export type EngineEvent =
  /** What the user's code or migtui says; text may hold anything and is made safe by whoever draws it. */
  | {
      readonly type: 'log';
      readonly at: string;
      readonly level: 'info' | 'warning' | 'error';
      readonly source: 'project' | 'migtui';
      readonly text: string;
    }
  /** A statement that migtui ran. */
  | {
      readonly type: 'sql';
      readonly at: string;
      readonly sql: string;
      readonly ms: number;
      readonly error: string | null;
    }
  | { readonly type: 'run'; readonly event: RunEvent }
  /** Long work that is no run: replaying on the shadow. */
  | { readonly type: 'task'; readonly text: string; readonly done: number; readonly total: number }
  /** Something changed under us. */
  | { readonly type: 'changed'; readonly what: 'files' | 'database' };

/** Where an engine is opened. */
export interface EngineOptions {
  /** Absolute; where package.json is. */
  readonly root: string;
  readonly config?: string | undefined;
  readonly context?: string | undefined;
  readonly readOnly?: boolean | undefined;
  /** Every run wants the database's name typed. */
  readonly protected?: boolean | undefined;
  /** How plans that do not say it themselves are cut into transactions; default: as the MikroORM config says. */
  readonly transaction?: 'all' | 'each' | undefined;
  /** Tell of changes in the folder and the database. */
  readonly live?: boolean | undefined;
  /** Server URL for the shadow; default: PGlite in memory. */
  readonly shadow?: string | undefined;
}
