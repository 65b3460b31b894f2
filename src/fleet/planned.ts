import type { MigrationSource } from '../project/sources.ts';
import type { Plan } from '../revisions/plan.ts';
import type { FleetGroup, FleetPlan } from '../values/fleet.ts';
import type { PlanRequest, Preview } from '../values/run.ts';
import type { Files, Site } from './sites.ts';
import type { Target } from './target.ts';
import type { Wave } from './waves.ts';

/** A target that has something to run. */
export interface PlannedTarget extends Target {
  readonly group: PlannedGroup;
  readonly applied: readonly string[];
}

/** A group with what its targets share. */
export interface PlannedGroup extends Omit<FleetGroup, 'targets'> {
  readonly files: Files;
  readonly targets: readonly PlannedTarget[];
}

/** A plan as the engine keeps it until it is run. */
export interface Planned {
  readonly plan: FleetPlan;
  readonly groups: readonly PlannedGroup[];
  readonly waves: readonly Wave<PlannedTarget>[];
}

/** The largest tables of a group, by name. */
export type Sizes = ReadonlyMap<
  string,
  { readonly target: string; readonly bytes: number; readonly rows: number | null }
>;

/** How single targets are planned: the engine's own way. */
export interface Planner {
  /** @throws Failure | TargetError */
  plan(files: Files, applied: readonly string[], request: PlanRequest): Plan;
  /**
   * The plan of one target with its SQL, findings and losses.
   * @param sizes of its tables, instead of its own
   * @param others schemas that are no targets, and may be referred to
   * @throws Failure, also for what the policy or the strict setting forbids
   */
  preview(
    site: Site,
    target: Target,
    request: PlanRequest,
    sizes: Sizes | null,
    others: readonly string[],
    confirm?: readonly string[],
  ): Promise<Preview>;
  /** Call it before the file of a revision is imported. @throws Failure `restart-needed` */
  importing(source: MigrationSource): void;
}
