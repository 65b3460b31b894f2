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
import type { FleetApi, FleetEvent } from '../values/fleet-run.ts';
import type { JournalEntry, Resolution } from '../values/journal.ts';
import type { NetworkOptions, Waiting } from '../values/network.ts';
import type { Arrival, Author, Overview, RevisionDetail, ShownRevisions } from '../values/overview.ts';
import type { PlanRehearsal, RehearsalData, TestReport, TestRequest } from '../values/rehearsal.ts';
import type {
  CancelMode,
  Emptying,
  PlanRequest,
  PlanStart,
  Preview,
  RunEvent,
  RunOptions,
  RunResult,
  SessionEnding,
  StrictRule,
} from '../values/run.ts';

export type { FailureInfo, Problem, SqlError } from '../foundation/failure.ts';
export type { Action, Plan, Step } from '../revisions/plans/plan.ts';
export type * from '../values/authoring.ts';
export type * from '../values/backup.ts';
export type * from '../values/baked.ts';
export type * from '../values/branch-diff.ts';
export type * from '../values/doctor.ts';
export type * from '../values/findings.ts';
export type * from '../values/fleet.ts';
export type * from '../values/fleet-run.ts';
export type * from '../values/journal.ts';
export type * from '../values/measured.ts';
export type * from '../values/network.ts';
export type * from '../values/overview.ts';
export type * from '../values/policy.ts';
export type * from '../values/rehearsal.ts';
export type * from '../values/run.ts';

/*
 * The calls that the front ends (`cli`, `tui`) can make to the engine, and the events that it sends.
 */

export interface EngineApi extends FleetApi {
  overview(): Promise<Overview>;
  revision(id: string): Promise<RevisionDetail>;
  /** The revisions of a target or a range, with their SQL and findings. */
  show(target: string): Promise<ShownRevisions>;
  /** Resolves a target to ids, for prompts. */
  resolve(target: string): Promise<readonly string[]>;
  preview(request: PlanRequest): Promise<Preview>;
  /** Lints every statement of revisions, up and down: locks, rewrites, data loss and breaking changes. */
  lint(request: LintRequest): Promise<LintReport>;
  /**
   * Runs exactly the previewed plan; refuses with code `plan-changed` if the state or a file has changed in
   * between.
   */
  run(preview: Preview, options: RunOptions): Promise<RunResult>;
  cancel(mode: CancelMode): Promise<void>;
  /** Ends the statement or the session that blocks the current run, and nothing else. */
  endSession(pid: number, how: SessionEnding): Promise<void>;
  journal(): Promise<readonly JournalEntry[]>;
  /** @param confirm the database's name as typed, for protected ones */
  resolveRevision(revision: string, as: Resolution, confirm?: string): Promise<void>;
  /**
   * Creates the migrations table if it does not exist; returns whether it did.
   * @param confirm the database's name as typed, for protected ones
   */
  ensureTable(confirm?: string): Promise<boolean>;
  /** The objects that `empty` would drop. */
  emptying(): Promise<Emptying>;
  /** Drops everything in an unprotected database, except extensions and migtui's journal. */
  empty(shown: Emptying): Promise<void>;
  /** The SQL script of a range or target. */
  script(request: PlanRequest): Promise<string>;
  effect(revision: string): Promise<readonly Effect[]>;
  /** Who added each revision, by revision; without those that git does not know. */
  authors(): Promise<Readonly<Record<string, Author>>>;
  /** Number of SQL statements in the upgrade of each revision; omitted if code must run to determine it. */
  sizes(): Promise<Readonly<Record<string, number>>>;
  /** The applied revisions in the other contexts of the config. Connects to their databases, read-only. */
  arrivals(): Promise<readonly Arrival[]>;
  /** Compares the live schema with the combined schema of the targets' lineages. */
  compare(targets: string | readonly string[]): Promise<Comparison>;
  /**
   * Checks versions, connection, privileges, shadow and tools.
   * @param pgDump path of pg_dump, if the settings contain one
   */
  doctor(pgDump?: string): Promise<DoctorReport>;
  check(kinds?: readonly FindingKind[]): Promise<CheckReport>;
  draftRevision(request: RevisionRequest): Promise<Draft>;
  /** Splits a revision that adds an enum value and uses it into two. */
  draftSplit(target: string): Promise<Draft>;
  /** The safe form of a pending head, as revisions on top of it; rehearsed. */
  draftFix(target: string): Promise<Draft>;
  draftMerge(request: MergeRequest): Promise<Draft>;
  draftRebase(request: RebaseRequest): Promise<Draft>;
  /** One revision that replaces a range of revisions, verified on the shadow. */
  draftSquash(request: SquashRequest): Promise<Draft>;
  draftAdopt(): Promise<Draft>;
  draftInit(): Promise<Draft>;
  rehearse(heads: readonly string[]): Promise<Rehearsal>;
  /**
   * Runs the steps of a plan on the shadow, undoes them and runs them again. The result is stored for plans
   * with the same revisions, files and database.
   * @param data also measure the steps on a copy of this; requires a shadow server
   */
  rehearsePlan(request: PlanRequest, data?: RehearsalData): Promise<PlanRehearsal>;
  /** The revisions that the current branch adds to those of a git ref. */
  diff(ref: string): Promise<BranchDiff>;
  /** The graph of the revisions on disk. */
  bake(): Promise<BakedGraph>;
  /** Tests the revisions on the shadow; requires no database. */
  test(request: TestRequest): Promise<TestReport>;
  write(draft: Draft): Promise<void>;
  close(): Promise<void>;
}

