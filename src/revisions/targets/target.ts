import type { Edges } from '../edges.ts';
import { headsOf, lineageOf, realHeadsOf } from '../lineage.ts';
import { type Links, namesOf, RESERVED } from '../links.ts';
import { placesWhere, type State, tipsOf } from '../plans/state.ts';
import { parse, type TargetParts } from './grammar.ts';
import { exactly, find, unknown } from './lookup.ts';
import { cannotLocate, listed, TargetError } from './target-error.ts';
import { BASE, walkDown, walkUp } from './walk.ts';

/** The indexes of an absolute or relative target; empty: base. Relative to current if `state` is known. */
export function resolveTarget(links: Links, text: string, state: State | undefined): number[] {
  return resolveParts(links, parse(links, text), state);
}

/** The same for a parsed target. */
export function resolveParts(links: Links, parts: TargetParts, state: State | undefined): number[] {
  const { branch, symbol, steps } = parts;
  if (steps === undefined) return resolveAbsolute(links, parts, state);
  if (symbol === undefined) {
    if (steps > 0) return [upFromCurrent(links, parts, state)];
    if (state) return based(downFromCurrent(links, parts, state).place);
    // Without a database, Alembic interprets a bare -N as N below each head.
    const inside = branchLineage(links, branch);
    const heads = realHeadsOf(links).filter(head => !inside || inside[head]);
    return [...new Set(heads.flatMap(head => based(walkDown(links, head, parts))))];
  }
  return based(walkFromSymbol(links, parts, state));
}

/** `<label>@head` and similar targets, names and parts of names. */
export function resolveAbsolute(links: Links, parts: TargetParts, state: State | undefined): number[] {
  const { branch, symbol = '' } = parts;
  const inside = branchLineage(links, branch);
  const within = (place: number): boolean => !inside || inside[place] === 1;
  if (exactly(links, symbol) === undefined) {
    if (symbol === 'base') return [];
    if (symbol === 'heads') return inside ? headsOf(links).filter(within) : realHeadsOf(links);
    if (symbol === 'current') return state ? tipsOf(links, state.applied).filter(within) : [];
    if (symbol === 'head') {
      const heads = headsOf(links).filter(within);
      if (heads.length > 1) throw multipleHeads(links, parts, heads);
      return heads;
    }
  }
  if (state?.missing.includes(symbol)) throw cannotLocate([symbol], `"${parts.text}" is not a target`);
  const place = find(links, symbol, inside);
  if (!within(place)) {
    const message = `${links.ids[place]} is not in the branch of ${branch}: omit "${branch}@", or use a revision of that branch`;
    throw new TargetError('not-in-branch', message, [links.ids[place]!]);
  }
  return [place];
}

/** The revision that names a branch: the one that declares the label, or any revision. */
export function branchOf(links: Links, branch: string): number {
  try {
    return find(links, branch);
  } catch (error) {
    if (error instanceof TargetError && error.code === 'unknown-target') {
      if (RESERVED.has(branch)) {
        throw new TargetError(
          'unknown-target',
          `"${branch}" is not a branch: the label or revision comes first, as in <label>@head`,
          [],
        );
      }
      throw unknown(links, branch, 'branch label or revision');
    }
    throw error;
  }
}

/** `<label>@+N`, `+N`: up from current, inside the branch. Follows Alembic's `_parse_upgrade_target`. */
export function upFromCurrent(links: Links, parts: TargetParts, state: State | undefined): number {
  const { branch, text } = parts;
  const inside = branchLineage(links, branch);
  const applied = state?.applied ?? new Uint8Array(links.ids.length);
  let starts = tipsOf(links, applied);
  if (inside) {
    starts = starts.filter(place => inside[place]);
    if (starts.length === 0)
      starts = tipsWithin(
        links.neededBy,
        applied.map((one, place) => one & inside[place]!),
        inside,
      );
  }
  if (starts.length > 1) {
    const open = starts.filter(place => links.children.of(place).some(child => !inside || inside[child]));
    throw severalCurrent(links, starts, text, open);
  }
  return walkUp(links, starts[0] ?? BASE, parts, inside);
}

