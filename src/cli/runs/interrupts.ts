import type { FailureInfo } from '../../engine/api.ts';
import { sameKeyMs } from '../../foundation/same-key.ts';
import { drawFailure } from '../draw/failure.ts';
import type { Call } from '../shell/call.ts';

/** Time for a rollback after a signal that is not repeated by a user, ms. */
const rollbackTimeout = 1_800;
/** Time for an abandoned run to end by itself, ms. */
const endsWithin = 2_200;

/** How a run is stopped. */
export interface Stopping {
  /** Cancels and rolls back; called again, it does not wait for the server or for the code of a revision. */
  cancel(): Promise<void>;
  /** Finishes what is in progress and starts nothing else; undefined: the first Ctrl-C cancels. */
  readonly finish?: { readonly notice: string; begin(): Promise<void> };
  /** The known state of the run, in case it is abandoned. */
  known(): FailureInfo;
}

/**
 * Handles signals during a run: the first cancels it and rolls back, the second forces it to end, the third
 * ends migtui. With `finish`, the first Ctrl-C only finishes what is in progress, and the next signals do this. After
 * SIGTERM, SIGHUP, or the second Ctrl-C with `finish`, the run is forced to end after a timeout, and migtui ends within 5
 * seconds.
 * @returns stops it
 */
export function stopOnSignals({ host, output }: Call, { cancel, finish, known }: Stopping): () => void {
  let stage: 'running' | 'finishing' | 'cancelling' | 'forced' = 'running';
  let last = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  const begin = (work: () => Promise<void>, notice: string): void => {
    output.note(notice, (text, paint) => paint.warn(text));
    work().catch((error: Error) => output.note(error.message, message => message));
  };
  const leave = (): never => {
    if (output.json) output.answer(known(), error => ({ error }), drawFailure);
    else output.note(known(), drawFailure);
    return host.exit(1);
  };
  const force = (signal: string): void => {
    clearTimeout(timer);
    stage = 'forced';
    begin(
      cancel,
      `Closing the connection without waiting for the server. ${again(signal, 'exit', 'exits')} immediately.`,
    );
    timer = setTimeout(leave, endsWithin);
  };
  const stop = host.onInterrupt(signal => {
    if (host.now() - last < sameKeyMs) return;
    last = host.now();
    if (stage === 'forced') leave();
    if (stage === 'cancelling') return force(signal);
    if (stage === 'running' && finish && signal === 'SIGINT') {
      stage = 'finishing';
      return begin(finish.begin, `${signal}: ${finish.notice} Press Ctrl-C again to cancel and roll back.`);
    }
    if (signal !== 'SIGINT' || stage === 'finishing') timer = setTimeout(force, rollbackTimeout, signal);
    stage = 'cancelling';
    const further = again(signal, 'stop waiting for the server', 'stops waiting for the server');
    begin(cancel, `${signal}: cancelling the statement and rolling back. ${further}.`);
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}

/** What the next signal does; only SIGINT is sent by pressing a key. */
function again(signal: string, to: string, does: string): string {
  return signal === 'SIGINT' ? `Press Ctrl-C again to ${to}` : `The next signal ${does}`;
}
