/**
 * MikroORM's names and similar ones: an optional word, a date or a timestamp, and optionally a separator and
 * a slug.
 */
const NAME = /^(?:migration[_-]?)?(\d{8,})(?:[_.-]+(.*))?$/is;

/** The digits and the slug of a dated name; undefined for any other name. */
export function datedParts(id: string): { readonly digits: string; readonly slug: string } | undefined {
  const match = NAME.exec(id);
  return match ? { digits: match[1]!, slug: match[2] ?? '' } : undefined;
}

/**
 * The short id for display: the digits of a dated name (`Migration20261122101500_add_x` -> `20261122101500`),
 * the whole id of any other name (`Initial_setup`, `a1b2`). Not unique: several revisions may have the same
 * date.
 */
export function shortId(id: string): string {
  return datedParts(id)?.digits ?? id;
}

/** The part after the digits of a dated name (`add_x`, `S`), or empty; the id of any other name. */
export function slug(id: string): string {
  return datedParts(id)?.slug ?? id;
}
