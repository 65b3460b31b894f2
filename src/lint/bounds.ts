import { type Node, namesIn, nodesOf } from '../safety/parse.ts';

/** The bounds of a partition on one column. */
export interface Bound {
  /** First value of a range; null: none. */
  readonly from: Value | null;
  /** End of a range, outside of it; null: none. */
  readonly to: Value | null;
  /** The values of a list; null for a range. */
  readonly list: readonly Value[] | null;
}

/** Reads a PartitionBoundSpec node; null if it is not a range or a list of constants on one column. */
export function boundOf(node: unknown): Bound | null {
  const { strategy, lowerdatums, upperdatums, listdatums, is_default: rest } = (node ?? {}) as Node;
  if (rest === true) return null;
  if (strategy === 'l' && Array.isArray(listdatums)) {
    const list = listdatums.map(constantOf);
    return list.every(one => one !== null) ? { from: null, to: null, list } : null;
  }
  if (strategy !== 'r' || !Array.isArray(lowerdatums) || !Array.isArray(upperdatums)) return null;
  if (lowerdatums.length !== 1 || upperdatums.length !== 1) return null;
  const [from, to] = [endOf(lowerdatums[0]), endOf(upperdatums[0])];
  return from === undefined || to === undefined ? null : { from, to, list: null };
}

/** Null: MINVALUE or MAXVALUE; undefined: unknown. */
function endOf(node: unknown): Value | null | undefined {
  if ('ColumnRef' in ((node ?? {}) as object)) return null;
  return constantOf(node) ?? undefined;
}

/** Whether a check allows only values within the bounds (null apart). */
export function impliesBound(check: Node, column: string, { from, to, list }: Bound): boolean {
  const atoms = partsOf(check, 'AND_EXPR').flatMap(one => atomsOf(one, column));
  if (list) return atoms.some(({ op, values }) => op === '=' && values.every(one => list.some(same(one))));
  const within = (value: Value): boolean =>
    (from === null || atLeast(value, from)) && (to === null || below(value, to));
  if (atoms.some(({ op, values }) => op === '=' && values.every(within))) return true;
  const starts = ({ op, values: [value] }: Atom): boolean =>
    (op === '>=' || op === '>') && value !== undefined && from !== null && atLeast(value, from);
  const ends = ({ op, values: [value] }: Atom): boolean =>
    value !== undefined &&
    to !== null &&
    ((op === '<' && atLeast(to, value)) || (op === '<=' && below(value, to)));
  return (from === null || atoms.some(starts)) && (to === null || atoms.some(ends));
}

/** Whether a check allows no value within the bounds. */
export function excludesBound(check: Node, column: string, { from, to, list }: Bound): boolean {
  if (list) {
    const atoms = partsOf(check, 'AND_EXPR').flatMap(one => atomsOf(one, column));
    const excluded = atoms.filter(({ op }) => op === '<>').flatMap(({ values }) => values);
    return (
      list.every(one => excluded.some(same(one))) ||
      atoms.some(
        ({ op, values }) => op === '=' && values.every(one => list.every(other => differs(one, other))),
      )
    );
  }
  const outside = ({ op, values }: Atom): boolean =>
    values.every(value => {
      const before = from !== null && (op === '<' ? atLeast(from, value) : below(value, from));
      const after = to !== null && atLeast(value, to);
      if (op === '=') return before || after;
      return op === '<' || op === '<=' ? before : op === '>' || op === '>=' ? after : false;
    });
  return partsOf(check, 'OR_EXPR').every(branch =>
    partsOf(branch, 'AND_EXPR').some(one => atomsOf(one, column).some(outside)),
  );
}

/** A comparison of the column: one value, or several for `=` and `<>`. */
interface Atom {
  readonly op: '=' | '<>' | '<' | '<=' | '>' | '>=';
  readonly values: readonly Value[];
}

