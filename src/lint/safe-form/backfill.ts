import { type Node, namesIn, nodesOf, type Statement } from '../../safety/parse.ts';
import type { Table } from '../objects.ts';
import { quoted } from '../questions.ts';
import type { Schema } from '../schema.ts';
import { inBatchesByKey, inBatchesByPage, keyOf, rangeOf } from './batches.ts';
import { nothing, type Rewrite } from './rewrite.ts';
import { cutAt, tableIn, withoutSemicolon } from './statement.ts';

/**
 * An UPDATE of many rows, in batches by the primary key or a unique one.
 * @returns why there is none: repeating a part of it would have a different effect, or the table has no key
 */
export function updateOf({ text, tree }: Statement, schema: Schema): Rewrite | string {
  const table = schema.of(tree.relation);
  if (!table.known)
    return `The definition of ${table.name} is unknown, so the update cannot be split into batches.`;
  const key = keyOf(table);
  if (key === null) {
    return `${table.name} has no primary key and no unique index on required columns, so a row that moves during the update could be missed.`;
  }
  if (tree.fromClause || tree.withClause || (tree.returningList ?? tree.returningClause))
    return 'An update with FROM, WITH or RETURNING is not split into batches.';
  const targets = [...nodesOf(tree.targetList, 'ResTarget')].map(({ name }) => String(name));
  const read = [tree.targetList, tree.whereClause].flatMap(part => [...nodesOf(part, 'RangeVar')]);
  // An interrupted backfill starts again: it must not read what it writes.
  if (readsAny(tree.targetList, targets) || read.some(({ relname }) => relname === table.name))
    return 'The update reads the columns that it writes, so it cannot be repeated after an interruption.';
  if (key.some(one => targets.includes(one)))
    return 'The update changes the key that the batches are based on.';
  const { alias } = (tree.relation ?? {}) as { alias?: { aliasname?: string } };
  const range = rangeOf(key, alias?.aliasname);
  const whole = withoutSemicolon(text);
  const where = cutAt(whole, ['where']);
  const update =
    where === null ? `${whole} where ${range}` : `${where.before} where (${where.after}) and ${range}`;
  return { ...nothing, backfill: [inBatchesByKey(tableIn(tree), key, update)] };
}

/**
 * A backfill of one column, by the table's key; without one, by the pages of the table.
 * @param condition of the rows that are not filled yet
 * @returns why there is none
 */
export function fill(
  schema: Schema,
  table: Table,
  sqlTable: string,
  {
    column,
    value,
    condition,
  }: { readonly column: string; readonly value: string; readonly condition: string },
): { readonly sql: string } | string {
  if (!table.known)
    return `The definition of ${table.name} is unknown, so a backfill cannot be split into batches.`;
  const key = keyOf(table);
  if (key?.includes(column)) return `${column} is part of the key that the batches are based on.`;
  const update = `update ${sqlTable} set ${quoted(column)} = ${value} where (${condition})`;
  if (key) return { sql: inBatchesByKey(sqlTable, key, `${update} and ${rangeOf(key)}`) };
  if (table.kind !== 'table' || schema.below(table).length > 0) {
    return `${table.name} has no primary key and more than one part, so a backfill cannot be split into batches.`;
  }
  return { sql: inBatchesByPage(sqlTable, update, condition) };
}

function readsAny(node: unknown, columns: readonly string[]): boolean {
  return [...nodesOf(node as Node, 'ColumnRef')].some(({ fields }) =>
    columns.includes(namesIn(fields).at(-1) ?? ''),
  );
}
