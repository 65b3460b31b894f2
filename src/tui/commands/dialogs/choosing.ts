import { choose } from '../../dialogs/menu.ts';
import { paletteRows, runFromPalette } from '../../dialogs/palette.ts';
import { chooseSchema, schemaChoices } from '../../dialogs/schema.ts';
import { replaceTop, topDialog } from '../../dialogs/stack.ts';
import { type Change, only } from '../../state/effect.ts';
import type { State } from '../../state/model.ts';
import { inDialogs, on } from './on.ts';

const wrapped = (cursor: number, length: number): number => (length === 0 ? 0 : (cursor + length) % length);

function moveChoice(by: number) {
  return (state: State): Change => {
    const dialog = topDialog(state);
    if (dialog?.kind === 'menu')
      return only(replaceTop(state, { ...dialog, cursor: wrapped(dialog.cursor + by, dialog.items.length) }));
    if (dialog?.kind === 'palette')
      return only(
        replaceTop(state, {
          ...dialog,
          cursor: wrapped(dialog.cursor + by, paletteRows(state, dialog).length),
        }),
      );
    if (dialog?.kind === 'schema')
      return only(
        replaceTop(state, {
          ...dialog,
          cursor: wrapped(dialog.cursor + by, schemaChoices(dialog, state).length),
        }),
      );
    return only(state);
  };
}

/** Menus, the palette, the schemas. */
export const choosingCommands = inDialogs([
  {
    id: 'next-item',
    keys: ['down', 'tab', 'ctrl+n'],
    where: ['choosing'],
    title: 'next',
    about: 'the next item',
    run: moveChoice(1),
  },
  {
    id: 'previous-item',
    keys: ['up', 'shift+tab', 'ctrl+p'],
    where: ['choosing'],
    title: 'previous',
    about: 'the item before',
    run: moveChoice(-1),
  },
  {
    id: 'next-menu-item',
    keys: ['j'],
    where: ['menu'],
    title: 'next',
    about: 'the next item',
    run: moveChoice(1),
  },
  {
    id: 'previous-menu-item',
    keys: ['k'],
    where: ['menu'],
    title: 'previous',
    about: 'the item before',
    run: moveChoice(-1),
  },
  {
    id: 'choose',
    keys: ['enter'],
    where: ['menu'],
    title: 'choose',
    about: 'take the item under the cursor',
    footer: 1,
    run: on('menu', (state, dialog, key) => choose(state, dialog, dialog.cursor, key)),
  },
  {
    id: 'run-command',
    keys: ['enter'],
    where: ['palette'],
    title: 'do it',
    about: 'run the command under the cursor',
    footer: 1,
    run: on('palette', (state, dialog) => runFromPalette(state, dialog, dialog.cursor)),
  },
  {
    id: 'choose-schema',
    keys: ['enter'],
    where: ['schema'],
    title: 'open it',
    about: 'open the project anew for the schema under the cursor',
    footer: 1,
    run: on('schema', (state, dialog) => chooseSchema(state, dialog, dialog.cursor)),
  },
]);
