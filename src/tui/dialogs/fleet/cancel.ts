import type { CancelMode } from '../../../engine/api.ts';
import { ask, type Change, only } from '../../state/effect.ts';
import { fleetRuns } from '../../state/fleet.ts';
import type { State } from '../../state/model.ts';
import { open } from '../../state/stack.ts';
import { type MenuDialog, menu } from '../menu.ts';

/** The first time, targets in progress finish and no others start; the second time, they are cancelled. */
export function cancelFleet(state: State): Change {
  return cancel(state, state.fleet?.cancel == null ? 'after-step' : 'rollback');
}

const title = 'Cancel the run of the fleet?';

/** Asks how to cancel a fleet's run; it continues until the user chooses. */
export function askFleetCancel(state: State, openedBy: string): Change {
  if (!fleetRuns(state.fleet)) return only(state);
  const others = state.dialogs.filter(dialog => (dialog as Partial<MenuDialog>).title !== title);
  // Asking again is an answer.
  if (others.length < state.dialogs.length) return cancelFleet({ ...state, dialogs: others });
  return only(
    open(
      state,
      menu({
        title,
        tone: 'warning',
        openedBy,
        text: 'The run continues until you choose. F shows it.',
        validWhile: next => fleetRuns(next.fleet),
        items: [
          { key: 'g', label: 'Keep running', about: 'do not cancel', choose: only },
          {
            key: 's',
            label: 'Stop after the targets in progress',
            about: 'no others start',
            choose: next => cancel(next, 'after-step'),
          },
          {
            key: 'r',
            label: 'Cancel and roll back',
            about: 'cancel the targets in progress, too',
            danger: true,
            choose: next => cancel(next, 'rollback'),
          },
        ],
      }),
    ),
  );
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
