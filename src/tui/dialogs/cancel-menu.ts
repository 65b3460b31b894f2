import type { CancelMode } from '../../engine/api.ts';
import { type Change, only } from '../state/effect.ts';
import type { State } from '../state/model.ts';
import { open } from '../state/stack.ts';
import { type MenuDialog, menu } from './menu.ts';

/** The question how to cancel a run, and what its answers do. */
export interface CancelQuestion {
  readonly title: string;
  readonly text: string;
  /** Whether there is still something to cancel. */
  isRunning(state: State): boolean;
  readonly stop: { readonly label: string; readonly about: string };
  readonly rollBack: { readonly about: string };
  cancel(state: State, mode: CancelMode): Change;
  /** Asking again while the question is open is an answer. */
  again(state: State): Change;
}

/** Asks how to cancel a run; it continues until the user chooses. */
export function askHowToCancel(state: State, openedBy: string, question: CancelQuestion): Change {
  const { title, text, isRunning, stop, rollBack, cancel, again } = question;
  const without = withoutQuestion(state, question);
  if (without.dialogs.length < state.dialogs.length) return again(without);
  return only(
    open(
      state,
      menu({
        title,
        tone: 'warning',
        openedBy,
        text,
        validWhile: isRunning,
        items: [
          { key: 'g', label: 'Keep running', about: 'do not cancel', choose: only },
          { key: 's', ...stop, choose: next => cancel(next, 'after-step') },
          {
            key: 'r',
            label: 'Cancel and roll back',
            ...rollBack,
            danger: true,
            choose: next => cancel(next, 'rollback'),
          },
        ],
      }),
    ),
  );
}

/** The state without an open question of this title. */
export const withoutQuestion = (state: State, { title }: Pick<CancelQuestion, 'title'>): State => ({
  ...state,
  dialogs: state.dialogs.filter(
    dialog => !(dialog.kind === 'menu' && (dialog as MenuDialog).title === title),
  ),
});
