import { type Node, type Statement, splitSync, tokensSync } from '../../safety/parse.ts';
import { quoted, quotedTable } from '../questions.ts';

/** The statement in a text that contains exactly one. */
export function only(sql: string): Statement | null {
  const [statement, ...more] = splitSync(sql) ?? [];
  return statement && more.length === 0 ? statement : null;
}

/** The only subcommand of an ALTER TABLE that has just one. */
export function onlyCommand({ cmds }: Node): Node | null {
  if (!Array.isArray(cmds) || cmds.length !== 1) return null;
  return (cmds[0] as { AlterTableCmd?: Node }).AlterTableCmd ?? null;
}

/** The table of a statement, in SQL notation. */
export function tableIn({ relation }: Node): string {
  const { schemaname, relname } = (relation ?? {}) as { schemaname?: string; relname?: string };
  return schemaname ? quotedTable({ schema: schemaname, name: relname ?? '' }) : quoted(relname ?? '');
}

/** A statement as part of another text. */
export function withoutSemicolon(sql: string): string {
  return sql.trim().replace(/;\s*$/, '');
}

/**
 * Splits a statement at the first of these keywords outside parentheses.
 * @returns null if there is none
 */
export function cutAt(
  text: string,
  words: readonly string[],
): { readonly before: string; readonly word: string; readonly after: string } | null {
  const bytes = Buffer.from(text);
  let depth = 0;
  for (const token of tokensSync(text)) {
    if (token.text === '(' || token.text === '[') depth++;
    if (token.text === ')' || token.text === ']') depth--;
    const word = token.text.toLowerCase();
    if (depth !== 0 || !words.includes(word)) continue;
    return {
      before: bytes.subarray(0, token.start).toString().trimEnd(),
      word,
      after: bytes.subarray(token.end).toString().trim(),
    };
  }
  return null;
}
