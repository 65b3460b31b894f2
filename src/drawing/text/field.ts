import { graphemes } from './graphemes.ts';

/** A one-line input field; `cursor` counts UTF-16 units from the start. */
export interface TextField {
  readonly text: string;
  readonly cursor: number;
}

export const emptyField: TextField = { text: '', cursor: 0 };

export const fieldOf = (text: string): TextField => ({ text, cursor: text.length });

/** Inserts text at the cursor, without control characters and line ends. */
export function insert(field: TextField, inserted: string): TextField {
  // A name is often copied with the end of its line.
  const whole = /[\r\n]$/.test(inserted) ? inserted.trimEnd() : inserted;
  const clean = whole.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');
  return {
    text: field.text.slice(0, field.cursor) + clean + field.text.slice(field.cursor),
    cursor: field.cursor + clean.length,
  };
}

/** The field after an editing key, or null if the key does not edit. */
export function edit(field: TextField, key: string): TextField | null {
  const { text, cursor } = field;
  const cutBefore = (from: number): TextField => ({
    text: text.slice(0, from) + text.slice(cursor),
    cursor: from,
  });
  switch (key) {
    case 'space':
      return insert(field, ' ');
    case 'backspace':
      return cutBefore(before(text, cursor));
    case 'delete':
      return { text: text.slice(0, cursor) + text.slice(after(text, cursor)), cursor };
    case 'left':
      return { text, cursor: before(text, cursor) };
    case 'right':
      return { text, cursor: after(text, cursor) };
    case 'home':
    case 'ctrl+a':
      return { text, cursor: 0 };
    case 'end':
    case 'ctrl+e':
      return { text, cursor: text.length };
    case 'ctrl+u':
      return cutBefore(0);
    case 'ctrl+w':
      return cutBefore(wordBefore(text, cursor));
    case 'ctrl+k':
      return { text: text.slice(0, cursor), cursor };
    default:
      return [...key].length === 1 ? insert(field, key) : null;
  }
}

/** The start of the word that ends before the cursor. */
function wordBefore(text: string, cursor: number): number {
  let start = text.slice(0, cursor).trimEnd().length;
  while (start > 0 && !/\s/.test(text[start - 1] as string)) start--;
  return start;
}

function before(text: string, cursor: number): number {
  let last = 0;
  for (const { index } of graphemes.segment(text)) {
    if (index >= cursor) break;
    last = index;
  }
  return last;
}

function after(text: string, cursor: number): number {
  for (const { index, segment } of graphemes.segment(text)) {
    if (index + segment.length > cursor) return index + segment.length;
  }
  return text.length;
}
