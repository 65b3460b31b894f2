import type { MeasuredLoss } from '../../values/measured.ts';
import { quoteIdent } from '../quote.ts';
import { sqlState } from '../sql-failure.ts';
import type { Ask, Table, Tables } from './tables.ts';

interface ColumnContent {
  readonly name: string;
  /** Rows with a value. */
  readonly filled: number;
  /** Sum of the hashes of all values, independent of their order. */
  readonly hash: string;
}

interface TableContent {
  readonly name: string;
  readonly rows: number;
  /** By number. */
  readonly columns: ReadonlyMap<number, ColumnContent>;
}

/** A summary of the rows of all tables, by oid. Reads every table completely. */
export type Content = ReadonlyMap<string, TableContent>;

/** `insufficient_privilege` */
const notAllowed = '42501';

/** Reads the rows of tables; tables without read permission are skipped. */
export async function readContent(ask: Ask, tables: Tables): Promise<Content> {
  const content = new Map<string, TableContent>();
  for (const table of tables.values()) {
    // The rows of partitions are counted with their table.
    if (table.kind === 'm' || table.isPartition) continue;
    const read = await readTable(ask, table).catch((error: unknown) => {
      if (sqlState(error) !== notAllowed) throw error;
      return null;
    });
    if (read) content.set(table.oid, read);
  }
  return content;
}

/** A query returns two values for each column, and PostgreSQL allows at most 1,664. */
const together = 800;

async function readTable(ask: Ask, { name, sql, columns }: Table): Promise<TableContent> {
  const all = [...columns];
  const read = new Map<number, ColumnContent>();
  let rows = 0;
  for (let from = 0; from === 0 || from < all.length; from += together) {
    const some = all.slice(from, from + together);
    const parts = some.map(([number, column]) => {
      const value = quoteIdent(column);
      return `, count(${value})::text as n${number}, coalesce(sum(hashtextextended(${value}::text, 0)), 0)::text as h${number}`;
    });
    const [row] = await ask<Record<string, string>>(
      `select count(*)::text as n${parts.join('')} from ${sql}`,
    );
    rows = Number(row?.n);
    for (const [number, column] of some) {
      read.set(number, {
        name: column,
        filled: Number(row?.[`n${number}`]),
        hash: row?.[`h${number}`] ?? '',
      });
    }
  }
  return { name, rows, columns: read };
}

/** What a step deleted: tables, columns, rows, and values of columns that still exist. */
export function removed(before: Content, after: Content): MeasuredLoss[] {
  return [...before].flatMap(([oid, table]) => {
    const now = after.get(oid);
    if (!now) return rowLoss(table.name, table.rows);
    return lossesOf(table, now, number => now.columns.get(number), false);
  });
}

/** What upgrading and downgrading did not restore; tables and columns may have been recreated. */
export function notRestored(before: Content, after: Content): MeasuredLoss[] {
  const byName = new Map([...after.values()].map(table => [table.name, table]));
  return [...before.values()].flatMap(table => {
    const now = byName.get(table.name);
    if (!now) return rowLoss(table.name, table.rows);
    const columns = new Map([...now.columns.values()].map(column => [column.name, column]));
    return lossesOf(table, now, (_, name) => columns.get(name), true);
  });
}

function lossesOf(
  table: TableContent,
  now: TableContent,
  columnNow: (number: number, name: string) => ColumnContent | undefined,
  compareValues: boolean,
): MeasuredLoss[] {
  const { name } = table;
  const gone = Math.max(0, table.rows - now.rows);
  const losses = rowLoss(name, gone);
  for (const [number, column] of table.columns) {
    const is = columnNow(number, column.name);
    const lost = column.filled - (is?.filled ?? 0) - (is ? gone : 0);
    if (lost > 0) losses.push({ table: name, column: column.name, rows: lost });
    else if (compareValues && is && gone === 0 && now.rows === table.rows && is.hash !== column.hash) {
      losses.push({ table: name, column: column.name, rows: column.filled, changed: true });
    }
  }
  return losses;
}

function rowLoss(table: string, rows: number): MeasuredLoss[] {
  return rows > 0 ? [{ table, column: null, rows }] : [];
}
