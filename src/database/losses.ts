import type { RowCount } from '../safety/deleted-rows.ts';
import type { Loss } from '../safety/losses.ts';
import type { Connection } from './connection.ts';
import { quoteIdent, quoteLiteral } from './quote.ts';
import { sqlState } from './sql-failure.ts';

/** A loss as it stands in this database now. */
export interface MeasuredLoss {
  /** `drops column messages.text: 1,204 rows have a value`. */
  readonly words: string;
  /** False where there is nothing to lose: no such table here yet, or nothing in it. */
  readonly destructive: boolean;
}

/** Above this size nothing is counted: a preview must not read a big table. Bytes. */
const countable = 64 * 1024 * 1024;

/**
 * Measures losses against the live rows, reading only. Where rows may not be read, the words stand alone.
 * @param schema that the migrations run in: tables without a schema are there
 */
export async function measureLosses(
  connection: Connection,
  losses: readonly Loss[],
  schema: string | null,
): Promise<MeasuredLoss[]> {
  const measured: MeasuredLoss[] = [];
  for (const loss of losses) measured.push(await measure(connection, loss, schema));
  return measured;
}

async function measure(
  connection: Connection,
  { kind, words, table, column, matching }: Loss,
  runSchema: string | null,
): Promise<MeasuredLoss> {
  if (!table) return { words, destructive: true };
  const schema = table.schema ?? runSchema;
  const sql = (schema ? [schema, table.name] : [table.name]).map(quoteIdent).join('.');
  const [found] = await connection.query<{
    bytes: string;
    estimate: number;
    readable: boolean;
    there: boolean;
  }>(
    `select pg_total_relation_size(c.oid)::text as bytes, c.reltuples::float8 as estimate,
            has_table_privilege(c.oid, 'select') as readable,
            $1::text is null or exists (
              select from pg_attribute where attrelid = c.oid and attname = $1 and not attisdropped) as there
       from pg_class c where c.oid = to_regclass($2)`,
    [column ?? null, sql],
  );
  if (!found?.there) return { words, destructive: false };
  if (!found.readable) return { words, destructive: true };
  if (Number(found.bytes) > countable) {
    const estimate = found.estimate > 0 ? `: about ${number(found.estimate)} rows` : '';
    return { words: `${words}${estimate}`, destructive: true };
  }
  if (matching !== undefined) {
    const deleted = matching && (await countMatching(connection, matching, schema));
    if (deleted === 0) return { words: `${words} (none matches now)`, destructive: false };
    if (deleted) return { words: `${words}: ${rowsIn(deleted)}`, destructive: true };
  }
  const what = kind === 'column' ? quoteIdent(column as string) : '*';
  const [counted] = await connection.query<{ n: string }>(`select count(${what})::text as n from ${sql}`);
  const n = Number(counted?.n ?? 0);
  if (n === 0)
    return { words: `${words} (${kind === 'column' ? 'no row has a value' : 'empty'})`, destructive: false };
  const has = n === 1 ? 'has' : 'have';
  const some = matching === undefined ? rowsIn(n) : `those of ${rowsIn(n)} that match its condition`;
  return { words: `${words}: ${some}${kind === 'column' ? ` ${has} a value` : ''}`, destructive: true };
}

/** How long counting by a condition may take, ms: it may join big tables. */
const countingTime = 2_000;

/**
 * Counts the rows that a condition picks in a transaction that can only read. Null where that cannot be told: it
 * takes too long, calls a function that may do something, or needs what an earlier step makes.
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
