import { basesOf } from '../lineage.ts';
import type { Links } from '../links.ts';
import type { TargetParts } from './grammar.ts';
import { listed, TargetError } from './target-error.ts';

/** The number of steps, and the target as typed. */
type Walk = Pick<TargetParts, 'text' | 'steps' | 'atMost'>;

/** The position below every root: nothing applied. */
export const BASE = -1;

/**
 * Walks N steps up by `revises`, restricted to revisions of `inside` if given.
 * @throws TargetError `ambiguous-walk` | `too-few-steps`
 */
export function walkUp(links: Links, from: number, walk: Walk, inside?: Uint8Array): number {
  const { steps = 0, text, atMost } = walk;
  let place = from;
  for (let step = 0; step < steps; step++) {
    const all = place === BASE ? basesOf(links) : [...links.children.of(place)];
    const ways = inside ? all.filter(child => inside[child]) : all;
    if (ways.length > 1) throw ambiguous(links, ways, text, place, 'successors', steps - step - 1);
    if (ways.length === 0 && atMost) return place;
    if (ways.length === 0) {
      const message = `"${text}" has only ${count(step)} above ${nameOf(links, from)}: specify a revision, or use head`;
      throw new TargetError('too-few-steps', message, place === BASE ? [] : [links.ids[place]!]);
    }
    place = ways[0]!;
  }
  return place;
}

/**
 * Walks N steps down by `revises`; BASE if it ends exactly below a root.
 * @throws TargetError `ambiguous-walk` | `past-base`
 */
export function walkDown(links: Links, from: number, walk: Walk): number {
  const { steps = 0, text, atMost } = walk;
  let place = from;
  for (let step = 0; step > steps; step--) {
    if (place === BASE && atMost) return BASE;
    if (place === BASE) {
      const message = `"${text}" has only ${count(-step)} down to base from ${nameOf(links, from)}: use base for all of them`;
      throw new TargetError('past-base', message, ['base']);
    }
    const ways = links.parents.of(place);
    if (ways.length > 1) throw ambiguous(links, [...ways], text, place, 'parents', steps - step + 1);
    place = ways[0] ?? BASE;
  }
  return place;
}

/** @param rest remaining steps after each of the paths, signed */
function ambiguous(
  links: Links,
  ways: readonly number[],
  text: string,
  at: number,
  relatives: 'parents' | 'successors',
  rest: number,
): TargetError {
  const names = ways.map(way => links.ids[way]!);
  const message = `"${text}" is ambiguous: ${nameOf(links, at)} has several ${relatives} (${listed(names)}). Specify one`;
  const onwards = rest === 0 ? '' : rest > 0 ? `+${rest}` : `${rest}`;
  return new TargetError(
    'ambiguous-walk',
    message,
    names.map(name => `${name}${onwards}`),
  );
}

function nameOf(links: Links, place: number): string {
  return place === BASE ? 'base' : links.ids[place]!;
}

function count(steps: number): string {
  return steps === 1 ? '1 step' : `${steps} steps`;
}
