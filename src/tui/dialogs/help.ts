import { emptyField, type TextField } from '../../drawing/text/field.ts';
import { type Line, line } from '../../drawing/text/span.ts';
import { wrap } from '../../drawing/text/wrap.ts';
import type { Command } from '../keymap/command.ts';
import { type KeyRow, keyTable } from '../keymap/keys.ts';
import { only } from '../state/effect.ts';
import type { Dialog, State } from '../state/model.ts';
import { replaceTop } from '../state/stack.ts';
import type { DialogType } from './dialog.ts';
import { fieldSpans } from './field-line.ts';

/** Every command with its keys, its description, and why it is disabled. */
export interface HelpDialog extends Dialog {
  readonly kind: 'help';
  readonly field: TextField;
  /** The state of the screen when help was opened. */
  readonly from: State;
}

export const helpDialog = (from: State, openedBy: string): HelpDialog => ({
  kind: 'help',
  field: emptyField,
  from,
  top: 0,
  openedBy,
});

/** The width of the keys, with their margins. */
const forKeys = 18;

/** A command's keys, and beside them what it does and why it is disabled, wrapped. */
function rowLines({ keys, about, danger, disabled }: KeyRow, columns: number): Line[] {
  const style = disabled ? 'dim' : danger ? 'danger' : undefined;
  // A command without a key of its own is chosen by name.
  const shown = keys === '' ? ': by name' : keys;
  const text = disabled ? `${about}  (${disabled})` : about;
  return wrap(text, Math.max(20, columns - forKeys)).map(
    (part, index): Line => [
      { text: `  ${index === 0 ? shown : ''}`.padEnd(forKeys), style: disabled ? 'dim' : 'key' },
      { text: part, style },
    ],
  );
}

/** @param all all commands: help is one of them, so the table is read lazily */
export const helpType = (all: () => readonly Command[]): DialogType<HelpDialog> => ({
  kind: 'help',
  scopes: () => ['help', 'scrolling'],
  title: () => 'Keys',
  width: () => 100,
  head: dialog => [[{ text: 'search ', style: 'dim' }, ...fieldSpans(dialog.field)], []],
  body(dialog, _, columns): Line[] {
    // The field has the focus already, but many type the / of a search first.
    const wanted = dialog.field.text.toLowerCase().replace(/^\/(?=.)/, '');
    const lines: Line[] = [];
    for (const { group, rows } of keyTable(all(), dialog.from)) {
      const fitting = rows.filter(row => `${row.keys} ${row.about} ${row.id}`.toLowerCase().includes(wanted));
      if (fitting.length === 0) continue;
      lines.push(...(lines.length > 0 ? [[]] : []), line(group, 'title'));
      for (const row of fitting) {
        lines.push(...rowLines(row, columns));
      }
    }
    return lines.length > 0 ? lines : [line('no matching command', 'dim')];
  },
  field: dialog => dialog.field,
  typed: (dialog, field, state) => only(replaceTop(state, { ...dialog, field, top: 0 })),
});
