import { nothingToResolve } from '../../database/interrupted.ts';
import { Failure } from '../../foundation/failure.ts';
import { refuseOtherOrder } from '../../revisions/plans/applied-order.ts';
import type { Plan } from '../../revisions/plans/plan.ts';
import type { PlanRequest } from '../api.ts';
import type { Bookkeeping } from '../bookkeeping.ts';
import type { State } from '../session.ts';

/**
 * The steps of a request, for the current applied revisions.
 * @throws TargetError | Failure `one-target` | `nothing-to-settle`
 */
export function planFor(
  { graph, applied }: Pick<State, 'graph' | 'applied'>,
  { unsettled }: Pick<Bookkeeping, 'unsettled'>,
  { command, targets, purge, halfWay }: PlanRequest,
): Plan {
  const ids = [...applied.keys()];
  if (command === 'stamp') return graph.stamp(targets as string[], ids, { purge: purge === true });
  if (command === 'upgrade') return graph.upgrade(targets as string[], ids);
  const [target, ...more] = targets;
  if (target === undefined || more.length > 0) {
    throw new Failure({
      code: 'one-target',
      message: 'A downgrade takes one target.',
      next: 'Specify one, such as -1 or base.',
    });
  }
  if (!halfWay) {
    const plan = graph.downgrade(target, ids);
    refuseOtherOrder(
      target,
      plan,
      ids.filter(id => graph.has(id)),
    );
    return plan;
  }
  if (!unsettled.some(({ revision }) => revision === target)) throw nothingToResolve(target, unsettled);
  const rest = ids.filter(id => id !== target);
  return { steps: [{ revision: target, action: 'down' }], tips: graph.current(rest) };
}
