import { Failure, type FailureInfo } from '../../foundation/failure.ts';
import type { Batch, StepResult } from '../../values/run.ts';
import { isConnectionLoss, sqlFailure } from '../sql-failure.ts';
import type { RunContext } from './context.ts';
import type { RunState } from './state.ts';
import { StepError } from './step.ts';
import { CommitError } from './transaction.ts';

/** `2 of 3 steps are done`. */
export function doneOf(results: readonly StepResult[]): string {
  return `${results.filter(({ outcome }) => outcome === 'done').length} of ${results.length} steps are done`;
}

/** The failure of a commit whose answer was lost, and that could not be looked up since. */
export function commitUnknown(): Failure {
  return new Failure({
    code: 'commit-unknown',
    message:
      'The connection was lost during a commit, so it is unknown whether the last transaction was committed.',
    next: 'When the server responds again, "migtui status" shows which.',
  });
}

/**
 * Waits for a commit.
 * @throws Failure `commit-unknown` if its answer was lost
 */
export async function committed(commit: Promise<unknown>): Promise<void> {
  await commit.catch(error => {
    throw isConnectionLoss(error) ? commitUnknown() : error;
  });
}

/** The failure of a run that was cancelled before its first statement. */
export function cancelledBefore(): Failure {
  return new Failure({ code: 'cancelled', message: 'Cancelled: nothing was run.' });
}

/** @throws Failure `entities-broken` for an error of loading the entities */
export function entitiesBroken(error: unknown): never {
  throw new Failure(
    {
      code: 'entities-broken',
      message: `The entities could not be loaded: ${error instanceof Error ? error.message.split('\n')[0] : error}`,
      next: 'Migrations may use them, so nothing was run. The stock "mikro-orm debug" checks the same config.',
    },
    { cause: error },
  );
}

/**
 * The failure of a run that ended early: the error, which steps are done and which are not, and what to do
 * next.
 * @param error null: the run was stopped between two steps
 * @param batch the batch that failed
 */
export function endFailure(run: RunState, error: unknown, batch: Batch | null): Failure {
  const { control, context, results } = run;
  const left = doneOf(results);
  const halfWay = error instanceof StepError && run.halfWay.has(error.step.revision);
  const { reason } = control;
  const cause = error instanceof StepError || error instanceof CommitError ? error.cause : error;
  // The lock may be lost between two steps; and a lost connection is reported, unless we closed it.
  const asked = reason === null || reason.code === 'cancelled';
  const lost = error !== null && isConnectionLoss(cause) && !control.gaveUp;
  if (asked && !lost && (error === null || reason !== null)) {
    const how = halfWay
      ? `Cancelled: ${error.step.revision} ran without a transaction and may be partly done; ${left}.`
      : batch?.transactional
        ? `Cancelled: the open transaction was rolled back; ${left}.`
        : `Stopped as requested; ${left}.`;
    return new Failure({
      code: 'cancelled',
      message: how,
      next: halfWay ? halfWayNext(context, error.step.revision) : 'Run it again to continue from here.',
    });
  }
  const { info } = sqlFailure(
    asked || lost ? cause : reason,
    error instanceof StepError ? error.statement : undefined,
  );
  const failure = new Failure(
    {
      ...info,
      message: error instanceof StepError ? `${error.step.revision}: ${info.message}` : info.message,
      next: halfWay
        ? halfWayNext(context, error.step.revision)
        : (info.next ?? `${rolledBack(batch)}${left}. ${howToContinue(context, error, info, batch)}`),
    },
    { cause },
  );
  if (error instanceof StepError)
    context.emit({ kind: 'step-failed', step: error.step.index, failure: failure.info });
  return failure;
}

const fixAndRepeat = 'Fix the cause, then run it again.';

/** SQLSTATEs of a table, column, other object, schema or function that already exists. */
const thereAlready = ['42P07', '42701', '42710', '42P06', '42723'];

/** SQLSTATE of a new value of an enum that is used in the transaction that adds it. */
const newValueUsed = '55P04';

function howToContinue(
  { commands }: RunContext,
  error: unknown,
  { sql }: FailureInfo,
  batch: Batch | null,
): string {
  const state = sql?.sqlState ?? '';
  if (!(error instanceof StepError && error.step.action === 'up')) return fixAndRepeat;
  const { revision } = error.step;
  if (state === newValueUsed) {
    const split = `migtui revision --split ${revision} puts the new value into a revision of its own, which is committed first.`;
    return batch?.steps.length === 1
      ? split
      : `If an earlier revision adds the value, run it again with --transaction each. If ${revision} adds it, ${split}`;
  }
  if (!thereAlready.includes(state)) return fixAndRepeat;
  return (
    `If the database already has what ${revision} creates, record it instead of running it: ${commands.stamp(revision)} ` +
    '(it first compares the live schema; with --plan it only does that). Otherwise fix the cause, then run it again.'
  );
}

function rolledBack(batch: Batch | null): string {
  if (!batch?.transactional) return '';
  return batch.steps.length > 1
    ? `Its whole batch of ${batch.steps.length} steps was rolled back; `
    : 'It was rolled back; ';
}

function halfWayNext({ commands }: RunContext, revision: string): string {
  return (
    'It ran without a transaction, so its earlier statements were not rolled back. Check the database, then run ' +
    `the revision again, run its down(), or record its state: ${commands.resolve(revision)}.`
  );
}
