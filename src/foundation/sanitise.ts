/*
 * Makes external text (names, SQL, rows, errors, logs) safe for a terminal. Characters that could move the
 * cursor, change colours or reorder text are replaced by visible marks. All readable text is kept.
 */

export interface SanitiseOptions {
  /** Keep line feeds (CR LF becomes LF); otherwise they are replaced by marks. */
  readonly lines?: boolean;
  /** Marks in ASCII (`^[`) instead of control pictures (`␛`). */
  readonly ascii?: boolean;
}

/** Columns between tab stops. */
const tabStop = 4;

/**
 * C0, DEL, C1, line separators, bidirectional controls, invisible format characters, tags and lone
 * surrogates. The joiners U+200C and U+200D are kept, because emoji and several scripts need them.
 */
const unsafe =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}\p{Surrogate}]/u;
const every = new RegExp(unsafe, 'gu');

/** `text` made safe to draw: no character in the result controls the terminal, except optional line feeds. */
export function sanitise(text: string, options: SanitiseOptions = {}): string {
  if (!(options.lines ? /[^\n -~]/ : /[^ -~]/).test(text) || !unsafe.test(text)) return text;
  if (!options.lines) return line(text, options.ascii === true);
  return text
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map(one => line(one, options.ascii === true))
    .join('\n');
}

function line(text: string, ascii: boolean): string {
  return expandTabs(text).replace(every, character => mark(character, ascii));
}

function expandTabs(text: string): string {
  if (!text.includes('\t')) return text;
  let out = '';
  for (const [index, part] of text.split('\t').entries()) {
    if (index > 0) out += ' '.repeat(tabStop - (out.length % tabStop));
    out += part;
  }
  return out;
}

function mark(character: string, ascii: boolean): string {
  const code = character.codePointAt(0) as number;
  if (code >= 0xd800 && code <= 0xdfff) return ascii ? '?' : '\ufffd';
  if (code === 0x7f) return ascii ? '^?' : '␡';
  if (code === 0x0a && !ascii) return '↵';
  if (code < 0x20) return ascii ? `^${String.fromCharCode(code + 0x40)}` : String.fromCharCode(0x2400 + code);
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
}
