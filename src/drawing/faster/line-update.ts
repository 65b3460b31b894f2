import original from '../../../node_modules/ink/build/line-update.js';
import { isSimple } from './string-width.ts';

/*
 * Ink's way to write a line that has changed: from its first changed column on. A line of characters of one column each
 * needs no taking apart into graphemes to know which column that is.
 */

const styling = /\u001b\[[\d;]*m/g;

/** Takes and gives what Ink's own function does. */
export default function lineUpdate(previous: string, next: string, columns: number): string {
  const before = previous.replace(styling, '');
  const after = next.replace(styling, '');
  if (!isSimple(before) || !isSimple(after) || before.length > columns || after.length > columns) {
    return original(previous, next, columns);
  }
  const full = `\u001b[1G\u001b[K${next}`;
  let common = 0;
  const end = Math.min(previous.length, next.length);
  while (common < end && previous.charCodeAt(common) === next.charCodeAt(common)) common++;
  if (common === 0) return full;
  const codes = [...next.matchAll(styling)];
  // of what is equal only text counts, and a code that differs counts from its beginning on
  const column = codes.reduce(
    (left, { 0: code, index }) => (index < common ? left - Math.min(code.length, common - index) : left),
    common,
  );
  if (column === 0 || column >= columns) return full;
  let offset = column;
  let styles = '';
  for (const { 0: code, index } of codes) {
    if (index > offset || index + code.length > common) break;
    offset += code.length;
    styles += code;
  }
  const partial = `\u001b[${column + 1}G\u001b[K${styles}${next.slice(offset)}`;
  return partial.length < full.length ? partial : full;
}
