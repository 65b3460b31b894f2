import type {
  Author,
  Backup,
  Batch,
  BranchDiff,
  CheckFinding,
  CheckReport,
  Comparison,
  DatabaseInfo,
  DoctorReport,
  Draft,
  Emptying,
  FailureInfo,
  Finding,
  FleetEvent,
  FleetPlan,
  FleetRehearsal,
  FleetRow,
  FleetStages,
  FleetStatus,
  JournalEntry,
  LintReport,
  Look,
  PlanRehearsal,
  PlanRequest,
  PolicyCheck,
  ProjectInfo,
  Rehearsal,
  RevisionRow,
  RunResult,
  Settlement,
  SqlPreview,
  StepResult,
  TestReport,
  Warning,
} from '../engine/api.ts';
import type { Action } from '../revisions/plan.ts';

/*
 * The types of what `--json` prints. docs/schemas is generated from them (`node scripts/json-schemas.ts`), and
 * docs/json.md describes them. Fields may be added; none may go or change its meaning.
 */

/** What every command prints instead when it fails. */
export interface ErrorAnswer {
  readonly error: FailureInfo;
}

/** One revision, in every list of revisions. */
export interface RevisionAnswer extends Omit<RevisionRow, 'state'> {
  /** Null while it is not known what is applied. */
  readonly state: RevisionRow['state'] | null;
}

/** What `history -v` says of a revision beside its row: the columns of the app's History pane. */
export interface HistoryFacts {
  /** Who added it, by git; null where git does not know. */
  readonly author: Author | null;
  /** How long its last upgrade took, by the journal, ms; null where that does not say. */
  readonly ms: number | null;
  /** How many SQL statements its upgrade has; null where code has to run to know. */
  readonly statements: number | null;
  /** In which other contexts of the config it is applied; null: not asked for. */
  readonly contexts: readonly string[] | null;
}

/** A revision of `history`; the further fields with `-v` or `--contexts`. */
export interface HistoryAnswer extends RevisionAnswer, Partial<HistoryFacts> {}

/** A revision that several others revise. */
export interface BranchpointAnswer extends RevisionAnswer {
  /** The revisions that revise it. */
  readonly children: readonly string[];
}

/** The SQL of one direction of a revision. */
export type SqlAnswer = Pick<SqlPreview, 'sql' | 'complete' | 'note' | 'transactional'>;

/** One revision and what it does. */
export interface ShowAnswer extends RevisionAnswer {
  readonly source: string | null;
  readonly up: SqlAnswer;
  readonly down: SqlAnswer;
  readonly author: Author | null;
  readonly findings: readonly Finding[];
}

/** What `status` knows without the database. */
interface KnownStatus
  extends Pick<Look, 'heads' | 'edited' | 'unsettled' | 'problems' | 'journal' | 'notes' | 'at'> {
  readonly database: Omit<DatabaseInfo, 'failure'>;
  readonly outOfOrder: readonly string[];
  readonly project: ProjectInfo;
}

/** Where the database stands. */
export interface StatusAnswer
  extends KnownStatus,
    Pick<Look, 'current' | 'applied' | 'pending' | 'missing'> {}

/** A status with something wrong: what is applied is left out where it cannot be read. */
export interface BrokenStatusAnswer
  extends KnownStatus,
    ErrorAnswer,
    Partial<Pick<Look, 'current' | 'applied' | 'pending' | 'missing'>> {}

/** A step of a plan. */
export interface PlanStepAnswer extends SqlAnswer {
  readonly revision: string;
  readonly action: Action;
  /** Of a squashed revision: the ids whose rows come or go with its own. */
  readonly with?: readonly string[];
  /** Index into `batches`. */
  readonly batch: number;
  readonly losses: readonly string[];
  readonly findings: readonly Finding[];
}

/** A plan: what `--plan` prints. */
export interface PlanAnswer {
  readonly steps: readonly PlanStepAnswer[];
  readonly tips: readonly string[];
  readonly command: PlanRequest['command'];
  readonly targets: readonly string[];
  readonly batches: readonly Batch[];
  readonly warnings: readonly Warning[];
  readonly fingerprint: string;
  readonly destructive: boolean;
  readonly protected: boolean;
  readonly policy: readonly PolicyCheck[];
  readonly measured: PlanRehearsal['measured'];
  readonly database: { readonly name: string; readonly label: string; readonly schema: string | null };
}

/** The plan of a stamp, with what would bring the live schema to what the log will say. */
export interface StampPlanAnswer extends PlanAnswer {
  /** Null where it was not compared; left out with `--no-compare`. */
  readonly comparison?: Comparison | null;
  /** Why it was not compared. */
  readonly notCompared?: string;
}

