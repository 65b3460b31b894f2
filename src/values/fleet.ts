import type { FailureInfo } from '../foundation/failure.ts';
import type { PlanRehearsal } from './rehearsal.ts';
import type { CancelMode, PlanRequest, Preview, RunEvent, RunOptions } from './run.ts';

/*
 * A fleet: the schemas, databases and contexts that share one project's revisions. Plain serializable values:
 * they cross the engine's process boundary and are printed by `--json`.
 */

/** A selection of targets. */
export interface FleetChoice {
  /** Name patterns such as `tenant_1*`; a target must match one of them. */
  readonly only?: readonly string[] | undefined;
  /** Tags; a target must have one of them. */
  readonly tags?: readonly string[] | undefined;
  /** Maximum number of targets, in the order of the fleet. */
  readonly limit?: number | undefined;
  /** One share of several, by a hash of the name: `index` counts from 1. */
  readonly shard?: { readonly index: number; readonly of: number } | undefined;
}

/** One schema, database or context. */
export interface FleetTarget {
  readonly name: string;
  readonly tags: readonly string[];
  /** A context of the MikroORM config. */
  readonly context: string;
  /** The address, without a password: `user@host/name`. */
  readonly database: string;
  /** The schema in which its migrations run; null: the default. */
  readonly schema: string | null;
}

/** The states of targets, most severe first. */
export const fleetStates = [
  'unreachable',
  'gone',
  'half-way',
  'ahead',
  'edited',
  'drifted',
  'behind',
  'head',
] as const;

/**
 * The state of a target. `ahead`: it has applied revisions without a file here; `half-way` (interrupted): a revision
 * without a transaction was interrupted; `edited`: the file of an applied revision was changed; `drifted`:
 * its schema differs from the other targets at the same revision; `gone`: its schema does not exist.
 */
export type FleetState = (typeof fleetStates)[number];

/** A target with its status from the database. */
export interface FleetRow extends FleetTarget {
  readonly state: FleetState;
  /** Applied revisions that no other applied revision revises. */
  readonly current: readonly string[];
  readonly applied: number;
  /** Pending revisions on disk. */
  readonly pending: number;
  /** Applied, without a file. */
  readonly missing: readonly string[];
  readonly edited: readonly string[];
  /** Interrupted revisions. */
  readonly halfWay: readonly string[];
  /**
   * If it was compared and differs: the number of targets at the same revisions that form the majority; null:
   * it does not differ.
   */
  readonly differsFrom: number | null;
  /** A run currently holds its lock. */
  readonly running: boolean;
  /** Why its state is unknown. */
  readonly failure: FailureInfo | null;
}

/** Every state that fits a target whose revisions are known, except `head`; most severe first. */
export function problemsOf({
  halfWay,
  missing,
  edited,
  differsFrom,
  pending,
}: Pick<FleetRow, 'halfWay' | 'missing' | 'edited' | 'differsFrom' | 'pending'>): readonly FleetState[] {
  const found: FleetState[] = [];
  if (halfWay.length > 0) found.push('half-way');
  if (missing.length > 0) found.push('ahead');
  if (edited.length > 0) found.push('edited');
  if (differsFrom !== null) found.push('drifted');
  if (pending > 0) found.push('behind');
  return found;
}

/** The number of targets at the same revisions. */
export interface FleetCount {
  readonly current: readonly string[];
  readonly targets: number;
}

/** The status of every target in a fleet. */
export interface FleetStatus {
  /** Targets with problems first. */
  readonly targets: readonly FleetRow[];
  /** Newest revisions first. Targets with unknown revisions are in none of the groups. */
  readonly counts: readonly FleetCount[];
  readonly states: Readonly<Record<FleetState, number>>;
  /** Heads in the files, by context. */
  readonly heads: Readonly<Record<string, readonly string[]>>;
  /** Number of schemas that were compared with others at the same revisions. */
  readonly compared: number;
  /** ISO 8601. */
  readonly at: string;
}

