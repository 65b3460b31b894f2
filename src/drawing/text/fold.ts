import type { Line, Span } from './span.ts';
import { cutTo, widthOf } from './width.ts';

/**
 * A line as lines of at most `columns`, broken where it is full, each piece in its style. For code, which has to be
 * read to its end; prose is for `wrap`.
 * @param indent columns before what goes on
 */
export function fold(line: Line, columns: number, indent = 0): Line[] {
  const width = Math.max(indent + 2, columns);
  const lines: Span[][] = [[]];
  let left = width;
  for (const { text, style } of line) {
    let rest = text;
    while (rest !== '') {
      const piece = cutTo(rest, left);
      if (piece !== '') lines.at(-1)?.push({ text: piece, style });
      rest = rest.slice(piece.length);
      left -= widthOf(piece);
      if (rest === '') break;
      lines.push([{ text: ' '.repeat(indent) }]);
      left = width - indent;
    }
  }
  return lines;
}
