import { Failure } from '../../foundation/failure.ts';
import type { Project } from '../../project/project.ts';
import type { Step } from '../../revisions/plans/plan.ts';
import type { SqlPreview } from '../api.ts';
import { isBookkeeping } from './steps.ts';

/**
 * MikroORM runs a migration in a schema only inside a transaction; outside, the search_path would not be
 * reliable.
 * @param sql of each step
 * @throws Failure `schema-needs-transaction` before anything runs, if MikroORM would stop at that revision
 */
export function refuseOutsideSchema(
  { schema, options }: Pick<Project, 'schema' | 'options'>,
  steps: readonly Step[],
  sql: readonly SqlPreview[],
): void {
  if (schema === null) return;
  const alone = steps
    .filter(
      ({ action }, index) =>
        !isBookkeeping(action) && !(options.transactional !== false && sql[index]?.transactional),
    )
    .map(({ revision }) => revision);
  if (alone.length === 0) return;
  throw new Failure({
    code: 'schema-needs-transaction',
    message: `MikroORM runs migrations in a schema only inside a transaction, and without one run: ${alone.join(', ')}.`,
    next: `Let them run in a transaction, or qualify names in their SQL with the schema ${schema} and run them without --schema (migrations.schema).`,
    candidates: alone,
  });
}
