import type { Rehearsal, Remedy } from '../../values/authoring.ts';

type Order = Pick<Rehearsal['orders'][number], 'heads' | 'failed'>;

/**
 * What can be done about heads, as their rehearsal judges it. A merge revision leaves the order to each database, so
 * every order has to run and to give the same schema. A rebase leaves one order: the branch below, then the one on top.
 */
export function remediesOf(
  heads: readonly string[],
  orders: readonly Order[],
  verdict: Rehearsal['verdict'],
): Remedy[] {
  const failing = orders.find(({ failed }) => failed !== null);
  const merge: Remedy = {
    kind: 'merge',
    branch: null,
    onto: null,
    ok: verdict === 'fits' || verdict === 'overlaps',
    failed: failing?.failed ?? null,
  };
  if (heads.length !== 2) return [merge];
  const rebases = [heads, heads.toReversed()].flatMap(([onto, branch]): Remedy[] => {
    // an order that a dependency forbids was not rehearsed, and no rebase can make it
    const order = orders.find(one => one.heads.join() === [onto, branch].join());
    if (!order || !branch || !onto) return [];
    return [{ kind: 'rebase', branch, onto, ok: order.failed === null, failed: order.failed }];
  });
  return [merge, ...rebases];
}
