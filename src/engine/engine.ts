import { Failure } from '../foundation/failure.ts';
import type { EngineApi, EngineEvent, EngineOptions } from './api.ts';
import { createAuthoring } from './authoring.ts';
import { detail } from './detail.ts';
import { asFailure } from './failures.ts';
import { watchChanges } from './live.ts';
import { look } from './look.ts';
import { preview } from './preview.ts';
import { createRunning } from './running.ts';
import { Session } from './session.ts';

/**
 * Opens the one façade that both faces talk to. Headless commands call it in their own process;
 * the terminal app through `startEngine`. Opening connects to nothing and writes nothing.
 * @param emit hears what happens between calls
 * @throws Failure when the project cannot be opened (see `openProject`); so do all methods, with nothing else
 */
export async function openEngine(
  options: EngineOptions,
  emit: (event: EngineEvent) => void,
): Promise<EngineApi> {
  const session = await Session.open(options, emit);
  const running = createRunning(session);
  const stopWatching = options.live ? watchChanges(session, running.busy) : () => {};
  const writing = <Args extends unknown[], Result>(work: (...args: Args) => Promise<Result>) => {
    return async (...args: Args): Promise<Result> => {
      if (options.readOnly) {
        throw new Failure({
          code: 'read-only',
          message: 'migtui was opened read-only: nothing is written.',
          next: 'Leave out --read-only (or the readOnly setting) to write.',
        });
      }
      return work(...args);
    };
  };
  const api: EngineApi = {
    look: () => look(session),
    revision: id => detail(session, id),
    async resolve(target) {
      const { graph, applied } = await session.state();
      if (target.includes(':')) return graph.range(target, applied.keys()).revisions;
      return graph.resolve(target, applied.keys());
    },
    preview: request => preview(session, request),
    ...running.api,
    run: writing(running.api.run),
    settle: writing(running.api.settle),
    ...createAuthoring(session),
    async close() {
      stopWatching();
      await running.stop();
      await session.close();
    },
  };
  return guarded(api);
}

/** Turns whatever is thrown into a Failure, phrased once. */
function guarded(api: EngineApi): EngineApi {
  const methods = Object.entries(api) as [string, (...args: unknown[]) => Promise<unknown>][];
  return Object.fromEntries(
    methods.map(([name, method]) => [
      name,
      async (...args: unknown[]) => {
        try {
          return await method(...args);
        } catch (error) {
          throw asFailure(error);
        }
      },
    ]),
  ) as unknown as EngineApi;
}
