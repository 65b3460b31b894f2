/*
 * The public API. For applications: whether the database is current. For scripts and tests: plans and runs.
 * Also the pure revision graph, with Alembic's targets and plans. Modules that connect or parse are loaded on
 * first use.
 */
export { createMigtui, type Migtui, type MigtuiOptions } from './application/migtui.ts';
export {
  type ApplicationStatus,
  type AssertOptions,
  assertCurrent,
  type StatusOptions,
  status,
} from './application/status.ts';
export type {
  Backup,
  BackupOptions,
  BakedGraph,
  Overview,
  PlanRequest,
  Preview,
  RunOptions,
  RunResult,
} from './engine/api.ts';
export { Failure, type FailureInfo, type Problem } from './foundation/failure.ts';
export { RevisionGraph } from './revisions/graph.ts';
export type { Mark } from './revisions/marks.ts';
export type { Action, Plan, Step } from './revisions/plans/plan.ts';
export { GraphError, type GraphProblem, type GraphProblemCode } from './revisions/problems.ts';
export type { Revision } from './revisions/revision.ts';
export { type TargetCode, TargetError } from './revisions/targets/target-error.ts';
