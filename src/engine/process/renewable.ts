import { Failure } from '../../foundation/failure.ts';
import type { EngineApi } from '../api.ts';
import type { EngineChange } from './connection.ts';

/** One engine process. Its calls reject with a `Failure`, `engine-died` if it has exited. */
export interface Launched {
  call(method: keyof EngineApi, args: readonly unknown[]): Promise<unknown>;
  stop(): Promise<void>;
  kill(): void;
}

/** Calls that must not be interrupted by another call or repeated. */
const changing: ReadonlySet<keyof EngineApi> = new Set(['run', 'resolveRevision', 'write']);

/**
 * An engine that is replaced by a new one when it must see edited files: Node never reloads imported modules.
 * Pending calls are repeated.
 * @param launch starts a process that opens the project like the previous one, apart from `change`
 */
export function renewable(launch: (change: EngineChange) => Launched) {
  let current = launch({});
  let over = false;
  let working = 0;
  let renewing: Promise<void> = Promise.resolve();
  const left = new WeakSet<Launched>();

  function renew(change: EngineChange = {}): Promise<void> {
    left.add(current);
    renewing = renewing
      .catch(() => {})
      .then(async () => {
        left.add(current);
        await current.stop();
        if (!over) current = launch(change);
      });
    return renewing;
  }

  async function call(method: keyof EngineApi, args: readonly unknown[], again = true): Promise<unknown> {
    await renewing;
    const engine = current;
    const works = changing.has(method);
    if (works) working++;
    try {
      return await engine.call(method, args);
    } catch (error) {
      if (!again || !(error instanceof Failure)) throw error;
      if (error.code === 'restart-needed') {
        if (working > (works ? 1 : 0)) throw error;
        if (!left.has(engine)) void renew().catch(() => {});
      } else if (error.code !== 'engine-died' || works || !left.has(engine)) {
        throw error;
      }
    } finally {
      if (works) working--;
    }
    return call(method, args, false);
  }

  return {
    call,
    renew,
    kill: () => current.kill(),
    stop() {
      over = true;
      return current.stop();
    },
  };
}
