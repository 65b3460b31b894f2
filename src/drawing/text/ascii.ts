import { graphemes } from './graphemes.ts';
import { widthOf } from './width.ts';

const known: Readonly<Record<string, string>> = {
  '·': '-',
  '…': '~',
  '⋯': '~',
  '─': '-',
  '│': '|',
  '•': '*',
  '–': '-',
  '—': '-',
  '↑': '^',
  '↓': 'v',
  '←': '<',
  '→': '>',
  '“': '"',
  '”': '"',
  '‘': "'",
  '’': "'",
};

const beyond = /[^\x20-\x7e]/;

/** Text for an ASCII-only terminal, with the same width: characters without an equivalent become `?`. */
export function toAscii(text: string): string {
  if (!beyond.test(text)) return text;
  let out = '';
  for (const { segment } of graphemes.segment(text)) {
    out += beyond.test(segment) ? (known[segment] ?? '?'.repeat(widthOf(segment))) : segment;
  }
  return out;
}