/** How a run ended. */
export interface RunAnswer extends Pick<RunResult, 'tips' | 'run' | 'cancelled' | 'unsettled' | 'appliedBy'> {
  readonly steps: readonly StepResult[];
  readonly backup?: Backup;
  /** Why it failed. */
  readonly error?: FailureInfo;
}

/** An SQL script: what `--sql` prints. */
export interface ScriptAnswer {
  readonly sql: string;
}

/** What `fresh --plan` would drop. */
export interface FreshPlanAnswer extends Emptying {
  readonly database: { readonly name: string; readonly label: string };
}

/** A file that a draft makes, changes or removes. */
export interface FileAnswer {
  readonly path: string;
  readonly change: 'create' | 'change' | 'remove';
  /** Unified diff. */
  readonly diff: string;
}

/** What the commands that write files print. */
export interface DraftAnswer
  extends Pick<Draft, 'kind' | 'revision' | 'notes' | 'warnings' | 'findings' | 'squash'> {
  readonly files: readonly FileAnswer[];
  readonly written: boolean;
}

/** A new revision. */
export interface RevisionDraftAnswer extends DraftAnswer {
  /** With `--from-drift`: the revision that the database was stamped with. */
  readonly stamped?: string | null;
}

/** A merge that was written, or that there is nothing to merge. */
export interface MergeAnswer extends DraftAnswer {
  /** Null where it was not possible; left out where there is nothing to merge. */
  readonly rehearsal?: Rehearsal | null;
  /** The heads, where there is nothing to merge. */
  readonly heads?: readonly string[];
}

/** A merge that was refused for a conflict. */
export interface MergeConflictAnswer extends ErrorAnswer {
  readonly rehearsal: Rehearsal;
}

/** What `check` found. */
export interface CheckAnswer extends Omit<CheckReport, 'findings' | 'notCompared'> {
  readonly findings: readonly CheckFinding[];
  /** What a comparison with the live database leaves out, in words; null where there was none. */
  readonly notCompared: string | null;
}

/** How a wait ended. */
export interface WaitAnswer {
  /** Everything up to the target is applied. */
  readonly reached: boolean;
  readonly for: string;
  /** What is not applied yet; null while that is not known. */
  readonly pending: readonly string[] | null;
  /** Why it is not known. */
  readonly reason: string | null;
  readonly waitedMs: number;
}

/** Targets of a fleet that are not in order. */
export interface FleetCheckAnswer {
  readonly clean: boolean;
  readonly targets: readonly FleetRow[];
  readonly checked: number;
  readonly compared: number;
}

/** The graph that `bake` wrote, or compared with the file. */
export interface BakeAnswer {
  readonly file: string;
  /** How many. */
  readonly revisions: number;
  readonly upToDate: boolean;
  readonly written: boolean;
}

/** What each command prints with `--json` when it does not fail, by the command's name. */
export interface Answers {
  status: StatusAnswer | BrokenStatusAnswer;
  current: readonly RevisionAnswer[];
  history: readonly HistoryAnswer[];
  heads: readonly RevisionAnswer[];
  branches: readonly BranchpointAnswer[];
  show: ShowAnswer | readonly ShowAnswer[];
  pending: readonly RevisionAnswer[];
  journal: readonly JournalEntry[];
  wait: WaitAnswer;
  upgrade: PlanAnswer | RunAnswer | ScriptAnswer;
  downgrade: PlanAnswer | RunAnswer | ScriptAnswer;
  stamp: StampPlanAnswer | RunAnswer | ScriptAnswer;
  undo: PlanAnswer | RunAnswer;
  redo: PlanAnswer | RunAnswer;
  settle: { readonly revision: string; readonly settlement: Settlement } | PlanAnswer | RunAnswer;
  'ensure-version': { readonly table: string; readonly made: boolean };
  fresh: FreshPlanAnswer | RunAnswer;
  'fleet status': FleetStatus;
  'fleet check': FleetCheckAnswer;
  'fleet stages': FleetStages;
  'fleet rehearse': readonly FleetRehearsal[];
  /** A plan, or one of the lines of a run. */
  'fleet upgrade': FleetPlan | FleetEvent;
  'fleet downgrade': FleetPlan | FleetEvent;
  'fleet stamp': FleetPlan | FleetEvent;
  init: DraftAnswer;
  revision: RevisionDraftAnswer;
  create: RevisionDraftAnswer;
  merge: MergeAnswer | Rehearsal | MergeConflictAnswer;
  squash: DraftAnswer;
  adopt: DraftAnswer;
  edit: { readonly id: string; readonly file: string; readonly editor: string };
  check: CheckAnswer;
  lint: LintReport | DraftAnswer;
  diff: BranchDiff;
  rehearse: PlanRehearsal;
  test: TestReport;
  bake: BakeAnswer;
  doctor: DoctorReport;
}

/** What any command may print. */
export type Answer = Answers[keyof Answers] | ErrorAnswer;
