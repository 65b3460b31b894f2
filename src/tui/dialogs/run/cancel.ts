import type { CancelMode } from '../../../engine/api.ts';
import { ask, type Change, only } from '../../state/effect.ts';
import { logged } from '../../state/log.ts';
import type { Dialog, State } from '../../state/model.ts';
import { isRunning } from '../../state/run.ts';
import { open } from '../../state/stack.ts';
import { type MenuDialog, menu } from '../menu.ts';

/** Asks how to cancel; asking again during a cancel forces it. */
export function askCancel(state: State, openedBy: string): Change {
  const { run } = state;
  if (!isRunning(run)) return only(state);
  const asking = state.dialogs.some(dialog => isCancelQuestion(dialog));
  if (asking || run.cancel === 'rollback') return cancel(dismissAsking(state), 'rollback');
  return only(
    open(
      state,
      menu({
        title: cancelTitle,
        tone: 'warning',
        openedBy,
        text: 'The run continues until you choose.',
        validWhile: next => isRunning(next.run),
        items: [
          { key: 'g', label: 'Keep running', about: 'do not cancel', choose: only },
          {
            key: 's',
            label: 'Stop after this step',
            about: 'keep what is done; steps already sent finish too',
            choose: next => cancel(next, 'after-step'),
          },
          {
            key: 'r',
            label: 'Cancel and roll back',
            about: 'stop the statement; its transaction, if any, is rolled back',
            danger: true,
            choose: next => cancel(next, 'rollback'),
          },
        ],
      }),
    ),
  );
}

const cancelTitle = 'Cancel the run?';

const isCancelQuestion = (dialog: Dialog): boolean =>
  dialog.kind === 'menu' && (dialog as MenuDialog).title === cancelTitle;

const dismissAsking = (state: State): State => ({
  ...state,
  dialogs: state.dialogs.filter(dialog => !isCancelQuestion(dialog)),
});

function cancel(state: State, mode: CancelMode): Change {
  if (!isRunning(state.run)) return only(state);
  const [asked, , effect] = ask(state, { call: 'cancel', args: [mode] });
  const message = mode === 'rollback' ? 'cancelling and rolling back' : 'stopping after this step';
  return [
    logged({ ...asked, run: { ...state.run, cancel: mode, cancelAccepted: false } }, 'warning', message),
    [effect],
  ];
}
