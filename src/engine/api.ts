import type { Protection } from '../settings/protection.ts';
import type {
  CheckReport,
  Comparison,
  Draft,
  Effect,
  FindingKind,
  MergeRequest,
  RebaseRequest,
  Rehearsal,
  RevisionRequest,
  SquashRequest,
} from '../values/authoring.ts';
import type { BakedGraph } from '../values/baked.ts';
import type { BranchDiff } from '../values/branch-diff.ts';
import type { DoctorReport } from '../values/doctor.ts';
import type { LintReport, LintRequest, LintSettings } from '../values/findings.ts';
import type { FleetApi, FleetEvent } from '../values/fleet.ts';
import type { JournalEntry, Settlement } from '../values/journal.ts';
import type { Arrival, Author, Look, RevisionDetail } from '../values/look.ts';
import type { NetworkOptions, Waiting } from '../values/network.ts';
import type { PlanRehearsal, RehearsalData, TestReport, TestRequest } from '../values/rehearsal.ts';
import type {
  CancelMode,
  Emptying,
  PlanRequest,
  Preview,
  RunEvent,
  RunOptions,
  RunResult,
  SessionEnding,
  StrictRule,
} from '../values/run.ts';

export type { FailureInfo, Problem, SqlError } from '../foundation/failure.ts';
export type { Action, Plan, Step } from '../revisions/plan.ts';
export type * from '../values/authoring.ts';
export type * from '../values/backup.ts';
export type * from '../values/baked.ts';
export type * from '../values/branch-diff.ts';
export type * from '../values/doctor.ts';
export type * from '../values/findings.ts';
export type * from '../values/fleet.ts';
export type * from '../values/journal.ts';
export type * from '../values/look.ts';
export type * from '../values/measured.ts';
export type * from '../values/network.ts';
export type * from '../values/policy.ts';
export type * from '../values/rehearsal.ts';
export type * from '../values/run.ts';

/*
 * What the front ends (`cli`, `tui`) may ask of the engine and what it tells them.
 */

export interface EngineApi extends FleetApi {
  look(): Promise<Look>;
  revision(id: string): Promise<RevisionDetail>;
  /** Resolves a target to ids, for `show` and prompts. */
  resolve(target: string): Promise<readonly string[]>;
  preview(request: PlanRequest): Promise<Preview>;
  /** Judges every statement of revisions, up and down: what it locks, rewrites, loses and breaks. */
  lint(request: LintRequest): Promise<LintReport>;
  /** Runs exactly the previewed plan; refuses with code `plan-changed` when the state or a file moved in between. */
  run(preview: Preview, options: RunOptions): Promise<RunResult>;
  cancel(mode: CancelMode): Promise<void>;
  /** Ends the statement or the session that blocks the run at hand, and nothing else. */
  endSession(pid: number, how: SessionEnding): Promise<void>;
  journal(): Promise<readonly JournalEntry[]>;
  /** @param confirm the database's name as it was typed, for protected ones */
  settle(revision: string, as: Settlement, confirm?: string): Promise<void>;
  /**
   * Makes the migrations table where it is not there yet; tells whether it did.
   * @param confirm the database's name as it was typed, for protected ones
   */
  ensureTable(confirm?: string): Promise<boolean>;
  /** What `empty` would drop. */
  emptying(): Promise<Emptying>;
  /** Drops everything in a database that is not protected, but for extensions and migtui's journal. */
  empty(shown: Emptying): Promise<void>;
  /** The offline script of a range or target. */
  script(request: PlanRequest): Promise<string>;
  effect(revision: string): Promise<readonly Effect[]>;
  /** Who added each revision, by revision; without those that git does not know. */
  authors(): Promise<Readonly<Record<string, Author>>>;
  /** How many SQL statements the upgrade of each revision has; without those whose code has to run to know. */
  sizes(): Promise<Readonly<Record<string, number>>>;
  /** What is applied in the other contexts of the config. Connects to their databases and only reads. */
  arrivals(): Promise<readonly Arrival[]>;
  /** Compares the live schema with what the lineages of the targets make together. */
  compare(targets: string | readonly string[]): Promise<Comparison>;
  /**
   * Examines versions, connection, rights, shadow and tools.
   * @param pgDump path of pg_dump, where the settings name one
   */
  doctor(pgDump?: string): Promise<DoctorReport>;
  check(kinds?: readonly FindingKind[]): Promise<CheckReport>;
  draftRevision(request: RevisionRequest): Promise<Draft>;
  /** Splits a revision that adds a value to an enum and uses it into two. */
  draftSplit(target: string): Promise<Draft>;
  /** The safe form of a pending head, as revisions on top of it; rehearsed. */
  draftFix(target: string): Promise<Draft>;
  draftMerge(request: MergeRequest): Promise<Draft>;
  draftRebase(request: RebaseRequest): Promise<Draft>;
  /** One revision that does what a line of them does, proven on the shadow. */
  draftSquash(request: SquashRequest): Promise<Draft>;
  draftAdopt(): Promise<Draft>;
  draftInit(): Promise<Draft>;
  rehearse(heads: readonly string[]): Promise<Rehearsal>;
  /**
   * Does, undoes and does again the steps of a plan on the shadow. What came of it is kept for the plan with the same
   * revisions, files and database.
   * @param data measure the steps on a copy of this, too; needs a shadow server
   */
  rehearsePlan(request: PlanRequest, data?: RehearsalData): Promise<PlanRehearsal>;
  /** What the branch that is checked out adds to the revisions of a git ref. */
  diff(ref: string): Promise<BranchDiff>;
  /** The graph of the revisions on disk. */
  bake(): Promise<BakedGraph>;
  /** Tests the revisions on the shadow; needs no database. */
  test(request: TestRequest): Promise<TestReport>;
  write(draft: Draft): Promise<void>;
  close(): Promise<void>;
}

