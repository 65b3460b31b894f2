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
  Overview,
  PlanRehearsal,
  PlanRequest,
  PolicyCheck,
  ProjectInfo,
  Rehearsal,
  Resolution,
  RevisionRow,
  RunResult,
  SqlPreview,
  StepResult,
  TestReport,
  Warning,
} from '../engine/api.ts';
import type { Action } from '../revisions/plans/plan.ts';

/*
 * The types of the `--json` output. docs/schemas is generated from them (`node scripts/json-schemas.ts`), and
 * docs/json.md describes them. New fields may be added; existing ones must not be removed or change their
 * meaning.
 */

/** The output of every command that fails. */
export interface ErrorAnswer {
  readonly error: FailureInfo;
}

/** One revision, in every list of revisions. */
export interface RevisionAnswer extends Omit<RevisionRow, 'state'> {
  /** Null if the applied revisions are unknown. */
  readonly state: RevisionRow['state'] | null;
}

/** Additional fields of `history -v`: the columns of the app's History pane. */
export interface HistoryFacts {
  /** Who added it, from git; null if unknown. */
  readonly author: Author | null;
  /** How long its last upgrade took, from the journal, ms; null if unknown. */
  readonly ms: number | null;
  /** Number of SQL statements in its upgrade; null if code must run to determine it. */
  readonly statements: number | null;
  /** The other contexts of the config in which it is applied; null: not requested. */
  readonly contexts: readonly string[] | null;
}

/** A revision of `history`; the additional fields require `-v` or `--contexts`. */
export interface HistoryAnswer extends RevisionAnswer, Partial<HistoryFacts> {}

/** A revision that several others revise (a branch point). */
export interface BranchpointAnswer extends RevisionAnswer {
  /** The revisions that revise it. */
  readonly children: readonly string[];
}

/** The SQL of one direction of a revision. */
export type SqlAnswer = Pick<SqlPreview, 'sql' | 'complete' | 'note' | 'transactional'>;

/** One revision and its SQL. */
export interface ShowAnswer extends RevisionAnswer {
  readonly source: string | null;
  readonly up: SqlAnswer;
  readonly down: SqlAnswer;
  readonly author: Author | null;
  readonly findings: readonly Finding[];
}

/** The part of `status` that does not need the database. */
interface KnownStatus
  extends Pick<Overview, 'heads' | 'edited' | 'unsettled' | 'problems' | 'journal' | 'notes' | 'at'> {
  readonly database: Omit<DatabaseInfo, 'failure'>;
  readonly outOfOrder: readonly string[];
  readonly project: ProjectInfo;
}

/** The status of the database. */
export interface StatusAnswer
  extends KnownStatus,
    Pick<Overview, 'current' | 'applied' | 'pending' | 'missing'> {}

/** A status with an error: the applied revisions are omitted if they cannot be read. */
export interface BrokenStatusAnswer
  extends KnownStatus,
    ErrorAnswer,
    Partial<Pick<Overview, 'current' | 'applied' | 'pending' | 'missing'>> {}

/** A step of a plan. */
export interface PlanStepAnswer extends SqlAnswer {
  readonly revision: string;
  readonly action: Action;
  /** For a squashed revision: the ids whose rows are written or deleted with its own. */
  readonly with?: readonly string[];
  /** Index into `batches`. */
  readonly batch: number;
  readonly losses: readonly string[];
  readonly findings: readonly Finding[];
}

/** A plan: the output of `--plan`. */
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

/** The plan of a stamp, with the changes that would make the live schema match the stamped revisions. */
export interface StampPlanAnswer extends PlanAnswer {
  /** Null if it was not compared; omitted with `--no-compare`. */
  readonly comparison?: Comparison | null;
  /** Why it was not compared. */
  readonly notCompared?: string;
}

/** The result of a run. */
export interface RunAnswer
  extends Pick<RunResult, 'tips' | 'tipsUnknown' | 'run' | 'cancelled' | 'unsettled' | 'appliedBy'> {
  readonly steps: readonly StepResult[];
  readonly backup?: Backup;
  /** Why it failed. */
  readonly error?: FailureInfo;
}

/** An SQL script: the output of `--sql`. */
export interface ScriptAnswer {
  readonly sql: string;
}

/** The objects that `fresh` would drop. */
export interface FreshPlanAnswer extends Emptying {
  readonly database: { readonly name: string; readonly label: string };
}

/** A file that a draft creates, changes or removes. */
export interface FileAnswer {
  readonly path: string;
  readonly change: 'create' | 'change' | 'remove';
  /** Unified diff. */
  readonly diff: string;
}

/** The output of the commands that write files. */
export interface DraftAnswer
  extends Pick<Draft, 'kind' | 'revision' | 'notes' | 'warnings' | 'findings' | 'squash'> {
  readonly files: readonly FileAnswer[];
  readonly written: boolean;
}

/** A new revision. */
export interface RevisionDraftAnswer extends DraftAnswer {
  /** With `--from-drift`: the revision that was stamped in the database. */
  readonly stamped?: string | null;
}

/** The merge that was written, or the result if there is nothing to merge. */
export interface MergeAnswer extends DraftAnswer {
  /** Null if it was not possible; omitted if there is nothing to merge. */
  readonly rehearsal?: Rehearsal | null;
  /** The heads, if there is nothing to merge. */
  readonly heads?: readonly string[];
}

/** A merge that was refused because of a conflict. */
export interface MergeConflictAnswer extends ErrorAnswer {
  readonly rehearsal: Rehearsal;
}

/** The result of `check`. */
export interface CheckAnswer extends Omit<CheckReport, 'findings' | 'notCompared'> {
  readonly findings: readonly CheckFinding[];
  /** Description of what the comparison with the live database leaves out; null if there was none. */
  readonly notCompared: string | null;
}

/** The result of a wait. */
export interface WaitAnswer {
  /** Everything up to the target is applied. */
  readonly reached: boolean;
  readonly for: string;
  /** The pending revisions; null while they are unknown. */
  readonly pending: readonly string[] | null;
  /** Why they are unknown. */
  readonly reason: string | null;
  readonly waitedMs: number;
}

/** Fleet targets with problems. */
export interface FleetCheckAnswer {
  readonly clean: boolean;
  readonly targets: readonly FleetRow[];
  readonly checked: number;
  readonly compared: number;
}

/** The graph that `bake` wrote, or compared with the file. */
export interface BakeAnswer {
  readonly file: string;
  /** Number of revisions. */
  readonly revisions: number;
  readonly upToDate: boolean;
  readonly written: boolean;
}

/** The `--json` output of each command on success, by the command's name. */
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
  resolve: { readonly revision: string; readonly settlement: Resolution } | PlanAnswer | RunAnswer;
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

/** The output of any command. */
export type Answer = Answers[keyof Answers] | ErrorAnswer;