/**
 * `<label>@-N`, `-N`: down from current, inside the branch. `from` is the start. Follows Alembic's
 * `_parse_downgrade_target`; with several current revisions it fails, whereas Alembic takes any of them.
 */
export function downFromCurrent(
  links: Links,
  parts: TargetParts,
  state: State,
): { place: number; from: number } {
  const from = currentIn(links, parts, state);
  return { place: walkDown(links, from, parts), from };
}

/**
 * The current revision from which `<label>@-N` or `-N` counts.
 * @throws TargetError `ambiguous-walk` if there are several, `past-base` if there is none
 */
export function currentIn(links: Links, { branch, text }: TargetParts, state: State): number {
  const inside = branchLineage(links, branch);
  let starts = tipsOf(links, state.applied);
  if (inside) {
    starts = starts.filter(place => inside[place]);
    if (starts.length === 0) starts = tipsWithin(links.children, state.applied, inside);
  }
  if (starts.length > 1) throw severalCurrent(links, starts, text);
  const [from] = starts;
  if (from === undefined) {
    const where =
      branch === undefined ? 'nothing is applied' : `nothing of the branch of ${branch} is applied`;
    throw new TargetError('past-base', `"${text}" goes below base: ${where}`);
  }
  return from;
}

/** `<target>+N` and `<target>-N`: an index, or BASE. */
export function walkFromSymbol(links: Links, parts: TargetParts, state: State | undefined): number {
  const { branch, symbol = '', steps = 0, text } = parts;
  const named = exactly(links, symbol) === undefined && RESERVED.has(symbol);
  // Upwards, the label selects the branch and any revision can be the start; downwards, the start must be in
  // the branch.
  const start = resolveAbsolute(links, steps > 0 && !named ? { ...parts, branch: undefined } : parts, state);
  if (start.length > 1) {
    throw symbol === 'current' ? severalCurrent(links, start, text) : multipleHeads(links, parts, start);
  }
  const from = start[0] ?? BASE;
  if (from === BASE && steps === 0) throw new TargetError('past-base', `"${text}" has no steps: write base`);
  if (steps <= 0) return walkDown(links, from, parts);
  return walkUp(links, from, parts, branchLineage(links, branch));
}

/** Ancestors and descendants of a branch, 1 at each; undefined without a branch (no restriction). */
function branchLineage(links: Links, branch: string | undefined): Uint8Array | undefined {
  return branch === undefined ? undefined : lineageOf(links, [branchOf(links, branch)]);
}

/** Applied revisions inside without an edge up to another applied one. */
function tipsWithin(up: Edges, applied: Uint8Array, inside: Uint8Array): number[] {
  const isTip = (place: number): boolean => !up.of(place).some(above => applied[above] === 1);
  return placesWhere(applied.length, place => applied[place] === 1 && inside[place] === 1 && isTip(place));
}

function based(place: number): number[] {
  return place === BASE ? [] : [place];
}

function multipleHeads(links: Links, { text, branch }: TargetParts, heads: readonly number[]): TargetError {
  const names = heads.map(head => links.ids[head]!);
  const there = branch === undefined ? 'there are' : `the branch of ${branch} has`;
  const all = branch === undefined ? 'heads' : `${branch}@heads`;
  const message =
    `"${text}" is ambiguous: ${there} ${heads.length} heads (${listed(names)}). ` +
    `Use \`${all}\` for all of them, \`<label>@head\` or a name for one, or \`migtui merge\` to merge them.`;
  return new TargetError('multiple-heads', message, names);
}

/** @param open those from which a path exists */
function severalCurrent(
  links: Links,
  places: readonly number[],
  text: string,
  open: readonly number[] = places,
): TargetError {
  const names = namesOf(links, places);
  const steps = text.replace(/^.*?([+-]\d+)$/s, '$1');
  const targets = open.map(place => `${links.ids[place]}@${steps}`);
  const all = names.length === 2 ? `${names.join(' and ')} are both` : `${listed(names)} are all`;
  const message = `"${text}" is ambiguous: ${all} current. Specify one, such as \`${targets[0] ?? `${names[0]}@${steps}`}\``;
  return new TargetError('ambiguous-walk', message, targets);
}
