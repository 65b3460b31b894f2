import type { RowCount } from '../safety/deleted-rows.ts';
import type { Loss } from '../safety/losses.ts';
import type { Connection } from './connect/connection.ts';
import { quoteIdent, quoteLiteral } from './quote.ts';
import { sqlState } from './sql-failure.ts';
import { wholeNumber } from './whole-number.ts';

/** A loss in the current database. */
export interface MeasuredLoss {
  /** `drops column messages.text: 1,204 rows have a value`. */
  readonly words: string;
  /** False if there is nothing to lose: the table does not exist yet, or it is empty. */
  readonly destructive: boolean;
}

/** Larger tables are not counted, because a preview must not read a big table. Bytes. */
const countable = 64 * 1024 * 1024;

/**
 * Measures losses in the live database, read-only, with few queries for all of them. If rows cannot
 * be read, the description has no counts.
 * @param schema in which the migrations run, for tables without a schema
 */
export async function measureLosses(
  connection: Connection,
  losses: readonly Loss[],
  schema: string | null,
): Promise<MeasuredLoss[]> {
  const found = await findTables(connection, losses, schema);
  const matching = new Map<number, number | null>();
  for (const [at, { matching: count }] of losses.entries()) {
    const there = found[at];
    if (count === undefined || !there || !isCountable(there)) continue;
    matching.set(at, count && (await countMatching(connection, count, there.schema)));
  }
  const counting = losses.flatMap((_, at) => {
    const there = found[at];
    return there && isCountable(there) && !there.empty && !matching.get(at) && matching.get(at) !== 0
      ? [at]
      : [];
  });
  const counts = await countRows(
    connection,
    counting.map(at => ({ at, table: (found[at] as Found).sql, column: columnOf(losses[at] as Loss) })),
  );
  return losses.map((loss, at) => wordsFor(loss, found[at] ?? null, matching.get(at), counts.get(at) ?? 0));
}

/** The table of a loss. */
interface Found {
  /** Quoted, and qualified if the schema is known. */
  readonly sql: string;
  readonly schema: string | null;
  readonly bytes: number;
  /** PostgreSQL's estimate from the last statistics; 0 or less: none. */
  readonly estimate: number;
  readonly readable: boolean;
  /** A table without pages has no rows. */
  readonly empty: boolean;
}

const isCountable = ({ readable, bytes }: Found): boolean => readable && bytes <= countable;

const columnOf = ({ kind, column }: Loss): string | null => (kind === 'column' ? column : null);

/** By index of the loss; undefined if there is no table. */
async function findTables(
  connection: Connection,
  losses: readonly Loss[],
  runSchema: string | null,
): Promise<(Found | undefined)[]> {
  const asked = losses.flatMap(({ table, column }, at) => {
    if (!table) return [];
    const schema = table.schema ?? runSchema;
    return [
      { at, schema, sql: (schema ? [schema, table.name] : [table.name]).map(quoteIdent).join('.'), column },
    ];
  });
  const found: (Found | undefined)[] = losses.map(() => undefined);
  if (asked.length === 0) return found;
  const rows = await connection.query<{
    at: number;
    bytes: string | null;
    estimate: string;
    readable: boolean;
    empty: boolean;
  }>(
    `select a.at, pg_total_relation_size(c.oid)::text as bytes, ${wholeNumber('c.reltuples::float8')} as estimate,
            has_table_privilege(c.oid, 'select') as readable,
            c.relkind in ('r', 'm') and pg_relation_size(c.oid) = 0 as empty
       from json_to_recordset($1::json) as a(at integer, sql text, "column" text)
       join pg_class c on c.oid = to_regclass(a.sql)
      where a."column" is null or exists (
              select from pg_attribute where attrelid = c.oid and attname = a."column" and not attisdropped)`,
    [JSON.stringify(asked)],
  );
  const byIndex = new Map(asked.map(one => [one.at, one]));
  for (const { at, bytes, estimate, readable, empty } of rows) {
    const { sql, schema } = byIndex.get(at) as (typeof asked)[number];
    found[at] = { sql, schema, bytes: Number(bytes ?? 0), estimate: Number(estimate), readable, empty };
  }
  return found;
}

/** Number of tables per query: each is locked until the query ends. */
const together = 50;

interface Count {
  readonly at: number;
  readonly table: string;
  readonly column: string | null;
}

/** Counts rows, or the values of a column, by `at`. */
async function countRows(connection: Connection, counts: readonly Count[]): Promise<Map<number, number>> {
  const counted = new Map<number, number>();
  for (let from = 0; from < counts.length; from += together) {
    const rows = await connection.query<{ at: number; n: string }>(
      counts
        .slice(from, from + together)
        .map(
          ({ at, table, column }) =>
            `select ${at} as at, count(${column === null ? '*' : quoteIdent(column)})::text as n from ${table}`,
        )
        .join(' union all '),
    );
    for (const { at, n } of rows) counted.set(at, Number(n));
  }
  return counted;
}

function wordsFor(
  { kind, words, table, matching }: Loss,
  found: Found | null,
  deleted: number | null | undefined,
  n: number,
): MeasuredLoss {
  if (!table) return { words, destructive: true };
  if (!found) return { words, destructive: false };
  if (!found.readable) return { words, destructive: true };
  if (!isCountable(found)) {
    const estimate = found.estimate > 0 ? `: about ${number(found.estimate)} rows` : '';
    return { words: `${words}${estimate}`, destructive: true };
  }
  if (deleted === 0) return { words: `${words} (none matches now)`, destructive: false };
  if (deleted) return { words: `${words}: ${rowsIn(deleted)}`, destructive: true };
  if (n === 0)
    return { words: `${words} (${kind === 'column' ? 'no row has a value' : 'empty'})`, destructive: false };
  const has = n === 1 ? 'has' : 'have';
  const some = matching === undefined ? rowsIn(n) : `those of ${rowsIn(n)} that match its condition`;
  return { words: `${words}: ${some}${kind === 'column' ? ` ${has} a value` : ''}`, destructive: true };
}

/** Time limit for counting with a condition, ms: it may join big tables. */
const countingTime = 2_000;

/**
 * Counts the rows that match a condition in a read-only transaction. Null if the count is unknown: it takes
 * too long, calls a function that may have side effects, or needs an object created by an earlier step.
 */
async function countMatching(
  connection: Connection,
  { sql, functions }: RowCount,
  schema: string | null,
): Promise<number | null> {
  const database = connection.orm.em.getConnection();
  try {
    const [unsafe] = await connection.query(
      `select from pg_proc where proname = any (array[${[...functions, ''].map(quoteLiteral).join(', ')}])
          and (provolatile = 'v' or pronamespace <> 'pg_catalog'::regnamespace) limit 1`,
    );
    if (unsafe) return null;
    const count = await database.transactional(
      async tx => {
        const ask = (text: string): Promise<{ n?: string }[]> => database.execute(text, [], 'all', tx);
        await ask(`set local statement_timeout = ${countingTime}`);
        if (schema !== null) await ask(`set local search_path = ${quoteIdent(schema)}`);
        return (await ask(sql))[0]?.n;
      },
      { readOnly: true },
    );
    return Number(count);
  } catch (error) {
    if (sqlState(error) === undefined) throw error;
    return null;
  }
}

function rowsIn(n: number): string {
  return `${number(n)} ${n === 1 ? 'row' : 'rows'}`;
}

function number(n: number): string {
  return Math.round(n).toLocaleString('en-US');
}
