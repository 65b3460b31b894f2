import type { Links } from './links.ts';
import { isDated, shortId, slug } from './names.ts';
import { nearby } from './nearby.ts';
import { placesWhere } from './state.ts';
import { listed, TargetError } from './target-error.ts';

/** The revision that is called exactly so, by id or by a label it declares. */
export function exactly(links: Links, text: string): number | undefined {
  return links.places.get(text) ?? links.labels.get(text);
}

/**
 * The one revision meant by a name or a part of one: the whole name or label; else a prefix of names and labels
 * (longer than three characters, as in Alembic); else the digits or the slug, whole or a prefix.
 * `within` (1 at each member) narrows parts of names to a branch; a whole name is found anywhere.
 * @throws TargetError `unknown-target` | `ambiguous-target`
 */
export function find(links: Links, text: string, within?: Uint8Array): number {
  const exact = exactly(links, text);
  if (exact !== undefined) return exact;
  const inside = (place: number): boolean => !within || within[place] === 1;
  for (const matches of text === '' ? [] : [byName, byWholePart, byPart]) {
    const found = matches(links, text).filter(inside);
    if (found.length === 1) return found[0]!;
    if (found.length > 1) {
      const names = found.map(place => links.ids[place]!);
      const message = `"${text}" could be any of ${listed(names)}: write more of the name`;
      throw new TargetError('ambiguous-target', message, names);
    }
  }
  throw unknown(links, text, 'revision or label');
}

/** The error for a name that nothing has. `what` is what was looked for. */
export function unknown(links: Links, text: string, what: string): TargetError {
  const names = nearby(links, text);
  const [first] = names;
  const next =
    first === undefined
      ? 'see `migtui history` for the revisions there are'
      : names.length === 1
        ? `did you mean ${first}?`
        : `did you mean one of ${names.join(', ')}?`;
  return new TargetError('unknown-target', `no ${what} is called "${text}": ${next}`, names);
}

function byName(links: Links, text: string): number[] {
  const found = new Set<number>();
  for (let place = firstFrom(links.ids, text); links.ids[place]?.startsWith(text); place++) {
    if (links.ids[place]!.length > 3) found.add(place);
  }
  for (const [label, place] of links.labels) {
    if (label.length > 3 && label.startsWith(text)) found.add(place);
  }
  return [...found];
}

function byWholePart({ ids }: Links, text: string): number[] {
  return placesWhere(ids.length, place => {
    const id = ids[place]!;
    return id.includes(text) && isDated(id) && (shortId(id) === text || slug(id) === text);
  });
}

function byPart({ ids }: Links, text: string): number[] {
  return placesWhere(ids.length, place => {
    const id = ids[place]!;
    return id.includes(text) && isDated(id) && (shortId(id).startsWith(text) || slug(id).startsWith(text));
  });
}

/** The place of the first id that does not sort before `text`. */
function firstFrom(ids: readonly string[], text: string): number {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ids[middle]! < text) low = middle + 1;
    else high = middle;
  }
  return low;
}
