import { hashOf } from '../foundation/hash-of.ts';
import { xArguments } from '../project/config/x-arguments.ts';
import type { Plan } from '../revisions/plans/plan.ts';
import type { Preview } from '../values/run.ts';

/** The parts of a preview that determine where and how it runs. */
type Place = Pick<Preview, 'batches' | 'databaseName' | 'schema'>;

/**
 * Identifies the inputs and the effects of a preview: the applied revisions, the plan, the file of each
 * step, its transactions, the database, the schema and the arguments for the project's code (`-x`).
 * @param applied logged ids, in any order
 * @param checksums by revision id; a class of a `migrationsList` has none
 * @returns SHA-256, hex
 */
export function fingerprintOf(
  applied: Iterable<string>,
  plan: Plan,
  checksums: ReadonlyMap<string, string | null>,
  { batches, databaseName, schema }: Place,
): string {
  const value = [
    [...applied].sort(),
    plan.steps.map(({ revision, action, with: others }) => [
      revision,
      action,
      checksums.get(revision) ?? null,
      ...(others ?? []),
    ]),
    plan.tips,
    batches.map(({ transactional, steps }) => [transactional, steps]),
    databaseName,
    schema,
    // What the SQL of a revision may depend on.
    ...Object.entries(xArguments()).sort(([a], [b]) => (a < b ? -1 : 1)),
  ];
  return hashOf(value);
}
