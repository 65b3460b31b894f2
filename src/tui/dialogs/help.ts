import { emptyField, type TextField } from '../../drawing/text/field.ts';
import { type Line, line } from '../../drawing/text/span.ts';
import type { Command } from '../keymap/command.ts';
import { keyTable } from '../keymap/keys.ts';
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

/** @param all all commands: help is one of them, so the table is read lazily */
export const helpType = (all: () => readonly Command[]): DialogType<HelpDialog> => ({
  kind: 'help',
  scopes: () => ['help', 'scrolling'],
  title: () => 'Keys',
  width: () => 100,
  head: dialog => [[{ text: 'search ', style: 'dim' }, ...fieldSpans(dialog.field)], []],
  body(dialog): Line[] {
    const wanted = dialog.field.text.toLowerCase();
    const lines: Line[] = [];
    for (const { group, rows } of keyTable(all(), dialog.from)) {
      const fitting = rows.filter(row => `${row.keys} ${row.about} ${row.id}`.toLowerCase().includes(wanted));
      if (fitting.length === 0) continue;
      lines.push(...(lines.length > 0 ? [[]] : []), line(group, 'title'));
      for (const row of fitting) {
        lines.push([
          { text: `  ${row.keys.padEnd(16)}`, style: row.disabled ? 'dim' : 'key' },
          { text: row.about, style: row.disabled ? 'dim' : row.danger ? 'danger' : undefined },
          { text: row.disabled ? `  (${row.disabled})` : '', style: 'dim' },
        ]);
      }
    }
    return lines.length > 0 ? lines : [line('no matching command', 'dim')];
  },
  field: dialog => dialog.field,
  typed: (dialog, field, state) => only(replaceTop(state, { ...dialog, field, top: 0 })),
});
