import type { Links } from '../links.ts';

/** The applied revisions of a database, as indexes in the graph. */
export interface State {
  /** 1 if the revision is applied, or for a squashed one, if all revisions that it replaces are. */
  readonly applied: Uint8Array;
  /** Applied, but unknown to the graph; by name. */
  readonly missing: readonly string[];
  /** The ids as given: the contents of the log. */
  readonly logged: ReadonlySet<string>;
}

/** Reads a list of applied ids; order and duplicates do not matter. */
export function stateOf(links: Links, ids: Iterable<string>): State {
  const applied = new Uint8Array(links.ids.length);
  const missing = new Set<string>();
  const logged = new Set(ids);
  const { folded, declared, replacedBy } = links.squashes;
  for (const id of logged) {
    const place = links.places.get(id);
    if (place !== undefined) applied[place] = 1;
    else if (!replacedBy.has(id)) missing.add(id);
  }
  // This is a problem of the graph, but must not cause an endless loop.
  const asked = new Set<string>();
  const isDone = (id: string): boolean => {
    if (logged.has(id)) return true;
    const replaces = declared.get(id);
    if (replaces === undefined || asked.has(id)) return false;
    asked.add(id);
    const done = replaces.every(isDone);
    asked.delete(id);
    return done;
  };
  for (const id of folded.keys()) {
    const place = links.places.get(id);
    if (place !== undefined && isDone(id)) applied[place] = 1;
  }
  return { applied, missing: [...missing].sort(), logged };
}

/** 1 if an applied revision descends from this one, by `revises` or `dependsOn`. */
export function hasAppliedChild(links: Links, applied: Uint8Array): Uint8Array {
  const { order, needs } = links;
  const below = new Uint8Array(applied.length);
  for (let at = order.length - 1; at >= 0; at--) {
    const place = order[at]!;
    if (!applied[place] && !below[place]) continue;
    for (const need of needs.of(place)) below[need] = 1;
  }
  return below;
}

/** The applied revisions without an applied descendant: those in Alembic's version table. Ascending. */
export function tipsOf(links: Links, applied: Uint8Array): number[] {
  const below = hasAppliedChild(links, applied);
  return placesWhere(applied.length, place => applied[place] === 1 && below[place] === 0);
}

/** Pending revisions with an applied descendant. Ascending. */
export function gapsOf(links: Links, applied: Uint8Array): number[] {
  const below = hasAppliedChild(links, applied);
  return placesWhere(applied.length, place => applied[place] === 0 && below[place] === 1);
}

/** The indexes, ascending, for which `holds` is true. */
export function placesWhere(count: number, holds: (place: number) => boolean): number[] {
  const places: number[] = [];
  for (let place = 0; place < count; place++) if (holds(place)) places.push(place);
  return places;
}
