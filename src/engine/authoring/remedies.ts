import type { Rehearsal, Remedy } from '../../values/authoring.ts';

type Order = Pick<Rehearsal['orders'][number], 'heads' | 'failed'>;

/**
 * The possible solutions for several heads, according to their rehearsal. A merge revision allows any order
 * on each database, so every order must run and give the same schema. A rebase allows one order: the lower
 * branch, then the one on top.
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
    // An order that a dependency forbids was not rehearsed, and no rebase can produce it.
    const order = orders.find(one => one.heads.join() === [onto, branch].join());
    if (!order || !branch || !onto) return [];
    return [{ kind: 'rebase', branch, onto, ok: order.failed === null, failed: order.failed }];
  });
  return [merge, ...rebases];
}
