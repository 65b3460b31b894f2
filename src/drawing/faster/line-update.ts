import original from '../../../node_modules/ink/build/line-update.js';
import { isSimple } from './string-width.ts';

/*
 * Writes a changed line from its first changed column on, like Ink. If all characters are one column wide, the column is
 * found without splitting the line into graphemes.
 */

const styling = /\u001b\[[\d;]*m/g;

/** The same parameters and result as Ink's function. */
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
  // In the common part only text takes up columns; a code that differs is written again from its start.
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
