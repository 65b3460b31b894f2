import type { EngineApi } from '../engine/api.ts';
import type { Call } from './shell/call.ts';

/** npx passes a Ctrl-C on that the terminal has sent to us as well: within this time it is the same one, ms. */
const same = 500;

/**
 * Listens to signals while a fleet runs: the first lets the targets at work end and begins no other, a second one
 * cancels them and rolls back, a third one ends migtui.
 * @returns stops it
 */
export function stopOnSignals({ host, output }: Call, engine: EngineApi): () => void {
  let signals = 0;
  let last = 0;
  return host.onInterrupt(signal => {
    if (signals > 0 && host.now() - last < same) return;
    last = host.now();
    signals++;
    if (signals > 2) host.exit(1);
    const words =
      signals === 1
        ? `${signal}: finishing the targets in progress; no others start. Repeat it to cancel them.`
        : 'Cancelling and rolling back. The next signal ends migtui at once.';
    output.say(words, (words, paint) => paint.warn(words));
    void engine.fleetCancel(signals === 1 ? 'after-step' : 'rollback').catch(() => {});
  });
}
