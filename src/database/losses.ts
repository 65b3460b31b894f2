import { grouped } from '../foundation/grouped.ts';
import type { RowCount } from '../safety/deleted-rows.ts';
import type { Loss, TableName } from '../safety/losses.ts';
import type { Connection } from './connect/connection.ts';
import { quoteIdent, quoteLiteral } from './quote.ts';
import { sqlState } from './sql-failure.ts';
import { wholeNumber } from './whole-number.ts';

/** A loss in the current database. */
export interface MeasuredLoss {
  /** `drops column messages.text: 1,204 rows have a value`. */
  readonly description: string;
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
  return losses.map((loss, at) =>
    describeLoss(loss, found[at] ?? null, matching.get(at), counts.get(at) ?? 0),
  );
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
  /** The table that a view writes to; null for a table, or if it is not certain. */
  readonly behind: string | null;
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
    view: boolean;
    behind: string | null;
  }>(sizesOf, [JSON.stringify(asked)]);
  const byIndex = new Map(asked.map(one => [one.at, one]));
  for (const { at, bytes, estimate, readable, empty, view, behind } of rows) {
    const { sql, schema } = byIndex.get(at) as (typeof asked)[number];
    const size = view ? Number.POSITIVE_INFINITY : Number(bytes ?? 0);
    found[at] = { sql, schema, bytes: size, estimate: Number(estimate), readable, empty, behind };
  }
  return found;
}

/** The sizes of tables with their partitions and child tables; of a view, those of the only table that it reads. */
const sizesOf = `
  with recursive asked as (
    select a.at, c.oid, c.relnamespace from json_to_recordset($1::json) as a(at integer, sql text, "column" text)
      join pg_class c on c.oid = to_regclass(a.sql)
     where a."column" is null or exists (
             select from pg_attribute where attrelid = c.oid and attname = a."column" and not attisdropped)),
  behind as (
    select at, oid, 0 as depth from asked
    union all
    select b.at, d.oid, depth + 1 from behind b join pg_rewrite w on w.ev_class = b.oid and w.rulename = '_RETURN'
      join pg_class v on v.oid = b.oid and v.relkind = 'v'
     cross join lateral (
       select min(refobjid) as oid from pg_depend
        where classid = 'pg_rewrite'::regclass and objid = w.oid and refclassid = 'pg_class'::regclass and refobjid <> b.oid
       having count(distinct refobjid) = 1) d
     where depth < 20 and not exists (select from pg_trigger where tgrelid = b.oid and tgtype & 64 <> 0)
       and not exists (select from pg_rewrite where ev_class = b.oid and is_instead and rulename <> '_RETURN')),
  last as (select distinct on (at) at, oid, depth from behind order by at, depth desc),
  tree as (
    select at, oid from last
    union select t.at, i.inhrelid from tree t join pg_inherits i on i.inhparent = t.oid),
  sizes as (
    select at, sum(pg_total_relation_size(c.oid)) as bytes, sum(greatest(c.reltuples, 0)::float8) as estimate,
           bool_and(case when c.relkind in ('r', 'm') then pg_relation_size(c.oid) = 0 else c.relkind = 'p' end) as empty
      from tree join pg_class c on c.oid = tree.oid group by at)
  select asked.at, sizes.bytes::text as bytes, ${wholeNumber('sizes.estimate')} as estimate,
         has_table_privilege(asked.oid, 'select') as readable, sizes.empty, c.relkind = 'v' as view,
         case when depth > 0 and c.relkind <> 'v' then
           concat(case when c.relnamespace <> asked.relnamespace then n.nspname || '.' end, c.relname) end as behind
    from asked join sizes using (at) join last on last.at = asked.at
    join pg_class c on c.oid = last.oid join pg_namespace n on n.oid = c.relnamespace`;

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

function describeLoss(
  { kind, description: plain, table, matching }: Loss,
  found: Found | null,
  deleted: number | null | undefined,
  n: number,
): MeasuredLoss {
  if (!table) return { description: plain, destructive: true };
  const description = found?.behind == null ? plain : throughView(plain, table, found.behind);
  if (!found) return { description, destructive: false };
  if (!found.readable) return { description, destructive: true };
  if (!isCountable(found)) {
    const estimate = found.estimate > 0 ? `: about ${number(found.estimate)} rows` : '';
    return { description: `${description}${estimate}`, destructive: true };
  }
  if (deleted === 0) return { description: `${description} (none matches now)`, destructive: false };
  if (deleted) return { description: `${description}: ${rowsIn(deleted)}`, destructive: true };
  if (n === 0)
    return {
      description: `${description} (${kind === 'column' ? 'no row has a value' : 'empty'})`,
      destructive: false,
    };
  const has = n === 1 ? 'has' : 'have';
  const some = matching === undefined ? rowsIn(n) : `those of ${rowsIn(n)} that match its condition`;
  return {
    description: `${description}: ${some}${kind === 'column' ? ` ${has} a value` : ''}`,
    destructive: true,
  };
}

/** `deletes rows of city_names` of a view: `deletes rows of cities (through city_names)`. */
function throughView(description: string, { schema, name }: TableName, behind: string): string {
  const view = schema === null ? name : `${schema}.${name}`;
  const place = schema !== null && !behind.includes('.') ? `${schema}.` : '';
  return description.endsWith(view)
    ? `${description.slice(0, -view.length)}${place}${behind} (through ${view})`
    : description;
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
  return grouped(Math.round(n));
}
