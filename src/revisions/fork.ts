import type { Links } from './links.ts';
import { topological } from './order.ts';
import { placesWhere } from './plans/state.ts';
import { find } from './targets/lookup.ts';
import { listed, TargetError } from './targets/target-error.ts';

/** Where several revisions diverge: the branches that a merge joins. */
export interface Fork {
  /** The nearest common ancestors by `revises`; empty if there are none. Sorted by name. */
  readonly ancestors: readonly string[];
  /** Each revision with its ancestors that are not common to all, including itself, in plan order. */
  readonly branches: readonly { readonly head: string; readonly revisions: readonly string[] }[];
}

/**
 * Finds where revisions, given by name or part of a name, diverge.
 * @throws TargetError `overlapping-targets` if one is an ancestor of another, `unknown-target`,
 * `ambiguous-target`
 */
export function forkOf(links: Links, heads: readonly string[]): Fork {
  const { parents, children, ids } = links;
  const places = [...new Set(heads.map(head => find(links, head)))];
  const below = parents.reach(places.flatMap(place => [...parents.of(place)]));
  const covered = places.filter(place => below[place]).map(place => ids[place]!);
  if (covered.length > 0) {
    const message = `${listed(covered)} is an ancestor of another of these: there is nothing to merge, omit it`;
    throw new TargetError('overlapping-targets', message, covered);
  }
  const counts = new Uint32Array(ids.length);
  for (const place of places) {
    const closure = parents.reach([place]);
    for (let one = 0; one < counts.length; one++) counts[one]! += closure[one]!;
  }
  const shared = (place: number): boolean => counts[place] === places.length;
  const nearest = placesWhere(ids.length, place => shared(place) && !children.of(place).some(shared));
  return {
    ancestors: nearest.map(place => ids[place]!),
    branches: places.map(place => {
      const own = parents
        .reach([place])
        .map((one, at) => (one === 1 && (places.length === 1 || !shared(at)) ? 1 : 0));
      const order = topological(links.needs, links.neededBy, own);
      return { head: ids[place]!, revisions: Array.from(order, at => ids[at]!) };
    }),
  };
}