export type EngineEvent =
  /** What the user's code or migtui says; text may contain anything; the code that draws it makes it safe. */
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
  | { readonly type: 'fleet'; readonly event: FleetEvent }
  /** Long work that is no run: replaying on the shadow. */
  | { readonly type: 'task'; readonly text: string; readonly done: number; readonly total: number }
  /** Waiting for a server that does not answer. Sent again every few seconds. */
  | ({ readonly type: 'waiting'; readonly at: string } & Waiting)
  /** Something changed under us. */
  | { readonly type: 'changed'; readonly what: 'files' | 'database' };

/** Where an engine is opened. */
export interface EngineOptions {
  /** Absolute; where package.json is. */
  readonly root: string;
  readonly config?: string | undefined;
  readonly context?: string | undefined;
  /** Runs migrations in this schema, with a migrations table of its own there; default: as the config has it. */
  readonly schema?: string | undefined;
  readonly readOnly?: boolean | undefined;
  /**
   * What is asked for before a database is changed. True: its name; a context: its name in that context; a protection:
   * whatever it says.
   */
  readonly protected?: boolean | readonly (string | Protection)[] | undefined;
  /** Opened by CI, for protections that let only CI write. Default: the environment variable CI is set. */
  readonly ci?: boolean | undefined;
  /** How plans that do not say it themselves are cut into transactions; default: as the MikroORM config says. */
  readonly transaction?: 'all' | 'each' | undefined;
  /** What a run refuses to run over. */
  readonly strict?: readonly StrictRule[] | undefined;
  /** How long servers are waited for. */
  readonly network?: Omit<NetworkOptions, 'onWaiting'> | undefined;
  /** How findings are judged. */
  readonly lint?: LintSettings | undefined;
  /** PostgreSQL's lock_timeout of runs in ms, which decides what a brief lock is worth. Default 5,000. */
  readonly lockTimeout?: number | undefined;
  /** Tell of changes in the folder and the database. */
  readonly live?: boolean | undefined;
  /** Server URL for the shadow; default: PGlite in memory. */
  readonly shadow?: string | undefined;
  /** Absolute path of SQL that every shadow is given first: what the database had before its first revision. */
  readonly baseline?: string | undefined;
  /** What comparisons of the live schema with its revisions leave out. */
  readonly notCompared?: readonly ('owners' | 'grants')[] | undefined;
  /** What the project's code gets from `xArguments()` of `migtui/config`. */
  readonly x?: Readonly<Record<string, string>> | undefined;
}
