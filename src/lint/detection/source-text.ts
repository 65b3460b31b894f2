import type { Statement } from '../../safety/parse.ts';

/**
 * The text between the first parentheses after a position.
 * @param location in bytes of the text that the statement was split from, as in the parse tree
 * @returns null if it is not found
 */
export function expressionText({ text, start }: Statement, location: number): string | null {
  // The same number for ASCII text; for other text the search for "check" corrects it.
  const from = Math.max(0, location - start);
  const check = text.slice(from).search(/check/i);
  const open = check < 0 ? -1 : text.indexOf('(', from + check);
  if (open < 0) return null;
  let depth = 0;
  let quote: string | null = null;
  for (let at = open; at < text.length; at++) {
    const character = text[at] as string;
    if (quote !== null) {
      if (character === quote) quote = null;
    } else if (character === "'" || character === '"') quote = character;
    else if (character === '(') depth++;
    else if (character === ')' && --depth === 0) return text.slice(open + 1, at);
  }
  return null;
}
