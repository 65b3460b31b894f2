import { type Node, namesIn, nodesOf } from '../../safety/parse.ts';
import { type Constraint, keyOf, type Table } from '../objects.ts';
import { isPartOf, referring, type Schema } from '../schema.ts';
import { columnsIn } from '../volatility.ts';

/*
 * What PostgreSQL's dependencies forbid to drop without CASCADE, or to change: only what is certain.
 */

/**
 * Views, rules, policies and child tables that depend on a table or view, in words.
 * @param except keys of tables and views whose dependencies do not count
 */
export function dependentsOf(schema: Schema, table: Table, except: ReadonlySet<string>): string[] {
  const key = keyOf(table);
  return schema.referringTo(key).flatMap(other => {
    if (except.has(keyOf(other))) return [];
    const found = other.sources.includes(key) ? [viewText(schema, other)] : [];
    if (other.parents.includes(key) && table.kind !== 'partitioned')
      found.push(`the child table ${schema.nameOf(other)}`);
    for (const { kind, name, reads } of other.guards)
      if (reads.includes(key)) found.push(`the ${kind} ${name} of ${schema.nameOf(other)}`);
    return found;
  });
}

/** Foreign keys of other tables that reference a table, with their tables. */
export function keysTo(schema: Schema, table: Table): (readonly [Table, Constraint])[] {
  const key = keyOf(table);
  const refers = ({ references }: Constraint): boolean => references === key;
  return schema.referringTo(key).flatMap(other => {
    const keys = keyOf(other) === key ? [] : other.constraints.filter(refers);
    // The foreign keys of a partition are those of the partitioned table.
    if (keys.length === 0 || isPartOf(schema, other, whole => whole.constraints.some(refers))) return [];
    return keys.map(one => [other, one] as const);
  });
}

/** What depends on a column of a table, in words. */
export function dependentsOfColumn(
  schema: Schema,
  table: Table,
  column: string,
): { readonly views: string[]; readonly own: string[]; readonly keys: string[] } {
  const views = schema.viewsOf(table).filter(view => reads(schema, view, table, column));
  const generated = [...table.columns.values()].filter(({ from }) => from.includes(column));
  const guards = table.guards.filter(({ columns }) => columns.includes(column));
  return {
    views: views.map(view => viewText(schema, view)),
    own: [
      ...generated.map(({ name }) => `the generated column ${name}`),
      ...guards.map(({ kind, name }) => `the ${kind} ${name}`),
    ],
    keys: referring(schema, table, column).map(([other, { name }]) => `${name} of ${schema.nameOf(other)}`),
  };
}

const viewText = (schema: Schema, view: Table): string =>
  `the ${view.kind === 'materialized' ? 'materialized view' : 'view'} ${schema.nameOf(view)}`;

/** Whether a view certainly reads a column: by its table's name, or from its only table. */
function reads(schema: Schema, { definition, sources }: Table, table: Table, column: string): boolean {
  const key = keyOf(table);
  if (!definition || !sources.includes(key)) return false;
  const ranges = [...nodesOf(definition, 'RangeVar')];
  const isTable = (range: Node): boolean => keyOf(schema.of(range)) === key;
  const called = ({ alias, relname }: Node): string =>
    String((alias as { aliasname?: string } | undefined)?.aliasname ?? relname);
  const names = new Set(ranges.filter(isTable).map(called));
  for (const range of ranges) if (!isTable(range)) names.delete(called(range));
  const only =
    ranges.length === 1 && names.size === 1 && [...nodesOf(definition, 'RangeSubselect')].length === 0;
  return [...nodesOf(definition, 'ColumnRef')].some(({ fields }) => {
    const parts = namesIn(fields);
    if (parts.at(-1) !== column || parts.length === 0) return false;
    return parts.length === 1
      ? only && definition.withClause === undefined
      : names.has(parts.at(-2) as string);
  });
}

/** Names of columns in an expression that certainly mean the table's own. */
export function ownColumns(expression: unknown, table: Table): string[] {
  if ([...nodesOf(expression, 'SubLink')].length > 0) return [];
  return columnsIn(expression).filter(name => name !== table.name);
}
