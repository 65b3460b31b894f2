import { type Node, parse } from 'libpg-query';

/** One statement of an SQL text, as PostgreSQL's own grammar reads it. */
export interface Statement {
  readonly sql: string;
  /** The parse tree's node: `{ AlterTableStmt: … }`. */
  readonly node: Node;
}

/**
 * Splits an SQL text into statements with PostgreSQL's own parser.
 * @returns null where the text does not parse (the server will say what is wrong with it)
 */
export async function parseStatements(sql: string): Promise<readonly Statement[] | null> {
  let stmts: { stmt?: Node; stmt_location?: number; stmt_len?: number }[];
  try {
    ({ stmts = [] } = (await parse(sql)) as { stmts?: typeof stmts });
  } catch {
    return null;
  }
  // the parser counts bytes of UTF-8
  const bytes = Buffer.from(sql, 'utf8');
  return stmts.flatMap(({ stmt, stmt_location = 0, stmt_len }) => {
    if (!stmt) return [];
    const end = stmt_len ? stmt_location + stmt_len : bytes.length;
    return [{ sql: bytes.subarray(stmt_location, end).toString('utf8').trim(), node: stmt }];
  });
}
