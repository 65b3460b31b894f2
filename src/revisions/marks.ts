import type { Links } from './links.ts';
import { type State, tipsOf } from './plans/state.ts';

/**
 * The marks that Alembic prints after a revision: an `effective head` has no child, but another revision
 * depends on it.
 */
export type Mark = 'head' | 'effective head' | 'current' | 'branchpoint' | 'mergepoint';

/** The marks of every revision that has some, in Alembic's order. */
export function marksOf(links: Links, state: State): Map<string, Mark[]> {
  const current = new Uint8Array(links.ids.length);
  for (const tip of tipsOf(links, state.applied)) current[tip] = 1;
  const all = new Map<string, Mark[]>();
  for (const [place, id] of links.ids.entries()) {
    const marks: Mark[] = [];
    if (links.neededBy.count(place) === 0) marks.push('head');
    else if (links.children.count(place) === 0) marks.push('effective head');
    if (current[place]) marks.push('current');
    if (links.children.count(place) > 1) marks.push('branchpoint');
    if (links.parents.count(place) > 1) marks.push('mergepoint');
    if (marks.length > 0) all.set(id, marks);
  }
  return all;
}
