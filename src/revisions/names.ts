/** MikroORM's names and their kin: an optional word, a date or a timestamp, and optionally a separator and a slug. */
const NAME = /^(?:migration[_-]?)?(\d{8,})(?:[_.-]+(.*))?$/is;

/**
 * The short id for people: the digits of a dated name (`Migration20261122101500_add_x` -> `20261122101500`),
 * the whole id of any other name (`Initial_setup`, `a1b2`). Not unique by itself: several may share a day.
 */
export function shortId(id: string): string {
  return NAME.exec(id)?.[1] ?? id;
}

/** What follows the digits of a dated name (`add_x`, `S`), empty when nothing does; the id of any other name. */
export function slug(id: string): string {
  const match = NAME.exec(id);
  return match ? (match[2] ?? '') : id;
}

/** True when the name has digits of its own, so that `shortId` and `slug` are parts of it. */
export function isDated(id: string): boolean {
  return NAME.test(id);
}
