/** Quotes an SQL identifier. */
export function quoteIdent(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The SQL string literals of a text, with their quotes. */
export function literalsIn(text: string): string[] {
  return text.match(/'[^']*(?:''[^']*)*'/g) ?? [];
}

/** Quotes an SQL string literal (standard_conforming_strings, the default since PostgreSQL 9.1). */
export function quoteLiteral(text: string): string {
  return text.includes('\\')
    ? `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
    : `'${text.replaceAll("'", "''")}'`;
}
