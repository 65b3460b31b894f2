import type { FailureInfo } from '../foundation/failure.ts';
import type { PlanRehearsal } from './rehearsal.ts';
import type { CancelMode, PlanRequest, Preview, RunEvent, RunOptions } from './run.ts';

/*
 * A fleet: many schemas, databases and contexts that one project's revisions are for.
 * Plain serialisable values: they cross the engine's process boundary and are printed by `--json`.
 */

/** Which of the targets are meant. */
export interface FleetChoice {
  /** Patterns of names such as `tenant_1*`; a target has to match one. */
  readonly only?: readonly string[] | undefined;
  /** A target has to have one of these tags. */
  readonly tags?: readonly string[] | undefined;
  /** So many of them at most, in the order of the fleet. */
  readonly limit?: number | undefined;
  /** One share of several, by a hash of the name: `index` counts from 1. */
  readonly shard?: { readonly index: number; readonly of: number } | undefined;
}

/** One schema, database or context. */
export interface FleetTarget {
  readonly name: string;
  readonly tags: readonly string[];
  /** Of the MikroORM config. */
  readonly context: string;
  /** Where it is, never with a password: `user@host/name`. */
  readonly database: string;
  /** The schema that its migrations run in; null: none in particular. */
  readonly schema: string | null;
}

/**
 * How a target stands. `ahead`: it has applied revisions without a file here; `half-way`: a revision without a
 * transaction started and never finished; `edited`: the file of an applied revision was changed; `drifted`: its
 * schema is not
 * that of the other targets at the same revision; `gone`: its schema is not there.
 */
export type FleetState =
  | 'unreachable'
  | 'gone'
  | 'half-way'
  | 'ahead'
  | 'edited'
  | 'drifted'
  | 'behind'
  | 'head';

/** A target with what its database says. */
export interface FleetRow extends FleetTarget {
  readonly state: FleetState;
  /** Applied revisions that no applied one follows. */
  readonly current: readonly string[];
  readonly applied: number;
  /** Not applied, of the revisions on disk. */
  readonly pending: number;
  /** Applied, without a file. */
  readonly missing: readonly string[];
  readonly edited: readonly string[];
  /** Revisions that stopped half-way. */
  readonly halfWay: readonly string[];
  /** Where it was compared and differs: how many at the same revisions are as most are; null: it does not differ. */
  readonly differsFrom: number | null;
  /** A run has its lock at this moment. */
  readonly running: boolean;
  /** Why it is not known how it stands. */
  readonly failure: FailureInfo | null;
}

/** How many targets stand at the same revisions. */
export interface FleetCount {
  readonly current: readonly string[];
  readonly targets: number;
}

/** Where every target of a fleet stands. */
export interface FleetStatus {
  /** The odd ones first. */
  readonly targets: readonly FleetRow[];
  /** The newest revisions first; targets whose revisions are not known are in none. */
  readonly counts: readonly FleetCount[];
  readonly states: Readonly<Record<FleetState, number>>;
  /** Heads of the files, by context. */
  readonly heads: Readonly<Record<string, readonly string[]>>;
  /** Schemas that were compared with others at the same revisions. */
  readonly compared: number;
  /** ISO 8601. */
  readonly at: string;
}

/** What is asked of a status. */
export interface FleetStatusRequest extends FleetChoice {
  /** Compare the schemas of targets at the same revision, too. */
  readonly drift?: boolean | undefined;
}

/** What a fleet is to do. */
export interface FleetPlanRequest {
  readonly choice: FleetChoice;
  readonly plan: PlanRequest;
  /** Instead of those of the settings. */
  readonly waves?: readonly FleetWave[] | undefined;
  /** How many targets run at once on a server; default: of the settings, else what its free connections allow. */
  readonly parallel?: number | undefined;
}

/** A part of a run: by number, by share, or by tags; all three undefined: what is left. */
export interface FleetWave {
  readonly name?: string | undefined;
  readonly targets?: number | undefined;
  readonly percent?: number | undefined;
  readonly tags?: readonly string[] | undefined;
}

/** Targets that need the same steps, and share one plan. */
export interface FleetGroup {
  /** Names, in the order in which they run. */
  readonly targets: readonly string[];
  /** As it is for the largest of them. */
  readonly preview: Preview;
  /** The target with the most data. */
  readonly largest: string;
  /** The largest table that the steps touch, over the whole group; null: none that has a size. */
  readonly table: {
    readonly target: string;
    readonly name: string;
    readonly bytes: number;
    readonly rows: number | null;
  } | null;
}

/** A target that is left out, and why. */
export interface FleetRefusal {
  readonly target: string;
  readonly failure: FailureInfo;
}

