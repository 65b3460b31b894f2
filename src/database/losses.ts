import type { Loss } from '../safety/losses.ts';
import type { Connection } from './connection.ts';
import { quoteIdent } from './quote.ts';

/** A loss as it stands in this database now. */
export interface MeasuredLoss {
  /** `drops column messages.text: 1,204 rows have a value`. */
  readonly words: string;
  /** False where there is nothing to lose: no such table here, or no rows in it. */
  readonly destructive: boolean;
}

/** Up to this size a table is counted, above it PostgreSQL's own estimate is given, bytes. */
const countable = 64 * 1024 * 1024;

const number = new Intl.NumberFormat('en-US');

/** Measures losses against the live rows, with reads alone. A table that is not there loses nothing. */
export async function measureLosses(
  connection: Connection,
  losses: readonly Loss[],
): Promise<MeasuredLoss[]> {
  const measured: MeasuredLoss[] = [];
  for (const loss of losses) {
    measured.push(
      loss.kind === 'schema' ? await measureSchema(connection, loss) : await measureTable(connection, loss),
    );
  }
  return measured;
}

async function measureTable(connection: Connection, loss: Loss): Promise<MeasuredLoss> {
  const { kind, schema, table, column, by } = loss;
  const name = [schema, table].filter(Boolean).join('.');
  const what =
    kind === 'column'
      ? `drops column ${name}.${column}`
      : kind === 'table'
        ? `drops table ${name}`
        : `${by}s every row of ${name}`;
  const sql = [schema, table].flatMap(part => (part ? [quoteIdent(part)] : [])).join('.');
  const [found] = await connection.query<{
    bytes: string;
    estimate: number;
    readable: boolean;
    has_column: boolean;
  }>(
    `select pg_relation_size(c.oid)::text as bytes, c.reltuples as estimate,
            has_table_privilege(c.oid, 'select') as readable,
            (?::text is null or exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = ? and not a.attisdropped)) as has_column
       from pg_class c where c.oid = to_regclass(?)`,
    [column, column, sql],
  );
  if (!found?.has_column) return { words: what, destructive: false };
  if (!found.readable || Number(found.bytes) > countable) {
    const estimate =
      found.estimate > 0 ? `about ${number.format(Math.round(found.estimate))} rows` : 'rows not counted';
    return { words: `${what}: ${estimate}`, destructive: true };
  }
  const [counted] = await connection.query<{ rows: string }>(
    `select count(${column === null ? '*' : quoteIdent(column)})::text as rows from ${sql}`,
  );
  const rows = Number(counted?.rows ?? 0);
  if (rows === 0)
    return { words: `${what} (${kind === 'column' ? 'no row has a value' : 'empty'})`, destructive: false };
  const words = kind === 'column' ? `${plural(rows)} ${rows === 1 ? 'has' : 'have'} a value` : plural(rows);
  return { words: `${what}: ${words}`, destructive: true };
}

async function measureSchema(connection: Connection, { schema }: Loss): Promise<MeasuredLoss> {
  const [found] = await connection.query<{ tables: string }>(
    `select count(*)::text as tables from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = ? and c.relkind in ('r', 'p')`,
    [schema],
  );
  const tables = Number(found?.tables ?? 0);
  const words = `drops schema ${schema}`;
  return tables === 0
    ? { words, destructive: false }
    : { words: `${words}: ${tables} table${tables === 1 ? '' : 's'} in it`, destructive: true };
}

function plural(rows: number): string {
  return `${number.format(rows)} row${rows === 1 ? '' : 's'}`;
}
