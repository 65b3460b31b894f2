import { lineageOf } from '../lineage.ts';
import { type Links, namesOf } from '../links.ts';
import { topological } from '../order.ts';
import type { State } from '../plans/state.ts';
import { parse } from './grammar.ts';
import { branchOf, resolveParts } from './target.ts';
import { TargetError } from './target-error.ts';
import { BASE, walkDown, walkUp } from './walk.ts';

/** A range of the history, for `history` and SQL scripts. */
export interface Range {
  /** Its start; empty: base. */
  readonly lower: readonly string[];
  /** Its end. */
  readonly upper: readonly string[];
  /** The revisions between them, inclusive, oldest first. */
  readonly revisions: readonly string[];
}

/**
 * Parses `a:b`, `a:` (to the heads) and `:b` (from base). A bare `-N` before the colon counts down from the
 * end, and a bare `+N` after it counts up from the start. Follows Alembic's `iterate_revisions`.
 * @throws TargetError `bad-range`, and those of the targets
 */
export function rangeOf(links: Links, text: string, state: State | undefined): Range {
  const [from, to, more] = text.split(':').map(end => end.trim());
  if (from === undefined || to === undefined || more !== undefined) {
    throw new TargetError('bad-range', `"${text}" is not a range: write from:to, from: or :to`);
  }
  const start = { ...parse(links, from || 'base'), atMost: true };
  const end = { ...parse(links, to || 'heads'), atMost: true };
  const counted = start.symbol === undefined && end.symbol !== undefined;
  let lower = counted ? [] : resolveParts(links, start, state);
  let upper: number[];
  if (end.symbol === undefined && start.symbol !== undefined) {
    upper = based(walkUp(links, only(links, lower, text) ?? BASE, end, branch(links, end.branch)));
  } else upper = resolveParts(links, end, state);
  if (counted) {
    lower = based(walkDown(links, only(links, upper, text) ?? BASE, start));
  }
  const inside = branch(links, start.branch);
  if (inside) upper = upper.filter(place => inside[place]);
  const members = between(links, lower, upper, text);
  const names = (places: readonly number[]): string[] => namesOf(links, places);
  return {
    lower: names(lower),
    upper: names(upper),
    revisions: names([...topological(links.needs, links.neededBy, members)]),
  };
}

function between(links: Links, lower: readonly number[], upper: readonly number[], text: string): Uint8Array {
  const members = links.needs.reach(upper);
  if (lower.length === 0) return members;
  const outside = lower.find(place => !members[place]);
  if (outside !== undefined) {
    const message = `"${text}": ${links.ids[outside]} is not an ancestor of the end; write the older one first`;
    throw new TargetError('bad-range', message);
  }
  const below = links.needs.reach(lower);
  const above = links.children.reach(lower);
  for (let place = 0; place < members.length; place++) members[place]! &= above[place]! & ~below[place]!;
  for (const place of lower) members[place] = 1;
  return members;
}

function branch(links: Links, name: string | undefined): Uint8Array | undefined {
  return name === undefined ? undefined : lineageOf(links, [branchOf(links, name)]);
}

function only(links: Links, places: readonly number[], text: string): number | undefined {
  if (places.length < 2) return places[0];
  const names = namesOf(links, places);
  throw new TargetError(
    'ambiguous-walk',
    `"${text}" could count from any of ${names.join(', ')}: specify one`,
    names,
  );
}

function based(place: number): number[] {
  return place === BASE ? [] : [place];
}
