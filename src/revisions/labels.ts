import type { Links } from './links.ts';

/**
 * Labels from several sources: a revision's own, and the sets it was built from. Shared, so memory stays
 * linear.
 */
interface Gathered {
  readonly own: readonly string[];
  readonly from: readonly Gathered[];
}

/**
 * The labels of each revision after inheritance: from the declaration to all descendants, and to ancestors up
 * to a branch point or a merge point (Alembic's `_add_branches`).
 */
export class LabelSpread {
  readonly #above: (Gathered | undefined)[];
  readonly #below: (Gathered | undefined)[];

  constructor(links: Links) {
    const { order, parents, children, neededBy, revisions } = links;
    this.#above = new Array(order.length);
    this.#below = new Array(order.length);
    if (links.labels.size === 0) return;
    const declared = (place: number): string[] =>
      revisions[place]!.labels.filter(label => links.labels.get(label) === place);
    for (const place of order) {
      this.#above[place] = gather(
        declared(place),
        Array.from(parents.of(place), parent => this.#above[parent]),
      );
    }
    // A revision passes labels to its parents unless it is a branch or merge point, and the parent must not
    // be one either.
    const passes = (place: number): boolean => neededBy.count(place) < 2 && parents.count(place) < 2;
    for (let at = order.length - 1; at >= 0; at--) {
      const place = order[at]!;
      const [child] = children.of(place);
      if (child === undefined || !passes(place) || !passes(child)) continue;
      this.#below[place] = gather(declared(child), [this.#below[child]]);
    }
  }

  /** All labels that reach this revision, by name. */
  of(place: number): string[] {
    const labels = new Set<string>();
    const todo = [this.#above[place], this.#below[place]];
    const seen = new Set<Gathered>();
    while (todo.length > 0) {
      const one = todo.pop();
      if (!one || seen.has(one)) continue;
      seen.add(one);
      for (const label of one.own) labels.add(label);
      for (const source of one.from) todo.push(source);
    }
    return [...labels].sort();
  }
}

function gather(own: readonly string[], from: readonly (Gathered | undefined)[]): Gathered | undefined {
  const some = [...new Set(from)].filter(one => one !== undefined);
  if (own.length === 0 && some.length < 2) return some[0];
  return { own, from: some };
}
