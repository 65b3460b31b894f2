import { type Line, type Span, textOf } from './span.ts';
import { cutTo, widthOf } from './width.ts';

/**
 * Splits a line into lines of at most `columns`, broken at the edge, with styles preserved. For code, which
 * must be readable to its end; use `wrap` for prose.
 * @param indent columns before continuation lines
 */
export function fold(line: Line, columns: number, indent = 0): Line[] {
  const width = Math.max(indent + 2, columns);
  const lines: Span[][] = [[]];
  let left = width;
  for (const { text, style } of line) {
    let rest = text;
    while (rest !== '') {
      const piece = cutTo(windowOf(rest, left), left);
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

/** The part of a text that can fill these columns: it may have megabytes. */
const windowOf = (text: string, columns: number): string =>
  text.length > columns * 8 + 64 ? text.slice(0, columns * 8 + 64) : text;

/**
 * The same, broken at spaces if possible.
 * @param indent columns before continuation lines, in addition to the indentation of the line
 */
export function foldWords(line: Line, columns: number, indent = 0): Line[] {
  const text = textOf(line);
  if (widthOf(text) <= columns) return [line];
  const own = /^ */.exec(text)?.[0].length ?? 0;
  const before = Math.min(own + indent, Math.floor(columns / 2));
  const starts = breaks(text, columns, columns - before);
  return starts.map((from, index) => {
    const end = starts[index + 1] ?? text.length;
    // The space at a line break is not drawn.
    const spans = slice(line, from, from + text.slice(from, end).trimEnd().length);
    return index === 0 ? spans : [{ text: ' '.repeat(before) }, ...spans];
  });
}

/** The start offsets of the lines of a text: the first line has `first` columns, the others `next`. */
function breaks(text: string, first: number, next: number): number[] {
  const starts = [0];
  let left = first;
  let blank = true;
  let offset = 0;
  const newLine = (): void => {
    starts.push(offset);
    left = next;
    blank = true;
  };
  for (const word of text.split(/(?<=\s)(?=\S)/)) {
    const end = offset + word.length;
    while (offset < end) {
      const rest = windowOf(text.slice(offset, end), left);
      const fits = offset + rest.length === end && widthOf(rest.trimEnd()) <= left;
      if (!fits && !blank) {
        newLine();
        continue;
      }
      // A word that is too long for any line is broken at the edge.
      const piece = fits ? rest : cutTo(rest, left) || rest.slice(0, 1);
      offset += piece.length;
      left -= widthOf(piece);
      blank = blank && piece.trim() === '';
      if (!fits) newLine();
    }
  }
  return starts;
}

/** The part of a line between two offsets of its text. */
function slice(line: Line, from: number, to: number): Line {
  let offset = 0;
  return line.flatMap(span => {
    const start = offset;
    offset += span.text.length;
    const text = span.text.slice(Math.max(0, from - start), Math.max(0, to - start));
    return text === '' ? [] : [{ ...span, text }];
  });
}
