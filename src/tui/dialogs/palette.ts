import { emptyField, type TextField } from '../../drawing/text/field.ts';
import { type Line, line } from '../../drawing/text/span.ts';
import { padTo, widthOf } from '../../drawing/text/width.ts';
import type { Command } from '../keymap/command.ts';
import { keysOf, paletteCommands } from '../keymap/keys.ts';
import { andThen, type Change, only } from '../state/effect.ts';
import { setFilter } from '../state/filtering.ts';
import type { Dialog, State } from '../state/model.ts';
import { moveTo } from '../state/moving.ts';
import { shortName } from '../state/select.ts';
import { shownHistory } from '../state/shown.ts';
import { close, notified, replaceTop } from '../state/stack.ts';
import { inDialogs, on } from './commands.ts';
import type { DialogType } from './dialog.ts';
import { fieldSpans } from './field-line.ts';

/** Runs commands by name. */
export interface PaletteDialog extends Dialog {
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

function paletteRows(commands: readonly Command[], state: State, dialog: PaletteDialog): readonly Command[] {
  const wanted = dialog.field.text.toLowerCase();
  const rank = (one: Command): number =>
    one.id.startsWith(wanted)
      ? 0
      : one.id.includes(wanted)
        ? 1
        : `${one.title} ${one.about}`.includes(wanted)
          ? 2
          : 3;
  const fitting = paletteCommands(commands, close(state))
    .filter(one => rank(one) < 3)
    .sort((a, b) => rank(a) - rank(b));
  return [...fitting, ...jumps(state, wanted)];
}

/** Maximum number of revisions offered. */
const mostJumps = 20;

/** Jumps to revisions whose id or label contains the text. */
function jumps(state: State, wanted: string): Command[] {
  if (wanted.length < 2 || !state.overview) return [];
  return state.overview.revisions
    .filter(row => `${row.id} ${row.labels.join(' ')}`.toLowerCase().includes(wanted))
    .slice(0, mostJumps)
    .map(row => ({
      id: shortName(row),
      keys: [],
      where: [],
      title: 'go to',
      about: 'go to this revision',
      group: 'Move',
      run: next => goToRevision(next, row.id),
    }));
}

function goToRevision(state: State, id: string): Change {
  const row = shownHistory(state).index.get(id);
  if (row !== undefined) return moveTo({ ...state, focus: 'history' }, 'history', row);
  // Hidden by the filter.
  return state.filter === '' ? only(state) : andThen(setFilter(state, ''), shown => goToRevision(shown, id));
}

function runFromPalette(
  commands: readonly Command[],
  state: State,
  dialog: PaletteDialog,
  index: number,
): Change {
  const command = paletteRows(commands, state, dialog)[index];
  if (!command) return only(state);
  const before = close(state);
  const why = command.disabled?.(before) ?? null;
  return why === null ? command.run(before, 'enter') : notified(state, why, 'warning');
}

const keysIn = (command: Command, { settings }: State): string => keysOf(command, settings).join(' ');

/** The width of a column, with the space after it. */
const widest = (texts: readonly string[]): number => 2 + Math.max(0, ...texts.map(widthOf));

/** @param all all commands: the palette is one of them, so the table is read lazily */
export const paletteType = (all: () => readonly Command[]): DialogType<PaletteDialog> => ({
  kind: 'palette',
  commands: inDialogs([
    {
      id: 'run-command',
      keys: ['enter'],
      where: ['palette'],
      title: 'run',
      about: 'run the command under the cursor',
      footer: 1,
      run: on<PaletteDialog>('palette', (state, dialog) =>
        runFromPalette(all(), state, dialog, dialog.cursor),
      ),
    },
  ]),
  scopes: () => ['palette', 'choosing'],
  title: () => 'Commands',
  width: () => 84,
  head: dialog => [[{ text: ': ', style: 'key' }, ...fieldSpans(dialog.field)], []],
  body(dialog, state): Line[] {
    const rows = paletteRows(all(), state, dialog);
    const before = close(state);
    const names = widest(rows.map(({ id }) => id));
    const keys = widest(rows.map(command => keysIn(command, state)));
    return rows.length === 0
      ? [line('no matching command', 'dim')]
      : rows.map(command => {
          const why = command.disabled?.(before) ?? null;
          return [
            { text: padTo(command.id, names), style: why ? 'dim' : 'strong' },
            { text: padTo(keysIn(command, state), keys), style: why ? 'dim' : 'key' },
            { text: why ?? command.about, style: why ? 'dim' : undefined },
          ];
        });
  },
  selected: dialog => dialog.cursor,
  choices: (dialog, state) => paletteRows(all(), state, dialog).length,
  field: dialog => dialog.field,
  typed: (dialog, field, state) => only(replaceTop(state, { ...dialog, field, cursor: 0 })),
  clicked: (dialog, at, state) => runFromPalette(all(), state, dialog, at),
});
