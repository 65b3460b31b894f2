import type { Links } from '../links.ts';
import { topological } from '../order.ts';
import { find } from '../targets/lookup.ts';
import { listed, TargetError } from '../targets/target-error.ts';
import { placesWhere, type State } from './state.ts';

/** A branch moved on top of another revision by rewriting the parents of its first revisions. */
export interface Rebase {
  /** The changes in the files, usually one revision. By name. */
  readonly rewrites: readonly { readonly revision: string; readonly revises: readonly string[] }[];
  /** Everything that then descends from the other revision, oldest first. */
  readonly moved: readonly string[];
}

/**
 * Finds the changes that move the branch of `branch`, from where it diverged from `onto`, on top of `onto`.
 * @throws TargetError `already-applied`, `overlapping-targets` if one already descends from the other, and
 * those of names
 */
export function rebaseOf(links: Links, branch: string, onto: string, state: State): Rebase {
  const { parents, children, needs, ids } = links;
  const [from, to] = [find(links, branch), find(links, onto)];
  const below = parents.reach([to]);
  const line = parents.reach([from]);
  const own = (place: number): boolean => line[place] === 1 && below[place] === 0;
  const roots = placesWhere(ids.length, place => own(place) && !parents.of(place).some(own));
  const moved = children.reach(roots);
  const needed = needs.reach([to]);
  const stuck = placesWhere(ids.length, place => moved[place] === 1 && needed[place] === 1);
  if (line[to] || roots.length === 0 || stuck.length > 0) {
    const [upper, lower] = line[to] ? [from, to] : [to, from];
    const message = `${ids[upper]} already follows ${ids[lower]}: there is nothing to rebase`;
    throw new TargetError('overlapping-targets', message, [ids[upper]!]);
  }
  const applied = placesWhere(ids.length, place => moved[place] === 1 && state.applied[place] === 1);
  if (applied.length > 0) {
    const names = applied.map(place => ids[place]!);
    const message =
      `${listed(names)} is applied here, and only a branch that is not applied can be moved: ` +
      `downgrade it first, rebase the other branch, or use \`migtui merge\``;
    throw new TargetError('already-applied', message, names);
  }
  return {
    rewrites: roots.map(place => ({ revision: ids[place]!, revises: [ids[to]!] })),
    moved: Array.from(topological(needs, links.neededBy, moved), place => ids[place]!),
  };
}
