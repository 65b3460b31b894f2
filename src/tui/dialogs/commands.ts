import type { Command, Group } from '../keymap/command.ts';
import { type Change, only } from '../state/effect.ts';
import type { Dialog, State } from '../state/model.ts';
import { topDialog } from '../state/stack.ts';

/** Runs `act` with the top dialog if it is of this kind. */
export const on =
  <D extends Dialog>(kind: D['kind'], act: (state: State, dialog: D, key: string) => Change) =>
  (state: State, key: string): Change => {
    const dialog = topDialog(state);
    return dialog?.kind === kind ? act(state, dialog as D, key) : only(state);
  };

/** Returns the reason from the top dialog if it is of this kind. */
export const why =
  <D extends Dialog>(kind: D['kind'], reason: (state: State, dialog: D) => string | null) =>
  (state: State): string | null => {
    const dialog = topDialog(state);
    return dialog?.kind === kind ? reason(state, dialog as D) : null;
  };

/** Commands that are only available as keys, while a dialog is open. */
export const inDialogs = (
  commands: readonly Omit<Command, 'group' | 'keyOnly'>[],
  group: Group = 'In dialogs',
): readonly Command[] => commands.map(command => ({ ...command, group, keyOnly: true }));
