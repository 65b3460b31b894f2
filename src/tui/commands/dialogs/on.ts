import type { Dialog } from '../../dialogs/dialog.ts';
import { topDialog } from '../../dialogs/stack.ts';
import { type Change, only } from '../../state/effect.ts';
import type { State } from '../../state/model.ts';
import type { Command } from '../command.ts';

type Kind = Dialog['kind'];
type Of<K extends Kind> = Extract<Dialog, { kind: K }>;

/** Runs `act` with the top dialog when it is of this kind. */
export const on =
  <K extends Kind>(kind: K, act: (state: State, dialog: Of<K>, key: string) => Change) =>
  (state: State, key: string): Change => {
    const dialog = topDialog(state);
    return dialog?.kind === kind ? act(state, dialog as Of<K>, key) : only(state);
  };

/** Asks for the reason with the top dialog when it is of this kind. */
export const why =
  <K extends Kind>(kind: K, reason: (state: State, dialog: Of<K>) => string | null) =>
  (state: State): string | null => {
    const dialog = topDialog(state);
    return dialog?.kind === kind ? reason(state, dialog as Of<K>) : null;
  };

/** Commands that only make sense as keys, while a dialog is open. */
export const inDialogs = (commands: readonly Omit<Command, 'group' | 'keyOnly'>[]): readonly Command[] =>
  commands.map(command => ({ ...command, group: 'In dialogs', keyOnly: true }));
