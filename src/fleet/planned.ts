import type { MigrationSource } from '../project/files/migration-source.ts';
import type { Plan } from '../revisions/plans/plan.ts';
import type { FleetGroup, FleetPlan } from '../values/fleet-run.ts';
import type { PlanRequest, Preview } from '../values/run.ts';
import type { Files, FleetDatabase } from './databases.ts';
import type { Target } from './target.ts';
import type { Wave } from './waves.ts';

/** A target with steps to run. */
export interface PlannedTarget extends Target {
  readonly group: PlannedGroup;
  readonly applied: readonly string[];
}

/** A group and its shared data. */
export interface PlannedGroup extends Omit<FleetGroup, 'targets'> {
  readonly files: Files;
  readonly targets: readonly PlannedTarget[];
}

/** A plan as the engine keeps it until it runs. */
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

/** How single targets are planned: implemented by the engine. */
export interface Planner {
  /** @throws Failure | TargetError */
  plan(files: Files, applied: readonly string[], request: PlanRequest): Plan;
  /**
   * The plan of one target with its SQL, findings and data loss.
   * @param sizes of its tables, instead of its own
   * @param others schemas that are not targets, and may be referred to
   * @throws Failure, also if the policy or the strict setting forbids it
   */
  preview(
    site: FleetDatabase,
    target: Target,
    request: PlanRequest,
    sizes: Sizes | null,
    others: readonly string[],
    confirm?: readonly string[],
  ): Promise<Preview>;
  /** Call this before the file of a revision is imported. @throws Failure `restart-needed` */
  importing(source: MigrationSource): void;
}
