import type { Links } from '../links.ts';
import { datedParts } from '../names.ts';
import { nearby } from './nearby.ts';
import { listed, TargetError } from './target-error.ts';

/** The revision with exactly this id or declared label. */
export function exactly(links: Links, text: string): number | undefined {
  return links.places.get(text) ?? links.labels.get(text);
}

/**
 * The revision for a name or a part of one: the whole name or label; else a prefix of names and labels
 * (longer than three characters, as in Alembic); else the digits (and what follows) or the slug, whole or a
 * prefix. `within` (1 at each member) restricts partial names to a branch; a whole name is found anywhere.
 * @throws TargetError `unknown-target` | `ambiguous-target`
 */
export function find(links: Links, text: string, within?: Uint8Array): number {
  const exact = exactly(links, text);
  if (exact !== undefined) return exact;
  for (const matches of text === '' ? [] : [byName, byWholePart, byPart]) {
    const found = matches(links, text).filter(([, place]) => !within || within[place] === 1);
    const [only] = found;
    if (found.length > 1) {
      const names = found.map(([name]) => name);
      const message = `"${text}" could be any of ${listed(names)}: type more of the name`;
      throw new TargetError('ambiguous-target', message, names);
    }
    if (only) return only[1];
  }
  const replaced = replacedAs(links, text);
  if (replaced !== undefined) return replaced;
  throw unknown(links, text, 'revision or label');
}

/**
 * The revision that replaces one that is not in the graph: for the last replaced revision, the squashed
 * revision; for a squashed revision that is not complete, the last revision it replaces. Undefined for any
 * other text.
 * @throws TargetError `replaced-revision` for one inside the replaced range
 */
function replacedAs({ places, squashes }: Links, text: string): number | undefined {
  const { replacedBy, open, tips } = squashes;
  const outside = [...replacedBy.keys(), ...open.keys()];
  const exact = outside.filter(id => id === text);
  const fits = (id: string): boolean => {
    const parts = datedParts(id);
    return id.startsWith(text) || parts?.digits === text || parts?.slug === text;
  };
  const [id, ...more] = exact.length > 0 ? exact : text.length > 3 ? outside.filter(fits) : [];
  if (id === undefined || more.length > 0) return undefined;
  const squash = replacedBy.get(id);
  const line = tips.get(squash ?? id) ?? [];
  if (squash !== undefined) {
    if (line.length === 1 && line[0] === id) return places.get(squash);
    throw new TargetError(
      'replaced-revision',
      `${id} is one of the revisions that ${squash} replaces, so it cannot be a target: use ${squash}, or check out a commit before the squash`,
      [squash],
    );
  }
  if (line.length === 1) return places.get(line[0] as string);
  throw new TargetError(
    'replaced-revision',
    `${id} is only partly applied here, through the revisions that it replaces: use ${listed(line)}`,
    line,
  );
}

/** The error for an unknown name. `what` is the kind of thing that was searched for. */
export function unknown(links: Links, text: string, what: string): TargetError {
  const names = nearby(links, text);
  const [first] = names;
  const next =
    first === undefined
      ? 'see `migtui history` for all revisions'
      : names.length === 1
        ? `did you mean ${first}?`
        : `did you mean one of ${names.join(', ')}?`;
  return new TargetError('unknown-target', `no ${what} is called "${text}": ${next}`, names);
}

type Match = readonly [name: string, place: number];

function byName(links: Links, text: string): Match[] {
  const found: Match[] = [];
  const fits = (name: string): boolean => name.length > 3 && name.startsWith(text);
  for (let place = firstFrom(links.ids, text); links.ids[place]?.startsWith(text); place++) {
    if (fits(links.ids[place]!)) found.push([links.ids[place]!, place]);
  }
  return [...found, ...[...links.labels].filter(([label]) => fits(label))];
}

function byWholePart(links: Links, text: string): Match[] {
  return dated(links, text, part => part === text);
}

function byPart(links: Links, text: string): Match[] {
  return dated(links, text, part => part.startsWith(text));
}

/** Revisions whose digits, slug, or name from the digits on match. */
function dated({ ids }: Links, text: string, fits: (part: string) => boolean): Match[] {
  const found: Match[] = [];
  for (const [place, id] of ids.entries()) {
    const parts = id.includes(text) ? datedParts(id) : undefined;
    if (!parts) continue;
    const { digits, slug } = parts;
    if (fits(digits) || fits(slug) || fits(id.slice(id.indexOf(digits)))) found.push([id, place]);
  }
  return found;
}

/** The index of the first id that does not sort before `text`. */
function firstFrom(ids: readonly string[], text: string): number {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ids[middle]! < text) low = middle + 1;
    else high = middle;
  }
  return low;
}
