import type { EngineApi, FailureInfo } from '../engine/api.ts';
import { drawFailure } from './draw/failure.ts';
import type { Call } from './shell/call.ts';

/** How long a run may take to roll back after a signal that no person is there to repeat, ms. */
const politeFor = 2_000;
/** How long a run that is no longer waited for may take to end by itself, ms. */
const endsWithin = 2_600;
/** npx passes a Ctrl-C on that the terminal has sent to us as well: within this time it is the same one, ms. */
const same = 500;

/**
 * Listens to signals during a run: the first cancels it and rolls back, a second one insists, a third one ends migtui.
 * SIGTERM and SIGHUP insist by themselves after a while. Whatever happens, migtui ends within 5 seconds of SIGTERM,
 * SIGHUP or the second Ctrl-C.
 * @param known what is known of the run so far, for when its end is not waited for
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
  const insist = (): void => {
    clearTimeout(timer);
    signals = 2;
    cancel('Closing its connection without waiting for it. The next signal ends migtui at once.');
    timer = setTimeout(leave, endsWithin);
  };
  const stop = host.onInterrupt(signal => {
    if (signals > 0 && host.now() - last < same) return;
    last = host.now();
    if (signals === 2) leave();
    if (signals === 1) return insist();
    signals = 1;
    cancel(`${signal}: cancelling the statement and rolling back. Repeat it to stop waiting for the server.`);
    if (signal !== 'SIGINT') timer = setTimeout(insist, politeFor);
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}
