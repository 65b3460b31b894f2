/** A query to the live database: on which rows a statement would fail. */
export interface RowQuestion {
  /** A query that returns one row for each failing row or value, with its text in the column `example`. */
  readonly sql: string;
  /** The minimum server version for the query; undefined: any. */
  readonly version?: number;
}

/** A name in SQL notation. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A table's name in SQL notation. */
export function quotedTable({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return `${quoted(schema)}.${quoted(name)}`;
}
