import type { EngineChange, EngineExit } from '../../engine/process/connection.ts';
import type { FailureInfo } from '../../foundation/failure.ts';
import { placeOptions } from '../../foundation/suggested-commands.ts';
import { andThen, type Change, only, type SideEffect } from './effect.ts';
import { refreshOverview } from './loading.ts';
import { logged } from './log.ts';
import type { State } from './model.ts';
import { abandon, isRunning } from './run.ts';
import { notify } from './stack.ts';

/** The engine process is running: the first status shows whether the project opens. */
export const connected = (state: State): Change => refreshOverview({ ...state, link: { is: 'ready' } });

export function restarted(state: State, failure: FailureInfo | null): Change {
  if (failure) {
    const next = logged(state, 'error', failure.message);
    return only({
      ...next,
      link: { is: 'lost', exit: { code: null, signal: null, lastOutput: failure.message } },
    });
  }
  return refreshOverview({ ...state, link: { is: 'ready' }, overviewTicket: null });
}

/** The engine ended unexpectedly. */
export function lost(state: State, exit: EngineExit): Change {
  const how = exit.signal ?? `exit code ${exit.code ?? 'unknown'}`;
  const failure: FailureInfo = {
    code: 'engine-died',
    message: exit.blocked
      ? 'The code of a revision blocked the engine, which was stopped.'
      : `The engine stopped (${how}).`,
    next: 'PostgreSQL rolls back uncommitted changes. Press r to restart and see what is applied.',
  };
  const run = isRunning(state.run) ? abandon(state.run, failure, state.now) : state.run;
  const next = notify(
    { ...state, run, link: { is: 'lost', exit }, overviewTicket: null, task: null, planStart: null },
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
      overviewTicket: null,
      overviewFailure: null,
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

/**
 * Restarts the engine for another context, schema or target of the fleet: all data of the old one is discarded.
 */
export function reopen(state: State, change: EngineChange): Change {
  const { context = 'default', schema = null } = { ...(state.overview?.project ?? state.sentTo), ...change };
  const { target } = change;
  const fresh: State = {
    ...state,
    sentTo: { context, schema },
    target: target ?? null,
    link: { is: 'restarting' },
    overviewTicket: null,
    overview: null,
    overviewFailure: null,
    details: new Map(),
    effects: new Map(),
    lints: new Map(),
    journal: null,
    run: null,
  };
  return [
    target === undefined
      ? logged(fresh, 'command', `migtui${placeOptions({ context, schema })}`)
      : logged(fresh, 'info', `opening ${target}`),
    [{ type: 'restart', change: { ...change, target } }],
  ];
}

/** Delays between attempts to reconnect to a lost database, ms: short at first, then longer. */
export const reconnectAfter = (tries: number): number => Math.min(30_000, 2_000 * 2 ** Math.min(tries, 4));

/** Tries the database again, unless it was reached in the meantime. */
export function reconnect(state: State, tries: number): Change {
  const away =
    state.link.is === 'ready' && state.overview !== null && state.overview.database.state === 'unreachable';
  return away && tries === state.reconnects && !isRunning(state.run)
    ? andThen(only(state), refreshOverview)
    : only(state);
}
