import type { TextField } from '../../drawing/text/field.ts';
import { type Line, line } from '../../drawing/text/span.ts';
import { widthOf } from '../../drawing/text/width.ts';
import { wrap } from '../../drawing/text/wrap.ts';
import { fieldSpans } from './field-line.ts';

/**
 * Asks to type a name, in one line if it still fits when the whole name is typed; otherwise the name and the field have
 * lines of their own.
 * @param asking the one line, up to the field
 * @param why the reason, as a sentence
 */
export function namePrompt(
  asking: Line,
  {
    why,
    name,
    typed,
    complete = '',
  }: {
    readonly why: string;
    readonly name: string;
    readonly typed: TextField;
    /** What follows the field when the name is typed. */
    readonly complete?: string;
  },
  columns: number,
): Line[] {
  const field: Line = [...fieldSpans(typed), { text: typed.text === name ? complete : '', style: 'danger' }];
  const text = [...asking, ...field].map(span => span.text).join('');
  const rest = Math.max(0, widthOf(name) - widthOf(typed.text));
  if (widthOf(text) + rest <= columns) return [[...asking, ...field]];
  return [
    ...wrap(`${why} Type this and press Enter:`, columns).map(text => line(text, 'danger')),
    ...wrap(name, columns).map(text => line(text, 'alarm')),
    field,
  ];
}
