import type { CancelMode } from '../../../engine/api.ts';
import { ask, type Change, only } from '../../state/effect.ts';
import { logged } from '../../state/log.ts';
import type { State } from '../../state/model.ts';
import { isRunning } from '../../state/run.ts';
import { askHowToCancel, type CancelQuestion, withoutQuestion } from '../cancel-menu.ts';

const question: CancelQuestion = {
  title: 'Cancel the run?',
  text: 'The run continues until you choose.',
  isRunning: ({ run }) => isRunning(run),
  stop: { label: 'Stop after this step', about: 'keep finished steps; those sent to the server also finish' },
  rollBack: { about: 'stop the statement; its transaction, if any, is rolled back' },
  cancel,
  again: state => cancel(state, 'rollback'),
};

/** Asks how to cancel; asking again during a cancel forces it. */
export function askCancel(state: State, openedBy: string): Change {
  const { run } = state;
  if (!isRunning(run)) return only(state);
  if (run.cancel === 'rollback') return cancel(withoutQuestion(state, question), 'rollback');
  return askHowToCancel(state, openedBy, question);
}

function cancel(state: State, mode: CancelMode): Change {
  if (!isRunning(state.run)) return only(state);
  const [asked, , effect] = ask(state, { call: 'cancel', args: [mode] });
  const message = mode === 'rollback' ? 'cancelling and rolling back' : 'stopping after this step';
  return [
    logged({ ...asked, run: { ...state.run, cancel: mode, cancelAccepted: false } }, 'warning', message),
    [effect],
  ];
}
