import { type Node, namesIn, nodesOf, type Statement } from '../../safety/parse.ts';
import { quoted } from '../questions.ts';
import type { Schema, Table } from '../schema.ts';
import { nothing, type Rewrite } from './rewrite.ts';
import { cutAt, tableIn, withoutSemicolon } from './statement.ts';

/** Number of rows written between commits. */
const batch = 10_000;

/**
 * An UPDATE of many rows, in batches by the primary key.
 * @returns null if repeating a part of it would have a different effect, or the table has no single-column
 * key
 */
export function updateOf({ text, tree }: Statement, schema: Schema): Rewrite | null {
  const table = schema.of(tree.relation);
  const key = keyOf(table);
  if (key === null || tree.fromClause || tree.withClause || (tree.returningList ?? tree.returningClause))
    return null;
  const targets = [...nodesOf(tree.targetList, 'ResTarget')].map(({ name }) => String(name));
  const read = [tree.targetList, tree.whereClause].flatMap(part => [...nodesOf(part, 'RangeVar')]);
  // An interrupted backfill starts again: it must not read what it writes.
  if (readsAny(tree.targetList, targets) || read.some(({ relname }) => relname === table.name)) return null;
  if (targets.includes(key)) return null;
  const { alias } = (tree.relation ?? {}) as { alias?: { aliasname?: string } };
  const named = alias?.aliasname ? `${quoted(alias.aliasname)}.${quoted(key)}` : quoted(key);
  const whole = withoutSemicolon(text);
  const where = cutAt(whole, ['where']);
  const update =
    where === null
      ? `${whole} where ${between(named)}`
      : `${where.before} where (${where.after}) and ${between(named)}`;
  return { ...nothing, backfill: [inBatches(tableIn(tree), key, update)] };
}

const between = (key: string): string => `${key} between migtui_low and migtui_high`;

/**
 * A block that runs an update for one key range after the other, and commits after each.
 * @param table in SQL notation
 * @param update with `migtui_low` and `migtui_high`, the ends of the range
 */
function inBatches(table: string, key: string, update: string): string {
  const column = quoted(key);
  return `do $migtui$
declare
  migtui_low ${table}.${column}%type;
  migtui_high ${table}.${column}%type;
begin
  select ${column} into migtui_low from ${table} order by ${column} limit 1;
  while migtui_low is not null loop
    select ${column} into migtui_high
      from (select ${column} from ${table} where ${column} >= migtui_low order by ${column} limit ${batch}) as batch
      order by ${column} desc limit 1;
    ${update};
    commit;
    select ${column} into migtui_low from ${table} where ${column} > migtui_high order by ${column} limit 1;
  end loop;
end
$migtui$`;
}

/** A backfill of one column. */
export function fill(
  table: Table,
  sqlTable: string,
  column: string,
  value: string,
  condition: string,
): string | null {
  const key = keyOf(table);
  if (key === null || key === column) return null;
  const update = `update ${sqlTable} set ${quoted(column)} = ${value} where (${condition}) and ${between(quoted(key))}`;
  return inBatches(sqlTable, key, update);
}

/** The column for iterating over a table's rows; null if no single column is known. */
function keyOf({ known, constraints }: Table): string | null {
  const primary = known ? constraints.find(({ kind }) => kind === 'primary') : undefined;
  return primary?.columns.length === 1 ? (primary.columns[0] ?? null) : null;
}

function readsAny(node: unknown, columns: readonly string[]): boolean {
  return [...nodesOf(node as Node, 'ColumnRef')].some(({ fields }) =>
    columns.includes(namesIn(fields).at(-1) ?? ''),
  );
}