/** The number of targets at the same revisions, in the order of the rows. Unknown revisions do not count. */
export function countRevisions(rows: readonly FleetRow[]): readonly FleetCount[] {
  const counts = new Map<string, { current: readonly string[]; targets: number }>();
  for (const { current, state } of rows) {
    if (state === 'unreachable' || state === 'gone') continue;
    const key = JSON.stringify(current);
    const count = counts.get(key) ?? { current, targets: 0 };
    count.targets++;
    counts.set(key, count);
  }
  return [...counts.values()];
}

/** The number of targets in each state. */
export function countStates(rows: readonly FleetRow[]): Readonly<Record<FleetState, number>> {
  const counts = Object.fromEntries(fleetStates.map(state => [state, 0])) as Record<FleetState, number>;
  for (const { state } of rows) counts[state]++;
  return counts;
}

/** Options of a status request. */
export interface FleetStatusRequest extends FleetChoice {
  /** Also compare the schemas of targets at the same revision. */
  readonly drift?: boolean | undefined;
}

/** A request to change a fleet. */
export interface FleetPlanRequest {
  readonly choice: FleetChoice;
  readonly plan: PlanRequest;
  /** Overrides the targets of the settings. */
  readonly waves?: readonly FleetWave[] | undefined;
  /**
   * Number of targets that run at once on a server; default: from the settings, or as many as its free
   * connections allow.
   */
  readonly parallel?: number | undefined;
}

/** A part of a run: by number, by share, or by tags; if all three are undefined, the remaining targets. */
export interface FleetWave {
  readonly name?: string | undefined;
  readonly targets?: number | undefined;
  readonly percent?: number | undefined;
  readonly tags?: readonly string[] | undefined;
}

/** The names of waves in order, with the one of the remaining targets. */
export function waveNames(waves: readonly FleetWave[]): readonly string[] {
  return [...waves.map(({ name }, at) => name ?? `wave ${at + 1}`), 'rest'];
}

/** Targets that need the same steps and share one plan. */
export interface FleetGroup {
  /** Names, in the order in which they run. */
  readonly targets: readonly string[];
  /** The plan for the largest target. */
  readonly preview: Preview;
  /** The target with the most data. */
  readonly largest: string;
  /** The largest table in the group that the steps use; null if no table has a known size. */
  readonly table: {
    readonly target: string;
    readonly name: string;
    readonly bytes: number;
    readonly rows: number | null;
  } | null;
}

/** A target that is skipped, and why. */
export interface FleetRefusal {
  readonly target: string;
  readonly failure: FailureInfo;
}

/** A fleet plan, ready to be confirmed. */
export interface FleetPlan {
  /** Identifies this plan in `fleetRun`; only the engine that made it knows it. */
  readonly id: string;
  readonly request: FleetPlanRequest;
  readonly groups: readonly FleetGroup[];
  readonly refused: readonly FleetRefusal[];
  /** Targets that are already up to date. */
  readonly there: readonly string[];
  /** In order, with the names of their targets. */
  readonly waves: readonly { readonly name: string; readonly targets: readonly string[] }[];
  /** Names of the databases that will change. */
  readonly databases: readonly string[];
  readonly destructive: boolean;
  readonly protected: boolean;
}

/** The number of targets in these waves. */
export const targetsIn = (waves: readonly { readonly targets: readonly unknown[] }[]): number =>
  waves.reduce((sum, { targets }) => sum + targets.length, 0);

/** How a fleet runs. */
export interface FleetRunOptions {
  /** Options of every target's run; a backup is taken of each target. */
  readonly run: Omit<RunOptions, 'whenChanged' | 'confirm'>;
  readonly onError?: 'stop' | 'continue' | 'pause' | undefined;
  /** Names of waves. */
  readonly pauseAfter?: readonly string[] | undefined;
  /** Percent of all targets. */
  readonly maxFailures?: number | undefined;
  /** Pauses send a `paused` event that is answered with `fleetContinue`. If false, a pause ends the run. */
  readonly interactive?: boolean | undefined;
  /** Names of protected databases, as typed. */
  readonly confirm?: readonly string[] | undefined;
}

