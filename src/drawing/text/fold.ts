import { type Line, type Span, textOf } from './span.ts';
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

/** As much of a text as can take these columns: it may go on for megabytes. */
const windowOf = (text: string, columns: number): string =>
  text.length > columns * 8 + 64 ? text.slice(0, columns * 8 + 64) : text;

/**
 * The same, broken at spaces where there are any.
 * @param indent columns before what goes on, besides those that the line itself begins with
 */
export function foldWords(line: Line, columns: number, indent = 0): Line[] {
  const text = textOf(line);
  if (widthOf(text) <= columns) return [line];
  const own = /^ */.exec(text)?.[0].length ?? 0;
  const before = Math.min(own + indent, Math.floor(columns / 2));
  const starts = breaks(text, columns, columns - before);
  return starts.map((from, index) => {
    const end = starts[index + 1] ?? text.length;
    // the space that a line is broken at is not drawn
    const spans = slice(line, from, from + text.slice(from, end).trimEnd().length);
    return index === 0 ? spans : [{ text: ' '.repeat(before) }, ...spans];
  });
}

/** Where the lines begin that a text is broken into: the first has `first` columns, the others `next`. */
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
      // a word that is too long for any line is broken where the line is full
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
