import type { EngineApi } from '../engine/api.ts';
import type { Call } from './shell/call.ts';

/** How long a run may take to roll back after a signal that no person is there to repeat, ms. */
const patience = 5_000;
/** npx passes a Ctrl-C on that the terminal has sent to us as well: within this time it is the same one, ms. */
const same = 500;

/**
 * Listens to signals during a run: the first cancels it and rolls back, a second one insists, a third one ends migtui.
 * SIGTERM and SIGHUP insist by themselves after a while.
 * @returns stops it
 */
export function cancelOnSignals({ host, output }: Call, engine: EngineApi): () => void {
  let heard = 0;
  let last = 0;
  let insisting: NodeJS.Timeout | undefined;
  const cancel = (words: string): void => {
    output.say(words, (words, paint) => paint.warn(words));
    engine.cancel('rollback').catch((error: Error) => output.say(error.message, message => message));
  };
  const insist = (): void => {
    clearTimeout(insisting);
    heard = 2;
    cancel('It is no longer waited for: its connection is ended. Once more ends migtui at once.');
  };
  const stop = host.onInterrupt(signal => {
    if (heard > 0 && host.now() - last < same) return;
    last = host.now();
    if (heard === 2) host.exit(1);
    if (heard === 1) return insist();
    heard = 1;
    cancel(`${signal}: cancelling the statement and rolling back. Once more insists.`);
    if (signal !== 'SIGINT') insisting = setTimeout(insist, patience);
  });
  return () => {
    clearTimeout(insisting);
    stop();
  };
}
