import { placeOptions } from '../../drawing/text/place.ts';
import type { EngineChange } from '../../engine/connection.ts';
import type { Change } from '../state/effect.ts';
import { logged } from '../state/log.ts';
import type { State } from '../state/model.ts';

/** Starts the engine anew for another context or schema: nothing that was known of the old one stays. */
export function reopen(state: State, change: EngineChange): Change {
  const { context = 'default', schema = null } = { ...(state.look?.project ?? state.sentTo), ...change };
  const fresh: State = {
    ...state,
    sentTo: { context, schema },
    link: { is: 'restarting' },
    looking: null,
    look: null,
    lookFailure: null,
    details: new Map(),
    effects: new Map(),
    journal: null,
    run: null,
  };
  return [
    logged(fresh, 'command', `migtui${placeOptions({ context, schema })}`),
    [{ type: 'restart', change }],
  ];
}
