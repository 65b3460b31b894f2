import type { Links } from './links.ts';
import { placesWhere } from './plans/state.ts';

/** Revisions that none revises. Ascending. */
export function headsOf({ children }: Links): number[] {
  return placesWhere(children.nodes, place => children.count(place) === 0);
}

/** Heads that no other revision depends on. Ascending. */
export function realHeadsOf({ neededBy }: Links): number[] {
  return placesWhere(neededBy.nodes, place => neededBy.count(place) === 0);
}

/** Revisions that revise none (roots). Ascending. */
export function basesOf({ parents }: Links): number[] {
  return placesWhere(parents.nodes, place => parents.count(place) === 0);
}

/**
 * Revisions with all their ancestors and descendants: 1 at each. By `revises`, optionally also by
 * `dependsOn`.
 */
export function lineageOf(
  links: Links,
  places: readonly number[],
  how: 'revises' | 'needs' = 'revises',
): Uint8Array {
  const [down, up] = how === 'needs' ? [links.needs, links.neededBy] : [links.parents, links.children];
  const lineage = down.reach(places);
  const above = up.reach(places);
  for (let place = 0; place < above.length; place++) lineage[place]! |= above[place]!;
  return lineage;
}
