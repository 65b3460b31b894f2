import type { TextField } from '../../drawing/text/field.ts';
import type { Span } from '../../drawing/text/span.ts';

/** A field with a drawn cursor, because the terminal's own cursor is hidden. */
export function fieldSpans({ text, cursor }: TextField): Span[] {
  // An emoji has two units.
  const at = String.fromCodePoint(...[text.codePointAt(cursor)].filter(one => one !== undefined));
  return [
    { text: text.slice(0, cursor), style: 'strong' },
    { text: at === '' ? ' ' : at, style: 'cursor' },
    { text: text.slice(cursor + at.length), style: 'strong' },
  ];
}