/** The outcomes of targets, in the order in which they are listed. */
export const fleetOutcomes = ['done', 'there', 'failed', 'not tried'] as const;

/** `there`: it was already up to date. */
export type FleetOutcome = (typeof fleetOutcomes)[number];

/** The result of one target. */
export interface FleetTargetResult {
  readonly target: string;
  readonly outcome: FleetOutcome;
  /** The completed steps. */
  readonly steps: number;
  readonly ms: number;
  /** The run in the journal; empty if nothing ran. */
  readonly run: string;
  readonly failure: FailureInfo | null;
}

/** The result of a fleet run. */
export interface FleetResult {
  readonly targets: readonly FleetTargetResult[];
  readonly counts: Readonly<Record<FleetOutcome, number>>;
  /** Failures grouped by message, most frequent first. */
  readonly errors: readonly { readonly failure: FailureInfo; readonly targets: readonly string[] }[];
  /** Why not all targets were tried; null if they were. */
  readonly stopped: string | null;
  readonly ms: number;
}

/** The events of a fleet run. */
export type FleetEvent =
  | { readonly kind: 'wave'; readonly wave: string; readonly targets: number; readonly parallel: number }
  | { readonly kind: 'target'; readonly target: string }
  | { readonly kind: 'target-done'; readonly result: FleetTargetResult }
  /** The current state of the wave's targets was read from their databases. */
  | {
      readonly kind: 'wave-done';
      readonly wave: string;
      readonly checked: number;
      readonly wrong: readonly FleetRefusal[];
    }
  /** The server is busy, so fewer targets run at once from now on; or more again. */
  | { readonly kind: 'parallel'; readonly parallel: number; readonly reason: string }
  /** What applies to the whole run. */
  | { readonly kind: 'notice'; readonly message: string }
  | { readonly kind: 'paused'; readonly after: string; readonly left: number }
  | { readonly kind: 'run'; readonly target: string; readonly event: RunEvent }
  | { readonly kind: 'finished'; readonly result: FleetResult };

/** The contexts of the config side by side: which revision is applied where, and since when. */
export interface FleetStages {
  readonly contexts: readonly {
    readonly name: string;
    readonly database: string;
    readonly failure: FailureInfo | null;
  }[];
  /** Newest first. `at` has one entry for each context; `applied` is null if unknown. */
  readonly revisions: readonly {
    readonly revision: string;
    readonly at: readonly { readonly applied: boolean | null; readonly at: string | null }[];
  }[];
}

/** The rehearsal of a group's plan on the shadow. */
export interface FleetRehearsal {
  readonly targets: readonly string[];
  /** The target whose state was replayed. */
  readonly on: string;
  /** Null if it could not be rehearsed. */
  readonly rehearsal: PlanRehearsal | null;
  readonly failure: FailureInfo | null;
}

/** The fleet methods of `EngineApi`. */
export interface FleetApi {
  /** The status of every target. @throws Failure `no-targets` if there are none */
  fleetStatus(request: FleetStatusRequest): Promise<FleetStatus>;
  /** Every context of the config, side by side. */
  fleetStages(): Promise<FleetStages>;
  /** Rehearses the plan of each group once, on the shadow. A refused target is a group of its own. */
  fleetRehearse(request: FleetPlanRequest): Promise<readonly FleetRehearsal[]>;
  /** The required steps of every target, in groups with the same steps. @throws Failure `no-targets` */
  fleetPlan(request: FleetPlanRequest): Promise<FleetPlan>;
  /** Runs a plan from `fleetPlan`. @throws Failure `plan-changed` if this engine does not know the plan */
  fleetRun(id: string, options: FleetRunOptions): Promise<FleetResult>;
  /** Answers a pause. */
  fleetContinue(go: boolean): Promise<void>;
  /**
   * `after-step`: targets in progress finish and no others start. `rollback`: targets in progress are
   * cancelled too.
   */
  fleetCancel(mode: CancelMode): Promise<void>;
}
