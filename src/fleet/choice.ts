import { createHash } from 'node:crypto';
import type { FleetChoice } from '../values/fleet.ts';

/** Whether a name matches a pattern in which `*` matches any characters and `?` one character. */
export function fits(pattern: string, name: string): boolean {
  // Implemented without a regular expression: patterns may be long, and names arbitrary.
  const [p, n] = [[...pattern], [...name]];
  let [at, of, star, mark] = [0, 0, -1, 0];
  while (of < n.length) {
    if (at < p.length && p[at] === '*') {
      star = at++;
      mark = of;
    } else if (at < p.length && (p[at] === '?' || p[at] === n[of])) {
      at++;
      of++;
    } else if (star >= 0) {
      at = star + 1;
      of = ++mark;
    } else return false;
  }
  while (p[at] === '*') at++;
  return at === p.length;
}

/** The share (from 1) of a name: the same on every machine. */
export function shardOf(name: string, of: number): number {
  return Number(createHash('sha256').update(name).digest().readBigUInt64BE() % BigInt(of)) + 1;
}

const isPattern = (pattern: string): boolean => /[*?]/.test(pattern);

/** Names of a selection that no target has. */
export function unknownNames(
  targets: readonly { readonly name: string }[],
  { only = [] }: FleetChoice,
): readonly string[] {
  const names = new Set(targets.map(({ name }) => name));
  return only.filter(name => !isPattern(name) && !names.has(name));
}

/** The targets of a selection, in their order. */
export function choose<T extends { readonly name: string; readonly tags: readonly string[] }>(
  targets: readonly T[],
  { only, tags, limit, shard }: FleetChoice,
): readonly T[] {
  // Thousands may be listed by name.
  const exact = new Set(only);
  const patterns = (only ?? []).filter(isPattern);
  const chosen = targets.filter(
    target =>
      (!only?.length || exact.has(target.name) || patterns.some(pattern => fits(pattern, target.name))) &&
      (!tags?.length || tags.some(tag => target.tags.includes(tag))) &&
      (!shard || shardOf(target.name, shard.of) === shard.index),
  );
  return limit === undefined ? chosen : chosen.slice(0, limit);
}
