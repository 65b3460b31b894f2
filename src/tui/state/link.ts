import type { EngineExit } from '../../engine/connection.ts';
import type { FailureInfo } from '../../foundation/failure.ts';
import { withoutCancelQuestion } from '../dialogs/run.ts';
import { notify } from '../dialogs/stack.ts';
import { andThen, type Change, only } from './effect.ts';
import { lookAgain } from './loading.ts';
import { logged } from './log.ts';
import type { State } from './model.ts';
import { abandon, isRunning } from './run.ts';

/** The engine's process is there: whether the project opens is told by the first look. */
export const connected = (state: State): Change => lookAgain({ ...state, link: { is: 'ready' } });

export function restarted(state: State, failure: FailureInfo | null): Change {
  if (failure) {
    const said = logged(state, 'error', failure.message);
    return only({ ...said, link: { is: 'lost', exit: { code: null, signal: null, said: failure.message } } });
  }
  return lookAgain({ ...state, link: { is: 'ready' }, looking: null });
}

/** The engine ended although nobody asked it to. */
export function lost(state: State, exit: EngineExit): Change {
  const how = exit.signal ?? `exit code ${exit.code ?? 'unknown'}`;
  const failure: FailureInfo = {
    code: 'engine-died',
    message: `The engine ended (${how}).`,
    next: 'PostgreSQL rolls back what was not committed. Press r to start it again: the history tells what is applied.',
  };
  const run = isRunning(state.run) ? abandon(state.run, failure, state.now) : state.run;
  const next = notify(
    { ...withoutCancelQuestion(state), run, link: { is: 'lost', exit }, looking: null, task: null },
    `${failure.message} r starts it again`,
    'error',
  );
  return only(logged(next, 'error', `the engine ended (${how})`));
}

/** Waits between tries to reach a lost database, ms: short at first, then patient. */
export const reconnectAfter = (tries: number): number => Math.min(30_000, 2_000 * 2 ** Math.min(tries, 4));

/** Time to try the database again, unless it was reached in between. */
export function reconnect(state: State, tries: number): Change {
  const away =
    state.link.is === 'ready' && state.look !== null && state.look.database.state === 'unreachable';
  return away && tries === state.reconnects && !isRunning(state.run)
    ? andThen(only(state), lookAgain)
    : only(state);
}
