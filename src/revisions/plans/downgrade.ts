import { basesOf } from '../lineage.ts';
import { type Links, namesOf } from '../links.ts';
import { topological } from '../order.ts';
import { rowsWith } from '../squash.ts';
import { parse, type TargetParts } from '../targets/grammar.ts';
import { branchOf, currentIn, downFromCurrent, resolveAbsolute, walkFromSymbol } from '../targets/target.ts';
import { cannotLocate, listed, TargetError } from '../targets/target-error.ts';
import { BASE } from '../targets/walk.ts';
import type { Plan, Step } from './plan.ts';
import { type State, tipsOf } from './state.ts';

/** The destination of a downgrade: a revision (or BASE), restricted to the children that lead to `branch`. */
interface Destination {
  readonly place: number;
  readonly branch: number | undefined;
}

/**
 * The applied descendants of the target, children first; the target stays. Revisions that only depend on the
 * target stay too. Follows Alembic's `_collect_downgrade_revisions`.
 */
export function planDowngrade(links: Links, target: string, state: State): Plan {
  const parts = parse(links, target);
  const merge = mergeToUndo(links, parts, state);
  const destination =
    merge === undefined ? destinationOf(links, parts, state) : { place: merge, branch: undefined };
  const roots = merge === undefined ? rootsOf(links, destination, parts) : [merge];
  const dependents = links.neededBy.reach(roots);
  const leaving = dependents.map((one, place) => one & state.applied[place]!);
  refuseMissing(links, destination, leaving, state, target);
  const order = topological(links.needs, links.neededBy, leaving);
  if (order.length === 0) refuseNothing(links, destination.place, state, target);
  const steps = Array.from(order, (place): Step => {
    const revision = links.ids[place]!;
    return { revision, action: 'down', ...rowsWith(links.squashes, state.logged, revision, 'down') };
  }).reverse();
  const after = state.applied.map((one, place) => one & ~leaving[place]!);
  return { steps, tips: namesOf(links, tipsOf(links, after)) };
}

/**
 * The current merge revision that `-1` undoes alone, leaving its parents current; undefined if `-1` is an
 * ordinary step. Alembic refuses that step as ambiguous.
 */
function mergeToUndo(links: Links, parts: TargetParts, state: State): number | undefined {
  if (parts.symbol !== undefined || parts.steps !== -1) return undefined;
  const from = currentIn(links, parts, state);
  return links.parents.count(from) > 1 ? from : undefined;
}

/**
 * Follows Alembic's `_parse_downgrade_target`: an absolute target is found anywhere; its label only selects
 * the branch.
 */
function destinationOf(links: Links, parts: TargetParts, state: State): Destination {
  const { symbol, steps, text } = parts;
  const branch = parts.branch === undefined ? undefined : branchOf(links, parts.branch);
  if (steps === undefined) {
    const places = resolveAbsolute(links, { ...parts, branch: undefined }, state);
    if (places.length < 2) return { place: places[0] ?? BASE, branch };
    const names = namesOf(links, places);
    const message = `"${text}" is several revisions, ${listed(names)}, but a downgrade has one target: specify it`;
    throw new TargetError('multiple-heads', message, names);
  }
  if (symbol !== undefined) return { place: walkFromSymbol(links, parts, state), branch };
  if (steps >= 0) {
    const message = `"${text}" is not a downgrade target: use -N; to upgrade, use \`migtui upgrade ${text}\``;
    throw new TargetError('wrong-direction', message);
  }
  const { place, from } = downFromCurrent(links, parts, state);
  return { place, branch: branch ?? from };
}

/**
 * The revisions to start with: the children of the destination, or the roots; with several, only those of the
 * branch.
 */
function rootsOf(links: Links, { place, branch }: Destination, { text }: TargetParts): number[] {
  const roots = place === BASE ? basesOf(links) : [...links.children.of(place)];
  if (branch === undefined || roots.length < 2) return roots;
  const below = links.parents.reach([branch]);
  const own = roots.filter(root => below[root]);
  if (own.length > 0) return own;
  const names = namesOf(links, roots);
  const message =
    `"${text}" is ambiguous between ${listed(names)}: ` +
    `write \`${names[0]}@${place === BASE ? 'base' : links.ids[place]}\`, or omit the label for all of them`;
  throw new TargetError('not-in-branch', message, names);
}

/** Nothing is applied above the destination: correct if it is current, otherwise an error. */
function refuseNothing(links: Links, place: number, state: State, target: string): void {
  if (place === BASE || tipsOf(links, state.applied).includes(place)) return;
  const name = links.ids[place]!;
  const message = state.applied[place]
    ? `nothing that revises ${name} is applied; current revisions only depend on it. Specify what to undo, such as <label>@-1`
    : `${name} is not applied, so nothing can be downgraded to it; see \`migtui current\``;
  throw new TargetError('nothing-to-downgrade', `"${target}": ${message}`, [name]);
}

/**
 * An applied revision without a file cannot be undone. It blocks the downgrade if its name sorts after the
 * revision that stays or after the first one that is undone; on the way to base it always does.
 */
function refuseMissing(
  links: Links,
  to: Destination,
  leaving: Uint8Array,
  state: State,
  target: string,
): void {
  const first = to.place === BASE ? leaving.indexOf(1) : to.place;
  const all = to.place === BASE && to.branch === undefined;
  if (!all && !leaving.includes(1)) return;
  const inTheWay = state.missing.filter(id => all || id > links.ids[first]!);
  if (inTheWay.length === 0) return;
  throw cannotLocate(inTheWay, `"${target}" cannot undo it`);
}