export type EngineEvent =
  /**
   * Output of the user's code or of migtui. The text is not sanitised; the code that displays it makes it
   * safe.
   */
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
  /** Long work other than a run: replaying on the shadow. */
  | { readonly type: 'task'; readonly text: string; readonly done: number; readonly total: number }
  /** The first steps of a long plan, before `preview` returns. */
  | { readonly type: 'plan-start'; readonly start: PlanStart }
  /** Waiting for a server that does not respond. Sent again every few seconds. */
  | ({ readonly type: 'waiting'; readonly at: string } & Waiting)
  /** Files or the database were changed by others. */
  | { readonly type: 'changed'; readonly what: 'files' | 'database' };

/** How an engine is opened. */
export interface EngineOptions {
  /** Absolute; the folder of package.json. */
  readonly root: string;
  readonly config?: string | undefined;
  readonly context?: string | undefined;
  /** Runs migrations in this schema, which has its own migrations table; default: the config's. */
  readonly schema?: string | undefined;
  /** Opens this target of the fleet, by its name: its context, database and schema. */
  readonly target?: string | undefined;
  readonly readOnly?: boolean | undefined;
  /**
   * The requirements for changing a database. True: its name; a context: its name in that context; a
   * protection: all its rules.
   */
  readonly protected?: boolean | readonly (string | Protection)[] | undefined;
  /**
   * Opened by CI, for protections that allow only CI to write. Default: the environment variable CI is set.
   */
  readonly ci?: boolean | undefined;
  /** The default transaction mode of plans; default: the MikroORM config's. */
  readonly transaction?: 'all' | 'each' | undefined;
  /** The conditions under which a run is refused. */
  readonly strict?: readonly StrictRule[] | undefined;
  /** Time limits for servers. */
  readonly network?: Omit<NetworkOptions, 'onWaiting'> | undefined;
  /** How findings are reported. */
  readonly lint?: LintSettings | undefined;
  /** PostgreSQL's lock_timeout of runs in ms, which affects the severity of a brief lock. Default 5,000. */
  readonly lockTimeout?: number | undefined;
  /** Report changes in the folder and the database. */
  readonly live?: boolean | undefined;
  /** Server URL for the shadow; default: PGlite in memory. */
  readonly shadow?: string | undefined;
  /**
   * Absolute path of SQL that is loaded into every shadow first: the schema of the database before its first
   * revision.
   */
  readonly baseline?: string | undefined;
  /** What comparisons of the live schema leave out. */
  readonly notCompared?: readonly ('owners' | 'grants')[] | undefined;
  /** The values that the project's code gets from `xArguments()` of `migtui/config`. */
  readonly x?: Readonly<Record<string, string>> | undefined;
}
