import type { EngineApi } from '../../engine/api.ts';
import type { EngineConnection } from '../../engine/process/connection.ts';
import { Failure, type FailureInfo } from '../../foundation/failure.ts';
import type { SideEffect } from '../state/effect.ts';
import type { Call } from '../state/model.ts';
import { isRunning } from '../state/run.ts';
import type { Store } from './store.ts';

/** The outside world: the engine and the terminal. */
export interface Environment {
  readonly connection: () => EngineConnection | null;
  readonly copy: (text: string) => void;
  readonly mouse: (on: boolean) => void;
  /** Opens a file of the project; returns the error message. */
  readonly edit: (file: string) => Promise<string | null>;
  readonly suspend: () => Promise<void>;
  readonly redraw: () => void;
  readonly quit: () => void;
}

/** An error as a plain value; any error other than a `Failure` is reported as a bug. */
export function failureOf(error: unknown): FailureInfo {
  if (error instanceof Failure) return error.info;
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}

/** Performs an effect of the state. The result comes back as a message. */
export const performer =
  (environment: Environment) =>
  (effect: SideEffect, store: Store): void => {
    switch (effect.type) {
      case 'call':
        void call(environment, store, effect.call).then(
          value =>
            store.dispatch({
              type: 'answered',
              ticket: effect.ticket,
              call: effect.call,
              outcome: { ok: true, value },
            }),
          error =>
            store.dispatch({
              type: 'answered',
              ticket: effect.ticket,
              call: effect.call,
              outcome: { ok: false, failure: failureOf(error) },
            }),
        );
        return;
      case 'later': {
        const { topic, token } = effect;
        setTimeout(() => store.dispatch({ type: 'later', topic, token }), effect.ms).unref?.();
        return;
      }
      case 'restart':
        void restart(environment, effect.change).then(failure =>
          store.dispatch({ type: 'restarted', failure }),
        );
        return;
      case 'edit': {
        const { file } = effect;
        void environment.edit(file).then(failure => store.dispatch({ type: 'edited', file, failure }));
        return;
      }
      case 'copy':
        environment.copy(effect.text);
        return;
      case 'mouse':
        environment.mouse(effect.on);
        return;
      case 'suspend':
        void environment.suspend();
        return;
      case 'redraw':
        environment.redraw();
        return;
      case 'quit':
        environment.quit();
        return;
    }
  };

async function call(environment: Environment, store: Store, asked: Call): Promise<unknown> {
  try {
    return await callOnce(environment, asked);
  } catch (error) {
    const edited = error instanceof Failure && error.info.code === 'restart-needed';
    if (!edited || isRunning(store.state.run)) throw error;
    // A file that the engine has loaded was edited: a new engine sees it.
    await restartOnce(environment, store);
    return callOnce(environment, asked);
  }
}

async function callOnce(environment: Environment, { call: name, args }: Call): Promise<unknown> {
  const connection = environment.connection();
  if (!connection) throw new Failure({ code: 'not-open', message: 'The engine is still starting.' });
  return (connection.api[name] as (...args: readonly unknown[]) => ReturnType<EngineApi[typeof name]>)(
    ...args,
  );
}

let restarting: Promise<void> | null = null;

/** Several calls may detect the same edited file. */
function restartOnce(environment: Environment, store: Store): Promise<void> {
  restarting ??= Promise.resolve(environment.connection()?.restart())
    .then(() => store.dispatch({ type: 'restarted', failure: null }))
    .finally(() => {
      restarting = null;
    });
  return restarting;
}

async function restart(
  environment: Environment,
  change: Extract<SideEffect, { type: 'restart' }>['change'],
): Promise<FailureInfo | null> {
  try {
    await environment.connection()?.restart(change);
    return null;
  } catch (error) {
    return failureOf(error);
  }
}
