import type { EngineApi } from '../../engine/api.ts';
import type { Call } from '../shell/call.ts';

/**
 * npx forwards a Ctrl-C that the terminal has also sent to us: within this time, it counts as the same one,
 * ms.
 */
const same = 500;

/**
 * Handles signals during a fleet run: the first finishes the targets in progress and starts no others, the
 * second cancels them and rolls back, the third ends migtui.
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
