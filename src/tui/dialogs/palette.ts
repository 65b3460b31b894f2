import { emptyField, type TextField } from '../../drawing/text/field.ts';
import { type Line, line } from '../../drawing/text/span.ts';
import type { Command } from '../commands/command.ts';
import { keysOf, paletteCommands } from '../commands/keys.ts';
import { type Change, only } from '../state/effect.ts';
import type { State } from '../state/model.ts';
import type { DialogBase, DialogPart } from './dialog.ts';
import { fieldSpans } from './field-line.ts';
import { close, notified, replaceTop } from './stack.ts';

/** Commands by name. */
export interface PaletteDialog extends DialogBase {
  readonly kind: 'palette';
  readonly field: TextField;
  readonly cursor: number;
}

export const paletteDialog = (openedBy: string): PaletteDialog => ({
  kind: 'palette',
  field: emptyField,
  cursor: 0,
  top: 0,
  openedBy,
});

export function paletteRows(state: State, dialog: PaletteDialog): readonly Command[] {
  const wanted = dialog.field.text.toLowerCase();
  const rank = (one: Command): number =>
    one.id.startsWith(wanted)
      ? 0
      : one.id.includes(wanted)
        ? 1
        : `${one.title} ${one.about}`.includes(wanted)
          ? 2
          : 3;
  return paletteCommands(close(state))
    .filter(one => rank(one) < 3)
    .sort((a, b) => rank(a) - rank(b));
}

export function runFromPalette(state: State, dialog: PaletteDialog, index: number): Change {
  const command = paletteRows(state, dialog)[index];
  if (!command) return only(state);
  const before = close(state);
  const why = command.disabled?.(before) ?? null;
  return why === null ? command.run(before, 'enter') : notified(state, why, 'warning');
}

export const palettePart: DialogPart<PaletteDialog> = {
  scopes: () => ['palette', 'choosing'],
  title: () => 'Commands',
  width: () => 84,
  head: dialog => [[{ text: ': ', style: 'key' }, ...fieldSpans(dialog.field)], []],
  body(dialog, state): Line[] {
    const rows = paletteRows(state, dialog);
    const before = close(state);
    return rows.length === 0
      ? [line('no command has this in its name', 'dim')]
      : rows.map(command => {
          const why = command.disabled?.(before) ?? null;
          return [
            { text: command.id.padEnd(20), style: why ? 'dim' : 'strong' },
            { text: keysOf(command, state.settings).join(' ').padEnd(8), style: why ? 'dim' : 'key' },
            { text: why ?? command.about, style: why ? 'dim' : undefined },
          ];
        });
  },
  selected: dialog => dialog.cursor,
  field: dialog => dialog.field,
  typed: (dialog, field, state) => only(replaceTop(state, { ...dialog, field, cursor: 0 })),
  clicked: (dialog, at, state) => runFromPalette(state, dialog, at),
};
