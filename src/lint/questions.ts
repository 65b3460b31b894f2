/** A question to the live database: which rows would refuse a statement. */
export interface RowQuestion {
  /** A query that gives one row for each row, or value, in the way: its text in a column `example`. */
  readonly sql: string;
  /** The least version of the server that can answer; undefined: any. */
  readonly version?: number;
}

/** A name as SQL writes it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A table's name as SQL writes it. */
export function quotedTable({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return `${quoted(schema)}.${quoted(name)}`;
}
