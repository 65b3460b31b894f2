import { placeOptions } from '../../drawing/text/place.ts';
import type { EngineChange, EngineExit } from '../../engine/process/connection.ts';
import type { FailureInfo } from '../../foundation/failure.ts';
import { andThen, type Change, only, type SideEffect } from './effect.ts';
import { lookAgain } from './loading.ts';
import { logged } from './log.ts';
import type { State } from './model.ts';
import { abandon, isRunning } from './run.ts';
import { notify } from './stack.ts';

/** The engine process is running: the first status shows whether the project opens. */
export const connected = (state: State): Change => lookAgain({ ...state, link: { is: 'ready' } });

export function restarted(state: State, failure: FailureInfo | null): Change {
  if (failure) {
    const said = logged(state, 'error', failure.message);
    return only({ ...said, link: { is: 'lost', exit: { code: null, signal: null, said: failure.message } } });
  }
  return lookAgain({ ...state, link: { is: 'ready' }, looking: null });
}

/** The engine ended unexpectedly. */
export function lost(state: State, exit: EngineExit): Change {
  const how = exit.signal ?? `exit code ${exit.code ?? 'unknown'}`;
  const failure: FailureInfo = {
    code: 'engine-died',
    message: `The engine stopped (${how}).`,
    next: 'PostgreSQL rolls back uncommitted changes. Press r to restart and see what is applied.',
  };
  const run = isRunning(state.run) ? abandon(state.run, failure, state.now) : state.run;
  const next = notify(
    { ...state, run, link: { is: 'lost', exit }, looking: null, task: null },
    `${failure.message} Press r to restart it.`,
    'error',
  );
  return only(logged(next, 'error', `the engine stopped (${how})`));
}

/** Reloads everything; a restart of the engine sees edited files. */
export function reload(state: State): Change {
  const [asked, effects]: readonly [State, readonly SideEffect[]] = [
    {
      ...state,
      link: { is: 'restarting' },
      looking: null,
      lookFailure: null,
      reconnects: 0,
      details: new Map(),
      effects: new Map(),
      lints: new Map(),
      journal: null,
    },
    [{ type: 'restart' }],
  ];
  return [logged(asked, 'info', 'reloading'), effects];
}

/** Restarts the engine for another context or schema: all data of the old one is discarded. */
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
    lints: new Map(),
    journal: null,
    run: null,
  };
  return [
    logged(fresh, 'command', `migtui${placeOptions({ context, schema })}`),
    [{ type: 'restart', change }],
  ];
}

/** Delays between attempts to reconnect to a lost database, ms: short at first, then longer. */
export const reconnectAfter = (tries: number): number => Math.min(30_000, 2_000 * 2 ** Math.min(tries, 4));

/** Tries the database again, unless it was reached in the meantime. */
export function reconnect(state: State, tries: number): Change {
  const away =
    state.link.is === 'ready' && state.look !== null && state.look.database.state === 'unreachable';
  return away && tries === state.reconnects && !isRunning(state.run)
    ? andThen(only(state), lookAgain)
    : only(state);
}
