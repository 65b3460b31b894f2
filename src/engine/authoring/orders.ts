import type { RevisionGraph } from '../../revisions/graph.ts';

/** One order: the branches, and the revisions in the order in which they run. */
export interface Order {
  readonly heads: readonly string[];
  readonly revisions: readonly string[];
}

interface Branch {
  readonly head: string;
  readonly revisions: readonly string[];
}

/** With up to this many branches, every order is rehearsed: 6 orders for 3. */
const all = 3;

/**
 * The orders to rehearse. With many branches not all of them: the given one, its reverse, and each branch
 * first and last. An order that a `dependsOn` forbids is omitted, with a note.
 */
export function ordersOf(
  graph: RevisionGraph,
  branches: readonly Branch[],
  base: readonly string[],
): { orders: Order[]; every: boolean; notes: string[] } {
  const notes: string[] = [];
  const chosen = branches.length <= all ? permutations(branches) : some(branches);
  if (branches.length > all) {
    notes.push(
      `Of ${branches.length} branches not every order was rehearsed: as given, reversed, and each branch first and last (${chosen.length} orders).`,
    );
  }
  const orders: Order[] = [];
  const forbidden = new Set<string>();
  for (const order of chosen) {
    const run = new Set(base);
    const revisions: string[] = [];
    for (const { revisions: own } of order) {
      for (const id of own) {
        if (run.has(id)) continue;
        for (const need of graph.needs(id)) if (!run.has(need)) forbidden.add(`${id} depends on ${need}`);
        run.add(id);
        revisions.push(id);
      }
    }
    if (isPossible(graph, base, revisions))
      orders.push({ heads: order.map(branch => branch.head), revisions });
  }
  for (const why of forbidden) notes.push(`${why}, so the orders that run it earlier were left out.`);
  return { orders, every: branches.length <= all, notes };
}

function isPossible(graph: RevisionGraph, base: readonly string[], revisions: readonly string[]): boolean {
  const run = new Set(base);
  for (const id of revisions) {
    if (graph.needs(id).some(need => !run.has(need))) return false;
    run.add(id);
  }
  return true;
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map(rest => [item, ...rest]),
  );
}

function some<T>(items: readonly T[]): T[][] {
  const without = (one: T): T[] => items.filter(item => item !== one);
  const orders = [
    [...items],
    items.toReversed(),
    ...items.flatMap(item => [
      [item, ...without(item)],
      [...without(item), item],
    ]),
  ];
  const seen = new Set<string>();
  return orders.filter(order => {
    const key = order.map(item => items.indexOf(item)).join();
    return !seen.has(key) && seen.add(key);
  });
}
