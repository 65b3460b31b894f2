import type { TextField } from '../../drawing/text/field.ts';
import type { Span } from '../../drawing/text/span.ts';

/** A field with a drawn cursor, because the terminal's own cursor is hidden. */
export function fieldSpans({ text, cursor }: TextField): Span[] {
  const at = text.slice(cursor, cursor + 1);
  return [
    { text: text.slice(0, cursor), style: 'strong' },
    { text: at === '' ? ' ' : at, style: 'cursor' },
    { text: text.slice(cursor + 1), style: 'strong' },
  ];
}
