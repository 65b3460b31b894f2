import { type Node, namesIn } from '../safety/parse.ts';

/**
 * A type as written in a statement, with PostgreSQL's internal name of built-in ones (`int4`, `varchar`,
 * `bpchar`).
 */
export interface TypeRef {
  /** Null for built-in types and if none is given. */
  readonly schema: string | null;
  readonly name: string;
  /** Numbers in parentheses; of an interval with fields or a precision, its smallest field and the precision. */
  readonly mods: readonly number[];
  readonly array: boolean;
}

const aliases: Readonly<Record<string, string>> = { decimal: 'numeric', float: 'float8' };

/** Reads a TypeName node. */
export function typeOf(node: unknown): TypeRef {
  const { names, typmods, arrayBounds } = (node ?? {}) as Node;
  const parts = namesIn(names);
  const schema = parts.length > 1 && parts[0] !== 'pg_catalog' ? (parts[0] as string) : null;
  const name = parts.at(-1) ?? '';
  const all = Array.isArray(typmods) ? typmods.map(numberOf) : [];
  const mods = name === 'interval' && all.length > 0 ? intervalMods(all) : all;
  return {
    schema,
    name: aliases[name] ?? name,
    mods,
    array: Array.isArray(arrayBounds) && arrayBounds.length > 0,
  };
}

/** The fields of an interval, as bits of a mask: the smallest unit first. */
const fields = [12, 11, 10, 3, 1, 2];

/** @param mods the mask of fields, and the precision of the seconds */
function intervalMods([mask = 0, precision = 6]: readonly number[]): readonly [smallest: number, number] {
  const smallest = fields.findIndex(bit => (mask & (1 << bit)) !== 0);
  return [Math.max(0, smallest), precision];
}

function numberOf(node: unknown): number {
  const { A_Const } = node as { A_Const?: { ival?: { ival?: number } } };
  return A_Const?.ival?.ival ?? 0;
}

/** `serial`, `bigserial`, `smallserial` and their aliases: the integer type, or null. */
export function serialOf({ name }: TypeRef): string | null {
  if (name === 'serial' || name === 'serial4') return 'int4';
  if (name === 'bigserial' || name === 'serial8') return 'int8';
  return name === 'smallserial' || name === 'serial2' ? 'int2' : null;
}

/** The usual notation. */
export function typeText({ schema, name, mods, array }: TypeRef): string {
  const shortNames: Readonly<Record<string, string>> = {
    int4: 'int',
    int8: 'bigint',
    int2: 'smallint',
    bpchar: 'char',
    float8: 'double precision',
    float4: 'real',
    bool: 'boolean',
  };
  const base = shortNames[name] ?? name;
  return `${schema ? `${schema}.` : ''}${base}${mods.length > 0 && name !== 'interval' ? `(${mods.join(', ')})` : ''}${array ? '[]' : ''}`;
}
