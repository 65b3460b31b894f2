import type { FleetResult } from '../../engine/api.ts';
import { fleetRuns } from './fleet.ts';
import { logged } from './log.ts';
import type { Answer } from './message.ts';
import type { State } from './model.ts';

/** The state after the answer to `fleetRun`; unchanged if it belongs to another run. */
export function fleetEnded(state: State, { ticket, outcome }: Pick<Answer, 'ticket' | 'outcome'>): State {
  const { fleet } = state;
  if (!fleet || fleet.ticket !== ticket) return state;
  const ended: State = {
    ...state,
    fleet: {
      ...fleet,
      result: outcome.ok ? (outcome.value as FleetResult) : fleet.result,
      failure: outcome.ok ? null : outcome.failure,
      working: [],
      paused: null,
      endedAt: fleetRuns(fleet) ? state.now : fleet.endedAt,
    },
  };
  return outcome.ok ? ended : logged(ended, 'error', outcome.failure.message);
}
