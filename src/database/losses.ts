import type { Loss } from '../safety/losses.ts';
import type { Query } from './journal/table.ts';
import { quoteIdent } from './quote.ts';

/** Above this many rows (PostgreSQL's estimate) nothing is counted: a preview must not read a big table. */
const countUpTo = 1_000_000;

/**
 * Losses in words with what the live database holds: `drops column messages.text: 1,204 rows have a value`.
 * Reads only; where a table is absent or may not be read, the words stand alone. An empty table loses nothing
 * but itself.
 */
export async function describeLosses(query: Query, losses: readonly Loss[]): Promise<string[]> {
  const words: string[] = [];
  for (const loss of losses) {
    const count = loss.table === null ? null : await counted(query, loss).catch(() => null);
    words.push(count === null ? loss.words : `${loss.words}: ${count}`);
  }
  return words;
}

async function counted(query: Query, { kind, table, column }: Loss): Promise<string | null> {
  const name = (table as string).split('.').map(quoteIdent).join('.');
  const [found] = await query<{ estimate: number; readable: boolean; there: boolean }>(
    `select c.reltuples::float8 as estimate, has_table_privilege(c.oid, 'select') as readable,
            $2::text is null or exists (
              select from pg_attribute where attrelid = c.oid and attname = $2 and not attisdropped) as there
       from pg_class c where c.oid = to_regclass($1) and c.relkind in ('r', 'p', 'm', 'f')`,
    [name, column],
  );
  if (!found?.readable || !found.there) return null;
  const of = kind === 'column' ? `count(${quoteIdent(column as string)})` : 'count(*)';
  const words = kind === 'column' ? ['row has a value', 'rows have a value'] : ['row', 'rows'];
  if (found.estimate > countUpTo) return `about ${number(found.estimate)} rows`;
  const [row] = await query<{ n: string }>(`select ${of} as n from ${name}`);
  const n = Number(row?.n ?? 0);
  return `${number(n)} ${words[n === 1 ? 0 : 1]}`;
}

function number(n: number): string {
  return Math.round(n).toLocaleString('en-US');
}
