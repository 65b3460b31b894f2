import { logRowSql } from '../../database/ledger.ts';
import { cutBatches } from '../../database/run/batches.ts';
import { Failure, type Problem } from '../../foundation/failure.ts';
import type { Action, Plan, Step } from '../../revisions/plans/plan.ts';
import type { Batch, SqlPreview } from '../api.ts';
import { cannotLoad, loadProblem } from '../loading.ts';
import type { Session, State } from '../session.ts';

/** A step that writes or removes a log row and runs nothing. */
export const isBookkeeping = (action: Action): action is 'log' | 'unlog' =>
  action === 'log' || action === 'unlog';

/**
 * The statements of each step of a plan, in its order.
 * @throws Failure `missing-revision` for a step whose file is missing; `migration-broken` with every file
 * that cannot be
 *   loaded; `no-down` if the plan downgrades a revision that has none
 */
export async function stepsSql(
  session: Session,
  known: Pick<State, 'byId'>,
  { steps }: Plan,
): Promise<SqlPreview[]> {
  const broken: Problem[] = [];
  const sql = await Promise.all(
    steps.map(step =>
      stepSql(session, known, step).catch((error: unknown): SqlPreview => {
        broken.push(loadProblem(step.revision, error));
        return { sql: [], complete: false, note: null, transactional: true };
      }),
    ),
  );
  if (broken.length > 0) throw cannotLoad(broken);
  refuseIrreversible(steps, sql);
  return sql;
}

/** The transactions of a plan, according to the MikroORM config or `override`. */
export function batchesOf(
  { project, dialect }: Session,
  { steps }: Plan,
  sql: readonly SqlPreview[],
  override: 'all' | 'each' | undefined,
): Batch[] {
  const { transactional = true, allOrNothing = true } = project.options;
  return cutBatches(
    steps.map((step, index) => ({ ...step, transactional: sql[index]?.transactional ?? true })),
    { transactional: transactional && dialect.rollsBackSchema, allOrNothing, override },
  );
}

function refuseIrreversible(steps: readonly Step[], sql: readonly SqlPreview[]): void {
  const stuck = steps.filter((_, index) => sql[index]?.irreversible).map(step => step.revision);
  if (stuck.length === 0) return;
  throw new Failure({
    code: 'no-down',
    message: `These cannot be undone: ${stuck.join(', ')} ${stuck.length > 1 ? 'have' : 'has'} no down().`,
    next: 'Write the down(), or undo the changes by hand and stamp.',
    candidates: stuck,
  });
}

async function stepSql(session: Session, { byId }: Pick<State, 'byId'>, step: Step): Promise<SqlPreview> {
  const { table } = session;
  const { revision, action } = step;
  if (isBookkeeping(action)) {
    const name = session.project.orm.em.getPlatform().quoteIdentifier('name');
    return { sql: [logRowSql(table, step, name)], complete: true, note: null, transactional: true };
  }
  const source = byId.get(revision);
  if (!source) {
    throw new Failure({
      code: 'missing-revision',
      message: `Can't locate revision ${revision}: ${action === 'down' ? 'it is applied, and ' : ''}its file is missing.`,
      next:
        action === 'down'
          ? 'Restore the file from version control, or stamp the database to a revision that exists.'
          : 'Restore the file from version control.',
    });
  }
  return session.record(source, action);
}
