/*
 * The public API: the pure graph of revisions, with Alembic's targets and plans.
 * Nothing here reads files, connects to a database or draws.
 */
export { Failure, type FailureInfo, type Problem } from './foundation/failure.ts';
export { RevisionGraph } from './revisions/graph.ts';
export type { Mark } from './revisions/marks.ts';
export type { Action, Plan, Step } from './revisions/plan.ts';
export { GraphError, type GraphProblem, type GraphProblemCode } from './revisions/problems.ts';
export type { Revision } from './revisions/revision.ts';
export { type TargetCode, TargetError } from './revisions/target-error.ts';
