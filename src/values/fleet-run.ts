import type { FailureInfo } from '../foundation/failure.ts';
import type { FleetChoice, FleetStages, FleetStatus, FleetStatusRequest } from './fleet.ts';
import type { PlanRehearsal } from './rehearsal.ts';
import type { CancelMode, PlanRequest, Preview, RunEvent, RunOptions } from './run.ts';

/* Plans and runs of a fleet, and their results. */

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
