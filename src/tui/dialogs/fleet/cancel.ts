import type { CancelMode } from '../../../engine/api.ts';
import { ask, type Change, only } from '../../state/effect.ts';
import { fleetRuns } from '../../state/fleet.ts';
import type { State } from '../../state/model.ts';
import { askHowToCancel, type CancelQuestion } from '../cancel-menu.ts';

const question: CancelQuestion = {
  title: 'Cancel the run of the fleet?',
  text: 'The run continues until you choose. F shows it.',
  isRunning: ({ fleet }) => fleetRuns(fleet),
  stop: { label: 'Stop after the targets in progress', about: 'no others start' },
  rollBack: { about: 'cancel the targets in progress, too' },
  cancel,
  again: cancelFleet,
};

/** Asks how to cancel a fleet's run. */
export const askFleetCancel = (state: State, openedBy: string): Change =>
  fleetRuns(state.fleet) ? askHowToCancel(state, openedBy, question) : only(state);

/** The first time, targets in progress finish and no others start; the second time, they are cancelled. */
export function cancelFleet(state: State): Change {
  return cancel(state, state.fleet?.cancel == null ? 'after-step' : 'rollback');
}

function cancel(state: State, mode: CancelMode): Change {
  const { fleet } = state;
  if (!fleet || !fleetRuns(fleet)) return only(state);
  const [asked, , effect] = ask(
    { ...state, fleet: { ...fleet, cancel: mode, paused: null } },
    { call: 'fleetCancel', args: [mode] },
  );
  return [asked, [effect]];
}