function partsOf(node: Node, operator: 'AND_EXPR' | 'OR_EXPR'): Node[] {
  const { BoolExpr } = node as { BoolExpr?: { boolop?: string; args?: Node[] } };
  if (BoolExpr?.boolop !== operator) return [node];
  return (BoolExpr.args ?? []).flatMap(one => partsOf(one, operator));
}

function atomsOf(node: Node, column: string): Atom[] {
  const { kind, name, lexpr, rexpr } = ((node as { A_Expr?: Node }).A_Expr ?? {}) as Node;
  const { ColumnRef } = (lexpr ?? {}) as { ColumnRef?: Node };
  if (namesIn(ColumnRef?.fields).at(-1) !== column) return [];
  const op = namesIn(name)[0] as Atom['op'];
  const { List, A_ArrayExpr } = (rexpr ?? {}) as {
    List?: { items?: Node[] };
    A_ArrayExpr?: { elements?: Node[] };
  };
  const inside =
    List?.items ??
    A_ArrayExpr?.elements ??
    [...nodesOf(rexpr, 'A_ArrayExpr')].flatMap(one => one.elements as Node[]);
  const values = (inside.length > 0 ? inside : [rexpr]).map(constantOf);
  if (!values.every(one => one !== null)) return [];
  switch (kind) {
    case 'AEXPR_BETWEEN':
      return [
        { op: '>=', values: values.slice(0, 1) },
        { op: '<=', values: values.slice(1) },
      ];
    case 'AEXPR_OP':
      return inside.length === 0 ? [{ op, values }] : [];
    case 'AEXPR_IN':
      return [{ op, values }];
    case 'AEXPR_OP_ANY':
      return op === '=' ? [{ op, values }] : [];
    case 'AEXPR_OP_ALL':
      return op === '<>' ? [{ op, values }] : [];
    default:
      return [];
  }
}

/** A constant: a number, a point in time (sortable as text), or another text. */
type Value = number | { readonly time: string } | { readonly text: string };

function constantOf(node: unknown): Value | null {
  const { A_Const, TypeCast } = (node ?? {}) as {
    A_Const?: { ival?: { ival?: number }; fval?: { fval?: string }; sval?: { sval?: string } };
    TypeCast?: { arg?: unknown };
  };
  if (TypeCast) return constantOf(TypeCast.arg);
  if (A_Const?.ival) return A_Const.ival.ival ?? 0;
  if (A_Const?.fval) return Number(A_Const.fval.fval);
  const text = A_Const?.sval?.sval;
  if (text === undefined) return null;
  // PostgreSQL shows dates of a time zone with midnight and the session's zone.
  const [, day, time = '00:00:00'] =
    /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d))?(?:[+-]\d\d(?::\d\d)?)?$/.exec(text) ?? [];
  if (day !== undefined) return { time: `${day} ${time}` };
  return /^-?\d{1,15}$/.test(text) ? Number(text) : { text };
}

/** Negative, 0 or positive; null: not comparable. */
function compare(a: Value, b: Value): number | null {
  if (typeof a === 'number' || typeof b === 'number')
    return typeof a === 'number' && typeof b === 'number' ? a - b : null;
  if ('time' in a && 'time' in b) return a.time < b.time ? -1 : a.time > b.time ? 1 : 0;
  return 'text' in a && 'text' in b && a.text === b.text ? 0 : null;
}

const same =
  (one: Value) =>
  (other: Value): boolean =>
    compare(one, other) === 0;
const atLeast = (value: Value, other: Value): boolean => (compare(value, other) ?? -1) >= 0;
const below = (value: Value, other: Value): boolean => (compare(value, other) ?? 1) < 0;

function differs(one: Value, other: Value): boolean {
  const text = typeof one === 'object' && 'text' in one && typeof other === 'object' && 'text' in other;
  return text ? one.text !== other.text : (compare(one, other) ?? 0) !== 0;
}
