import { sanitise } from '../../foundation/sanitise.ts';
import { cutTo, widthOf } from './width.ts';

/** `text` as lines of at most `columns`, broken at spaces if possible. */
export function wrap(text: string, columns: number): string[] {
  const width = Math.max(1, columns);
  return sanitise(text, { lines: true })
    .split('\n')
    .flatMap(paragraph => wrapParagraph(paragraph, width));
}

function wrapParagraph(paragraph: string, columns: number): string[] {
  if (widthOf(paragraph) <= columns) return [paragraph];
  const indent = /^ */.exec(paragraph)?.[0].slice(0, Math.floor(columns / 2)) ?? '';
  const lines: string[] = [];
  let current = '';
  for (const word of paragraph.split(/(?<=\s)(?=\S)/)) {
    if (current !== '' && widthOf(current + word.trimEnd()) > columns) {
      lines.push(current.trimEnd());
      current = indent;
    }
    current += word;
    while (widthOf(current.trimEnd()) > columns) {
      const head = cutTo(current, columns) || [...current].slice(0, 1).join('');
      lines.push(head);
      current = current.slice(head.length);
    }
  }
  if (current.trim() !== '') lines.push(current.trimEnd());
  return lines;
}