/** What a fleet is about to do, ready to be confirmed. */
export interface FleetPlan {
  /** Names this plan to `fleetRun`; the engine that made it knows it. */
  readonly id: string;
  readonly request: FleetPlanRequest;
  readonly groups: readonly FleetGroup[];
  readonly refused: readonly FleetRefusal[];
  /** Targets that are where they are to go. */
  readonly there: readonly string[];
  /** In their order, with the names of those who run. */
  readonly waves: readonly { readonly name: string; readonly targets: readonly string[] }[];
  /** Names of the databases that change. */
  readonly databases: readonly string[];
  readonly destructive: boolean;
  readonly protected: boolean;
}

/** How a run of a fleet goes about it. */
export interface FleetRunOptions {
  /** Of every target; no backups. */
  readonly run: Omit<RunOptions, 'whenChanged' | 'backup' | 'confirm'>;
  readonly onError?: 'stop' | 'continue' | 'pause' | undefined;
  /** Names of waves. */
  readonly pauseAfter?: readonly string[] | undefined;
  /** Percent of all targets. */
  readonly maxFailures?: number | undefined;
  /** A `paused` event is answered with `fleetContinue`; otherwise a pause ends the run. */
  readonly attended?: boolean | undefined;
  /** Names of protected databases, as they were typed. */
  readonly confirm?: readonly string[] | undefined;
}

/** `there`: it was where it was to go. */
export type FleetOutcome = 'done' | 'there' | 'failed' | 'not tried';

/** How one target ended. */
export interface FleetTargetResult {
  readonly target: string;
  readonly outcome: FleetOutcome;
  /** Steps that were done. */
  readonly steps: number;
  readonly ms: number;
  /** Of the journal; empty where nothing ran. */
  readonly run: string;
  readonly failure: FailureInfo | null;
}

/** How a run of a fleet ended. */
export interface FleetResult {
  readonly targets: readonly FleetTargetResult[];
  readonly counts: Readonly<Record<FleetOutcome, number>>;
  /** Failures with the same words, the most frequent first. */
  readonly errors: readonly { readonly failure: FailureInfo; readonly targets: readonly string[] }[];
  /** Why not all were tried; null: they were. */
  readonly stopped: string | null;
  readonly ms: number;
}

/** What happens in a run of a fleet. */
export type FleetEvent =
  | { readonly kind: 'wave'; readonly wave: string; readonly targets: number; readonly parallel: number }
  | { readonly kind: 'target'; readonly target: string }
  | { readonly kind: 'target-done'; readonly result: FleetTargetResult }
  /** The database has been asked how the targets of the wave stand now. */
  | {
      readonly kind: 'wave-done';
      readonly wave: string;
      readonly checked: number;
      readonly wrong: readonly FleetRefusal[];
    }
  /** The server is busy: fewer run at once from here on, or more again. */
  | { readonly kind: 'parallel'; readonly parallel: number; readonly reason: string }
  | { readonly kind: 'paused'; readonly after: string; readonly left: number }
  | { readonly kind: 'run'; readonly target: string; readonly event: RunEvent }
  | { readonly kind: 'finished'; readonly result: FleetResult };

/** Contexts of the config side by side: where each revision has arrived, and when. */
export interface FleetStages {
  readonly contexts: readonly {
    readonly name: string;
    readonly database: string;
    readonly failure: FailureInfo | null;
  }[];
  /** The newest first. `at` has one entry for each context; `applied` null: not known. */
  readonly revisions: readonly {
    readonly revision: string;
    readonly at: readonly { readonly applied: boolean | null; readonly at: string | null }[];
  }[];
}

/** How the plan of a group went on the shadow. */
export interface FleetRehearsal {
  readonly targets: readonly string[];
  /** Whose state was replayed. */
  readonly on: string;
  /** Null: it could not be rehearsed. */
  readonly rehearsal: PlanRehearsal | null;
  readonly failure: FailureInfo | null;
}

/** What is asked of a fleet; `EngineApi` has these methods. */
export interface FleetApi {
  /** Where every target stands. @throws Failure `no-targets` where there is none */
  fleetStatus(request: FleetStatusRequest): Promise<FleetStatus>;
  /** Every context of the config, side by side. */
  fleetStages(): Promise<FleetStages>;
  /** Rehearses the plan of each group once, on the shadow. */
  fleetRehearse(request: FleetPlanRequest): Promise<readonly FleetRehearsal[]>;
  /** What every target needs, in groups that need the same. @throws Failure `no-targets` */
  fleetPlan(request: FleetPlanRequest): Promise<FleetPlan>;
  /** Runs what `fleetPlan` has shown. @throws Failure `plan-changed` for a plan that this engine does not know */
  fleetRun(id: string, options: FleetRunOptions): Promise<FleetResult>;
  /** Answers a pause. */
  fleetContinue(go: boolean): Promise<void>;
  /** `after-step`: targets in progress finish, no others start; `rollback`: those at work are cancelled, too. */
  fleetCancel(mode: CancelMode): Promise<void>;
}
