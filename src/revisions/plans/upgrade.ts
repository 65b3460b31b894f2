import { type Links, namesOf } from '../links.ts';
import { topological } from '../order.ts';
import { rowsWith } from '../squash.ts';
import { parse } from '../targets/grammar.ts';
import { resolveAbsolute, upFromCurrent, walkFromSymbol } from '../targets/target.ts';
import { listed, TargetError } from '../targets/target-error.ts';
import { BASE } from '../targets/walk.ts';
import type { Plan, Step } from './plan.ts';
import { type State, tipsOf } from './state.ts';

/**
 * The requirements of the targets that are not applied yet. Afterwards the applied set includes the targets
 * and all their ancestors.
 */
export function planUpgrade(links: Links, targets: readonly string[], state: State): Plan {
  const places = [...new Set(targets.flatMap(target => upgradeTarget(links, target, state)))];
  refuseOverlap(links, places);
  const wanted = links.needs.reach(places);
  const missing = wanted.map((one, place) => one & ~state.applied[place]!);
  const after = wanted.map((one, place) => one | state.applied[place]!);
  const steps = Array.from(topological(links.needs, links.neededBy, missing), (place): Step => {
    const revision = links.ids[place]!;
    return { revision, action: 'up', ...rowsWith(links.squashes, state.logged, revision, 'up') };
  });
  return {
    steps: [...impliedRows(links, wanted, state), ...steps],
    tips: namesOf(links, tipsOf(links, after)),
  };
}

/** The rows of squashed revisions that count as applied because all replaced revisions are. */
function impliedRows(links: Links, wanted: Uint8Array, { applied, logged }: State): Step[] {
  return [...links.squashes.folded.keys()]
    .filter(id => {
      const place = links.places.get(id);
      return place !== undefined && wanted[place] === 1 && applied[place] === 1 && !logged.has(id);
    })
    .sort()
    .map(id => ({ revision: id, action: 'log', ...rowsWith(links.squashes, logged, id, 'log') }));
}

/** Refuses targets if one requires another, like Alembic. @throws TargetError `overlapping-targets` */
export function refuseOverlap(links: Links, places: readonly number[]): void {
  if (places.length < 2) return;
  const below = links.needs.reach(places.flatMap(place => [...links.needs.of(place)]));
  const covered = namesOf(
    links,
    places.filter(place => below[place]),
  );
  if (covered.length === 0) return;
  const rest = namesOf(links, places).filter(id => !covered.includes(id));
  const message = `${listed(covered)} is already included in ${listed(rest)}: omit it`;
  throw new TargetError('overlapping-targets', message, rest);
}

function upgradeTarget(links: Links, target: string, state: State): number[] {
  const parts = parse(links, target);
  if (parts.steps === undefined) return resolveAbsolute(links, parts, state);
  if (parts.symbol !== undefined) {
    const place = walkFromSymbol(links, parts, state);
    if (place !== BASE) return [place];
    throw new TargetError('past-base', `"${target}" is base, but an upgrade goes up: specify a revision`);
  }
  if (parts.steps > 0) return [upFromCurrent(links, parts, state)];
  const message = `"${target}" is not an upgrade target: use +N; to downgrade, use \`migtui downgrade ${target}\``;
  throw new TargetError('wrong-direction', message);
}
