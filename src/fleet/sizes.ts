import type { TableSize } from '../database/catalog.ts';
import type { Query } from '../database/journal/table.ts';
import { wholeNumber } from '../database/whole-number.ts';

/** The largest table of a name among many schemas. */
export interface Largest extends TableSize {
  readonly schema: string;
  readonly name: string;
}

/**
 * For each table name, the largest one among these schemas, with one query. PostgreSQL's own statistics
 * select it; only for the selected tables is the file size read.
 */
export async function largestTables(query: Query, schemas: readonly string[]): Promise<readonly Largest[]> {
  const rows = await query<{ schema: string; name: string; rows: string; bytes: string }>(
    `with tables as (
       select distinct on (c.relname) c.oid, n.nspname::text as schema, c.relname::text as name,
              greatest(c.reltuples::float8, coalesce(pg_stat_get_live_tuples(c.oid), 0)::float8) as rows
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'm') and n.nspname = any($1::text[])
        order by c.relname, c.relpages desc, 4 desc, n.nspname)
     select schema, name, ${wholeNumber('rows')} as rows, pg_total_relation_size(oid)::text as bytes from tables`,
    [schemas],
  );
  return rows.map(({ rows, ...one }) => ({
    ...one,
    bytes: Number(one.bytes),
    rows: Number(rows) > 0 ? Number(rows) : null,
  }));
}
