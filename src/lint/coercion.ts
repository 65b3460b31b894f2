import type { Schema } from './schema.ts';
import { serialOf, type TypeRef } from './type-name.ts';

/**
 * Casts that change no bytes: PostgreSQL's pg_cast with method `b`, for the types that columns can have, citext
 * included.
 * varchar and text are the same to index operators, so their indexes stay unchanged.
 */
const binary = new Set(
  `text>bpchar text>varchar varchar>text varchar>bpchar xml>text xml>varchar xml>bpchar cidr>inet bit>varbit varbit>bit
   int4>oid int4>regclass int4>regproc int4>regtype int4>regrole int4>regnamespace oid>int4 oid>regclass oid>regproc
   oid>regtype oid>regrole oid>regnamespace regclass>int4 regclass>oid regproc>int4 regproc>oid regtype>int4 regtype>oid
   regrole>int4 regrole>oid regnamespace>int4 regnamespace>oid text>citext varchar>citext citext>text citext>varchar citext>bpchar`.split(
    /\s+/,
  ),
);

/** Pairs whose indexes have different operator families. */
const reindexed = new Set(
  'xml>text int4>oid oid>int4 bit>varbit varbit>bit text>citext varchar>citext citext>text citext>varchar'.split(
    ' ',
  ),
);

/** The cost of changing a column's type. */
export type TypeChange = 'nothing' | 'rebuilds indexes' | 'rewrites';

/** @param utc the session's time zone is UTC, so timestamps with and without zone have the same bytes */
export function typeChange(from: TypeRef, to: TypeRef, schema: Schema, utc: boolean): TypeChange {
  const wanted = { ...to, name: serialOf(to) ?? to.name };
  const domain = schema.domains.get(wanted.name);
  // PostgreSQL does not know the length of a domain's values.
  const inDomain = !from.array && schema.domains.has(from.name);
  const base = inDomain ? { ...baseOf(from, schema), mods: [] } : from;
  if (same(from, wanted)) return modsChange(from.name, from.mods, wanted.mods, wanted.array);
  if (domain) {
    if (domain.constrained) return 'rewrites';
    const inside = baseOf(wanted, schema);
    return same(base, inside)
      ? modsChange(base.name, base.mods, inside.mods, inside.array)
      : typeChange(base, inside, schema, utc);
  }
  if (base !== from) return typeChange(base, wanted, schema, utc);
  if (from.array || wanted.array) return 'rewrites';
  const pair = `${from.name}>${wanted.name}`;
  if (utc && (pair === 'timestamp>timestamptz' || pair === 'timestamptz>timestamp')) {
    return modsChange(from.name, from.mods, wanted.mods, false) === 'nothing'
      ? 'rebuilds indexes'
      : 'rewrites';
  }
  if (!binary.has(pair)) return 'rewrites';
  // The values of another type, however short, are checked for a length row by row.
  if (wanted.mods.length > 0) return 'rewrites';
  return reindexed.has(pair) || wanted.name === 'bpchar' || wanted.name === 'inet'
    ? 'rebuilds indexes'
    : 'nothing';
}

function same(a: TypeRef, b: TypeRef): boolean {
  return (
    a.name === b.name &&
    a.array === b.array &&
    (a.schema === b.schema || a.schema === null || b.schema === null)
  );
}

/** The type that a domain is based on; other types as they are. */
export function baseOf(type: TypeRef, schema: Schema): TypeRef {
  const domain = type.array ? undefined : schema.domains.get(type.name);
  return domain ? baseOf(domain.base, schema) : type;
}

/** The same type with other numbers in parentheses. */
function modsChange(
  name: string,
  from: readonly number[],
  to: readonly number[],
  array: boolean,
): TypeChange {
  if (from.join() === to.join()) return 'nothing';
  if (array) return to.length === 0 ? 'nothing' : 'rewrites';
  switch (name) {
    case 'varchar':
    case 'varbit':
      return to.length === 0 || (from.length > 0 && (to[0] as number) >= (from[0] as number))
        ? 'nothing'
        : 'rewrites';
    case 'bpchar':
      return to.length === 0 ? 'nothing' : 'rewrites';
    case 'numeric': {
      if (to.length === 0) return 'nothing';
      const scale = (mods: readonly number[]): number => mods[1] ?? 0;
      return from.length > 0 && (to[0] as number) >= (from[0] as number) && scale(from) === scale(to)
        ? 'nothing'
        : 'rewrites';
    }
    case 'time':
    case 'timetz':
    case 'timestamp':
    case 'timestamptz':
      return (to[0] ?? 6) >= (from[0] ?? 6) ? 'nothing' : 'rewrites';
    case 'interval': {
      const [smallestNow = 0, precisionNow = 6] = from;
      const [smallest = 0, precision = 6] = to;
      const seconds = smallestNow > 0 || precision >= precisionNow;
      return to.length === 0 || (smallest <= smallestNow && seconds) ? 'nothing' : 'rewrites';
    }
    default:
      return 'rewrites';
  }
}
