import type { EngineApi, FailureInfo } from '../../engine/api.ts';
import { drawFailure } from '../draw/failure.ts';
import type { Call } from '../shell/call.ts';

/** Time for a rollback after a signal that is not repeated by a user, ms. */
const rollbackTimeout = 2_000;
/** Time for an abandoned run to end by itself, ms. */
const endsWithin = 2_600;
/**
 * npx forwards a Ctrl-C that the terminal has also sent to us: within this time, it counts as the same one,
 * ms.
 */
const same = 500;

/**
 * Handles signals during a run: the first cancels it and rolls back, the second forces it to end, the third
 * ends migtui. SIGTERM and SIGHUP force it by themselves after a while. migtui always ends within 5 seconds
 * after SIGTERM, SIGHUP or the second Ctrl-C.
 * @param known the known state of the run, in case it is abandoned
 * @returns stops it
 */
export function cancelOnSignals(
  { host, output }: Call,
  engine: EngineApi,
  known: () => FailureInfo,
): () => void {
  let signals = 0;
  let last = 0;
  let timer: NodeJS.Timeout | undefined;
  const cancel = (words: string): void => {
    output.say(words, (words, paint) => paint.warn(words));
    engine.cancel('rollback').catch((error: Error) => output.say(error.message, message => message));
  };
  const leave = (): never => {
    if (output.json) output.answer(known(), error => ({ error }), drawFailure);
    else output.say(known(), drawFailure);
    return host.exit(1);
  };
  const force = (): void => {
    clearTimeout(timer);
    signals = 2;
    cancel('Closing its connection without waiting for it. The next signal ends migtui at once.');
    timer = setTimeout(leave, endsWithin);
  };
  const stop = host.onInterrupt(signal => {
    if (signals > 0 && host.now() - last < same) return;
    last = host.now();
    if (signals === 2) leave();
    if (signals === 1) return force();
    signals = 1;
    cancel(`${signal}: cancelling the statement and rolling back. Repeat it to stop waiting for the server.`);
    if (signal !== 'SIGINT') timer = setTimeout(force, rollbackTimeout);
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}
