import { Failure } from '../foundation/failure.ts';
import type { EngineApi } from './api.ts';
import type { EngineChange } from './connection.ts';

/** One engine's process. Its calls reject with a `Failure`, `engine-died` when it is gone. */
export interface Launched {
  call(method: keyof EngineApi, args: readonly unknown[]): Promise<unknown>;
  stop(): Promise<void>;
  kill(): void;
}

/** What must not be cut short for the sake of another call, nor be done twice. */
const changing: ReadonlySet<keyof EngineApi> = new Set(['run', 'settle', 'write']);

/**
 * An engine that is left for a new one when it has to see edited files: Node keeps imported modules for good.
 * Calls that were on their way are made again.
 * @param launch starts a process that opens the project as the one before did, but for `change`
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
