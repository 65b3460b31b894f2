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
  for (let place = 0; place < links.ids.length; place++) {
    const children = links.children.count(place);
    const parents = links.parents.count(place);
    if (children === 1 && parents < 2 && !current[place]) continue;
    const marks: Mark[] = [];
    if (links.neededBy.count(place) === 0) marks.push('head');
    else if (children === 0) marks.push('effective head');
    if (current[place]) marks.push('current');
    if (children > 1) marks.push('branchpoint');
    if (parents > 1) marks.push('mergepoint');
    if (marks.length > 0) all.set(links.ids[place]!, marks);
  }
  return all;
}
