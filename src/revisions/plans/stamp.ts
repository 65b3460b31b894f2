import { lineageOf } from '../lineage.ts';
import { type Links, namesOf } from '../links.ts';
import { topological } from '../order.ts';
import { rowsWith } from '../squash.ts';
import { parse } from '../targets/grammar.ts';
import { branchOf, resolveTarget } from '../targets/target.ts';
import type { Plan, Step } from './plan.ts';
import { type State, tipsOf } from './state.ts';
import { refuseOverlap } from './upgrade.ts';

/**
 * Changes log rows only: the current revisions in the lineage of the targets are replaced by the targets;
 * others stay. Follows Alembic's `_stamp_revs`. With several targets each one replaces its own lineage;
 * Alembic crashes there or loses one that was already current.
 */
export function planStamp(links: Links, targets: readonly string[], state: State, purge: boolean): Plan {
  const resolved = targets.map(target => ({ target, places: resolveTarget(links, target, state) }));
  const places = new Set(resolved.flatMap(one => one.places));
  if (targets.length > 1) refuseOverlap(links, [...places]);

  const staying = new Set(purge ? [] : tipsOf(links, state.applied));
  for (const one of resolved) {
    const left = leavingFor(links, one.target, one.places, [...staying]);
    for (const tip of left) if (!places.has(tip)) staying.delete(tip);
  }
  const after = links.needs.reach(staying).map((one, place) => one & state.applied[place]!);
  const wanted = links.needs.reach(places);
  for (let place = 0; place < after.length; place++) after[place]! |= wanted[place]!;

  const emptied =
    purge || (targets.some(target => parse(links, target).symbol === 'base') && staying.size === 0);
  return {
    steps: [...(emptied ? unlogged(state.missing) : []), ...rows(links, state, after)],
    tips: namesOf(links, tipsOf(links, after)),
  };
}

/** The current revisions that a target replaces: those of its lineage, dependencies included, and of its label's. */
function leavingFor(
  links: Links,
  target: string,
  places: readonly number[],
  tips: readonly number[],
): number[] {
  const { branch } = parse(links, target);
  const anchors = branch === undefined ? places : [...places, branchOf(links, branch)];
  if (anchors.length === 0) return [...tips];
  const lineage = lineageOf(links, anchors, 'needs');
  const leaving = tips.filter(tip => lineage[tip]);
  if (places.length === 0) return leaving;
  const moved = lineageOf(links, places, 'needs');
  const there = new Set(places);
  return leaving.some(tip => moved[tip] && !there.has(tip)) ? leaving : [];
}

/** The differences between two sets: removed rows first, children first, then added rows, parents first. */
function rows(links: Links, { applied: before, logged }: State, after: Uint8Array): Step[] {
  const inOrder = (members: Uint8Array): string[] =>
    namesOf(links, topological(links.needs, links.neededBy, members));
  const out = inOrder(before.map((one, place) => one & ~after[place]!)).reverse();
  const into = inOrder(after.map((one, place) => one & ~before[place]!));
  const row =
    (action: 'log' | 'unlog') =>
    (revision: string): Step => ({
      revision,
      action,
      ...rowsWith(links.squashes, logged, revision, action),
    });
  return [...out.map(row('unlog')), ...into.map(row('log'))];
}

function unlogged(ids: readonly string[]): Step[] {
  return ids.map(revision => ({ revision, action: 'unlog' }));
}
