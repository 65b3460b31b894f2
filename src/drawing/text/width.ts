import stringWidth, { isSimple } from '../faster/string-width.ts';
import { graphemes } from './graphemes.ts';
import type { Line } from './span.ts';

/*
 * The display width of text, and truncation to a width. Almost all text is ASCII, box drawing or Latin; only
 * other text needs grapheme segmentation.
 */

/** The width of `text`, which must not contain control characters. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

/** The longest prefix of `text` that fits into `columns`; never splits a grapheme. */
export function cutTo(text: string, columns: number): string {
  if (columns <= 0) return '';
  if (isSimple(text)) return text.length <= columns ? text : text.slice(0, columns);
  let width = 0;
  let out = '';
  for (const { segment } of graphemes.segment(text)) {
    width += stringWidth(segment);
    if (width > columns) break;
    out += segment;
  }
  return out;
}

/** `text` without its first `columns` columns; half of a wide character becomes a space. */
export function cutFrom(text: string, columns: number): string {
  if (columns <= 0) return text;
  if (isSimple(text)) return text.slice(columns);
  let width = 0;
  for (const { segment, index } of graphemes.segment(text)) {
    if (width >= columns) return ' '.repeat(width - columns) + text.slice(index);
    width += stringWidth(segment);
  }
  return ' '.repeat(Math.max(0, width - columns));
}

/** `text` truncated to `columns`, with an ellipsis if something is missing. */
export function clip(text: string, columns: number, ellipsis = '…'): string {
  if (widthOf(text) <= columns) return text;
  return cutTo(text, columns - ellipsis.length) + (columns > 0 ? ellipsis : '');
}

/**
 * `text` truncated in the middle to `columns`: both ends of a host, a path or a name are important.
 * @param head the part of the space that the beginning gets
 */
export function cutMiddle(text: string, columns: number, ellipsis = '…', head = 1 / 2): string {
  const width = widthOf(text);
  if (width <= columns) return text;
  const available = columns - widthOf(ellipsis);
  if (available < 2) return cutTo(text, columns);
  const start = cutTo(text, Math.ceil(available * head));
  return `${start}${ellipsis}${cutFrom(text, width - (available - widthOf(start)))}`;
}

export function padTo(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)));
}

/** The spans that fit into `columns`, the last one of them clipped. */
export function cutLine(line: Line, columns: number): Line {
  let left = columns;
  return line.flatMap(one => {
    if (left <= 0) return [];
    const text = clip(one.text, left);
    left -= widthOf(text);
    return [{ ...one, text }];
  });
}
