import { addressOf } from '../../database/connect/address.ts';
import type { PolicyCheck, Preview, RunOptions } from '../api.ts';
import type { RehearsalRecord } from '../planning/rehearsal-records.ts';
import type { Session, State } from '../session.ts';
import { checkPolicy, refuseByPolicy, timeOf } from './check.ts';
import type { Facts } from './rules.ts';

/**
 * The policy of the database, checked for a plan.
 * @param options of the run; undefined: not known yet
 */
export async function policyFor(
  { project, protections, ci }: Session,
  database: State['database'],
  { request, plan, steps }: Pick<Preview, 'request' | 'plan' | 'steps'>,
  rehearsal: RehearsalRecord | null,
  options?: RunOptions,
): Promise<readonly PolicyCheck[]> {
  if (protections.length === 0) return [];
  const runs = plan.steps.some(({ action }) => action === 'up' || action === 'down');
  const migrating: Facts['migrating'] = runs
    ? { rehearsal, findings: steps.flatMap(({ findings }) => findings), halfWay: request.halfWay }
    : null;
  return checkPolicy(protections, {
    now: await timeOf(database),
    ci,
    database: addressOf(project).name,
    migrating,
    ...(options && { confirm: options.confirm, backup: options.backup !== undefined }),
  });
}

/**
 * For changes to the database other than running migrations.
 * @param confirm the database's name as typed
 * @throws Failure `policy`
 */
export async function refuseChange(
  { project, protections, ci }: Session,
  database: State['database'],
  confirm: string | undefined,
): Promise<void> {
  if (protections.length === 0) return;
  const { name } = addressOf(project);
  refuseByPolicy(
    name,
    checkPolicy(protections, { now: await timeOf(database), ci, database: name, confirm, migrating: null }),
  );
}
