import type { LedgerTable } from '../ledger.ts';
import { quoteIdent, quoteLiteral } from '../quote.ts';

/** Queries a copy. */
export type Ask = <Row extends object>(sql: string) => Promise<Row[]>;

/** A table, or a materialized view, at one moment. */
export interface Table {
  readonly oid: string;
  /** `table`, or `schema.table` outside the default schema. */
  readonly name: string;
  /** Quoted and qualified. */
  readonly sql: string;
  /** `r` table, `p` partitioned, `m` materialized view. */
  readonly kind: string;
  readonly isPartition: boolean;
  /** The number of its file on disk, which changes when the table is rewritten. */
  readonly file: string;
  readonly bytes: number;
  /** By number, which does not change when it is renamed. */
  readonly columns: ReadonlyMap<number, string>;
}

export type Tables = ReadonlyMap<string, Table>;

/** Every table of a database except those of the system, migtui and MikroORM, by oid. */
export async function readTables(ask: Ask, { schema, name }: LedgerTable): Promise<Tables> {
  const rows = await ask<{
    oid: string;
    schema: string;
    name: string;
    kind: string;
    is_partition: boolean;
    file: string;
    bytes: string;
    columns: { number: number; name: string }[] | null;
  }>(
    `select c.oid::text as oid, n.nspname::text as schema, c.relname::text as name, c.relkind::text as kind,
            c.relispartition as is_partition, c.relfilenode::text as file,
            coalesce(pg_relation_size(c.oid), 0)::text as bytes,
            (select json_agg(json_build_object('number', a.attnum, 'name', a.attname) order by a.attnum)
               from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'm') and c.relpersistence <> 't'
        and n.nspname !~ '^(pg_|information_schema$|migtui$)'
        and not (n.nspname = ${quoteLiteral(schema)} and c.relname = ${quoteLiteral(name)})
      order by c.oid`,
  );
  return new Map(
    rows.map(row => [
      row.oid,
      {
        oid: row.oid,
        name: row.schema === schema ? row.name : `${row.schema}.${row.name}`,
        sql: `${quoteIdent(row.schema)}.${quoteIdent(row.name)}`,
        kind: row.kind,
        isPartition: row.is_partition,
        file: row.file,
        bytes: Number(row.bytes),
        columns: new Map((row.columns ?? []).map(({ number, name }) => [number, name])),
      },
    ]),
  );
}

/** Tables with rows whose file has changed. A truncated table also gets a new file. */
export function rewritten(before: Tables, after: Tables): string[] {
  return [...before.values()]
    .filter(({ oid, kind, file, bytes }) => {
      const now = after.get(oid);
      return kind !== 'p' && now !== undefined && now.file !== file && bytes > 0 && now.bytes > 0;
    })
    .map(({ name }) => name);
}
