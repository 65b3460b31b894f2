import { isRefusal } from '../database/connection.ts';
import { type Running as Run, startRun } from '../database/run/run.ts';
import { Failure } from '../foundation/failure.ts';
import type { EngineApi, RunEvent } from './api.ts';
import type { Session } from './session.ts';

/** The part of the engine that changes databases. */
export interface Running {
  readonly api: Pick<EngineApi, 'run' | 'cancel' | 'journal' | 'settle' | 'script'>;
  /** A run is going on. */
  readonly busy: () => boolean;
  /** Ends what runs: cancels, rolls back, writes it down. */
  stop(): Promise<void>;
}

/** How long a rollback may take before it is no longer waited for politely, ms. */
const patience = 2_000;

/** The engine's methods `run`, `cancel`, `journal`, `settle` and `script` on a session. */
export function createRunning(session: Session): Running {
  let current: Run | null = null;
  const emit = (event: RunEvent): void => session.emit({ type: 'run', event });
  const notYet = async (): Promise<never> => {
    throw new Failure({ code: 'not-yet', message: 'This is not there yet.' });
  };
  return {
    busy: () => current !== null,
    async stop() {
      const ending = current;
      if (!ending) return;
      const done = ending.result.then(
        () => {},
        () => {},
      );
      const insist = setTimeout(() => void ending.cancel('rollback'), patience);
      await Promise.all([ending.cancel('rollback'), done]);
      clearTimeout(insist);
    },
    api: {
      async run(preview, options) {
        if (current) {
          throw new Failure({
            code: 'busy',
            message: 'A run is going on already.',
            next: 'Wait for its end.',
          });
        }
        const { graph } = await session.state();
        const connection = await session.connection({ create: true });
        if (isRefusal(connection)) throw new Failure(connection.failure);
        current = startRun({
          project: session.project,
          connection,
          table: session.table,
          preview,
          options,
          emit,
          tipsOf: applied => graph.current(applied),
        });
        try {
          return await current.result;
        } finally {
          current = null;
        }
      },
      async cancel(mode) {
        await current?.cancel(mode);
      },
      journal: notYet,
      settle: notYet,
      script: notYet,
    },
  };
}
