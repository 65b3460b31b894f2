import type { Failure } from '../../foundation/failure.ts';
import type { Batch, StepResult } from '../../values/run.ts';
import type { Ended } from '../journal/writer.ts';
import { isConnectionLoss, isRetryableLockError, sqlFailure } from '../sql-failure.ts';
import { runAlone } from './alone.ts';
import type { LoadedStep } from './context.ts';
import { commitUnknown, doneOf, endFailure } from './ending.ts';
import { SettingsChanged } from './prepare.ts';
import { readBack } from './read-back.ts';
import { applySteps, type RunState } from './state.ts';
import { StepError } from './step.ts';
import { mayBeSentTogether, runTogether, sendTogether } from './together.ts';
import { CommitError, runTransaction } from './transaction.ts';

/**
 * Runs the batches one after the other until one fails or the run is stopped.
 * @returns why it ended early; null if every step is done
 */
export async function runBatches(run: RunState): Promise<Failure | null> {
  for (const [index, batch] of run.context.preview.batches.entries()) {
    if (run.control.mode !== null) return endFailure(run, null, null);
    const failure = await runBatch(run, index, batch);
    if (failure) return failure;
  }
  return run.results.some(({ outcome }) => outcome !== 'done') ? endFailure(run, null, null) : null;
}

async function runBatch(run: RunState, index: number, batch: Batch): Promise<Failure | null> {
  const steps = batch.steps.map(at => run.steps[at] as LoadedStep);
  for (let attempt = 1; ; ) {
    run.context.emit({ kind: 'batch', batch: index, attempt });
    const ended = await attemptBatch(run, index, attempt, async () => {
      const quick = batch.transactional && mayBeSentTogether(run, steps);
      const sent = quick ? await sendTogether(run, steps) : null;
      if (sent) await runTogether(run, sent);
      else if (batch.transactional) await runTransaction(run, steps);
      else await runAlone(run, steps[0] as LoadedStep);
    });
    if (ended === 'retry') attempt++;
    else if (ended !== 'one by one') return ended;
  }
}

/**
 * How a batch shall run again: `retry` after a lock timeout, the pause for that being over; `one by one` without sending
 * steps before the one before is done.
 */
export type Again = 'retry' | 'one by one';

/**
 * Runs a batch once.
 * @param attempt which one it is, from 1
 * @returns why the run ends; null when the batch is done
 */
export async function attemptBatch(
  run: RunState,
  index: number,
  attempt: number,
  work: () => Promise<void>,
): Promise<Failure | null | Again> {
  const { context, settings, control } = run;
  const { emit } = context;
  const batch = context.preview.batches[index] as Batch;
  const steps = batch.steps.map(at => run.steps[at] as LoadedStep);
  try {
    await work();
    if (!context.shared) control.setSummary(`${doneOf(run.results)}.`);
    emit({ kind: 'batch-done', batch: index });
    return null;
  } catch (caught) {
    const alone = caught instanceof CommitError ? caught.alone : null;
    const committed = await wasCommitted(run, caught);
    if (committed === 'unknown') {
      for (const { index } of steps) {
        run.results[index] = asUnknown(run.results[index] as StepResult, alone !== null);
      }
      return commitUnknown();
    }
    if (committed === 'yes') {
      // A step in a transaction was done before its commit.
      if (alone) {
        const { index } = alone.error.step;
        emit({ kind: 'step-done', step: index, ms: run.results[index]?.ms ?? 0 });
      }
      emit({ kind: 'batch-done', batch: index });
      return null;
    }
    await alone?.record();
    const error = alone ? alone.error : caught;
    const cause = error instanceof StepError || error instanceof CommitError ? error.cause : error;
    await writeResults(run, batch, steps, error);
    if (batch.transactional) {
      emit({ kind: 'rolled-back', batch: index });
      if (error instanceof SettingsChanged) {
        run.oneByOne = true;
        emit({ kind: 'notice', code: 'settings-changed', message: runsOneByOne });
        return 'one by one';
      }
      if (isRetryableLockError(cause) && attempt <= settings.retries && control.mode === null) {
        const afterMs = backOff(attempt);
        const reason = sqlFailure(cause, undefined).message;
        emit({
          kind: 'retry',
          batch: index,
          attempt: attempt + 1,
          of: settings.retries + 1,
          afterMs,
          reason,
        });
        await pause(afterMs, control.waiting.signal);
        if (control.mode === null) return 'retry';
      }
    }
    return endFailure(run, error, batch);
  }
}

const runsOneByOne =
  'A trigger or function that a revision called changed session settings. The revisions of this transaction run again, one at a time.';

/**
 * If the connection was lost between the commit and its answer, the journal has the answer, and without it the log
 * rows of the steps. Another run may have changed the migrations table since.
 */
async function wasCommitted(run: RunState, error: unknown): Promise<'yes' | 'no' | 'unknown'> {
  if (!(error instanceof CommitError)) return 'no';
  if (!isConnectionLoss(error.cause) && !run.control.gaveUp) return 'no';
  const { steps } = error;
  const { applied, known } = await readBack(run);
  if (!known) return 'unknown';
  const recorded = await run.journal?.wasCommitted(run.outside, steps).catch(() => null);
  const committed = recorded ?? haveTheirRows(steps, applied);
  if (committed) applySteps(run.expected, steps);
  return committed ? 'yes' : 'no';
}

function haveTheirRows(steps: readonly LoadedStep[], applied: ReadonlySet<string>): boolean {
  return steps.every(
    ({ revision, action }) => applied.has(revision) === (action === 'up' || action === 'log'),
  );
}

/** @param alone only the log row is unknown: the revision ran without a transaction */
const asUnknown = (result: StepResult, alone: boolean): StepResult =>
  result.outcome === 'done'
    ? { ...result, outcome: 'unknown', ...(alone && { changesRemain: true }) }
    : result;

/** Records the outcome of the steps of a failed batch, in the results and in the journal. */
async function writeResults(
  run: RunState,
  batch: Batch,
  steps: readonly LoadedStep[],
  error: unknown,
): Promise<void> {
  const cause = error instanceof StepError || error instanceof CommitError ? error.cause : error;
  const ended: Ended[] = [];
  for (const step of steps) {
    const { index, revision, action } = step;
    const before = run.results[index] as StepResult;
    const here = error instanceof StepError && error.step.index === index ? error : null;
    // What a cancelled revision without a transaction has done stays.
    const failed = here !== null && (run.control.reason === null || run.halfWay.has(revision));
    const ran = here !== null || before.outcome === 'done';
    const ms = here?.ms ?? before.ms;
    run.results[index] = {
      revision,
      action,
      outcome: failed ? 'failed' : 'not run',
      ms,
      ...(ran && batch.transactional && { rolledBack: true }),
      ...(run.halfWay.has(revision) && { changesRemain: true }),
    };
    if (!run.journal?.has(step)) continue;
    // Outside a transaction, only what has changed something must be found again.
    const kept = batch.transactional ? failed : run.halfWay.has(revision);
    const outcome = kept ? 'failed' : 'rolled back';
    const sqlMessage = here ? sqlFailure(cause, undefined).message : null;
    ended.push({ step, outcome, ms, error: sqlMessage });
  }
  // A lost server cannot be updated; the next run finds the row and completes it.
  await run.journal?.ended(run.outside, ended).catch(() => {});
}

/** An increasing delay with jitter, so that waiting runs do not retry at the same time, ms. */
function backOff(attempt: number): number {
  return Math.round(Math.min(500 * 2 ** (attempt - 1), 8_000) * (0.75 + Math.random() / 2));
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}
