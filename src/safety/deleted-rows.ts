import { type Node, namesIn, nodesOf, type Statement, tokensSync } from './parse.ts';

/** How to count the rows that a `delete … where` deletes, without deleting them. */
export interface RowCount {
  /** One row with a column `n`. */
  readonly sql: string;
  /** The functions that it calls, by their last name. Counting must not run one that has side effects. */
  readonly functions: readonly string[];
}

/**
 * Turns a DELETE with a condition into a SELECT that counts its rows; null if the text is not enough to do
 * that. The grammar must be loaded (`loadParser`).
 */
export function countOfDeleted({ text, type, tree }: Statement): RowCount | null {
  if (type !== 'DeleteStmt' || !tree.whereClause || changesRows(tree.withClause)) return null;
  const parts = partsOf(text);
  if (!parts) return null;
  const { before, target, using, condition } = parts;
  const { relname, alias } = (tree.relation ?? {}) as { relname?: string; alias?: { aliasname?: string } };
  const name = quoted(alias?.aliasname ?? relname ?? '');
  const from = using === null ? target : `${target}, ${using}`;
  // A row that matches several rows of USING is deleted once.
  const rows = `select distinct ${name}.tableoid, ${name}.ctid from ${from} where ${condition}`;
  return {
    sql: `${before} select count(*)::text as n from (${using === null ? `select from ${from} where ${condition}` : rows}\n) as deleted`,
    functions: [...nodesOf(tree, 'FuncCall')].map(call => namesIn(call.funcname).at(-1) ?? ''),
  };
}

interface Parts {
  /** `with …`, or nothing. */
  readonly before: string;
  readonly target: string;
  readonly using: string | null;
  readonly condition: string;
}

/** Splits `[with …] delete from <target> [using <using>] where <condition> [returning …]` at its keywords. */
function partsOf(text: string): Parts | null {
  const bytes = Buffer.from(text, 'utf8');
  const at: Record<string, number> = {};
  let depth = 0;
  for (const { text: token, start, end } of tokensSync(text)) {
    if (token === '(') depth++;
    else if (token === ')') depth--;
    else if (depth === 0) {
      const word = token.toLowerCase();
      if (word === 'delete') at.delete = start;
      // `is distinct from` and similar expressions come after the first one.
      if (word === 'from' && at.delete !== undefined) at.from ??= end;
      if (at.from === undefined) continue;
      if (word === 'using' && at.where === undefined) at.using ??= end;
      if (word === 'where') at.where ??= end;
      if (word === 'returning') at.returning = start;
    }
  }
  const { delete: begin, from, using, where, returning } = at;
  if (begin === undefined || from === undefined || where === undefined) return null;
  const slice = (start: number, end?: number): string => bytes.subarray(start, end).toString('utf8').trim();
  return {
    before: slice(0, begin),
    target: slice(from, (using === undefined ? where : using) - 5),
    using: using === undefined ? null : slice(using, where - 5),
    condition: slice(where, returning),
  };
}

/** `with x as (delete … returning …)`. */
function changesRows(withClause: unknown): boolean {
  return ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'].some(
    kind => [...nodesOf(withClause as Node, kind)].length > 0,
  );
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
