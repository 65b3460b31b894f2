import { randomUUID } from 'node:crypto';
import type { Batch, CancelMode, RunResult, StepResult } from '../../engine/api.ts';
import { Failure } from '../../foundation/failure.ts';
import { fingerprintOf } from '../fingerprint.ts';
import { readLedger } from '../ledger.ts';
import { isConnectionLoss, isLockTrouble, sqlFailure } from '../sql-failure.ts';
import { runAlone } from './alone.ts';
import { type LoadedStep, type RunContext, settingsOf } from './context.ts';
import { Control } from './control.ts';
import { planChanged } from './ledger-rows.ts';
import { loadSteps } from './load.ts';
import type { RunState } from './state.ts';
import { StepError } from './step.ts';
import { CommitError, runTransaction } from './transaction.ts';

/** A run that has been started. */
export interface Running {
  readonly id: string;
  /** Rejects with a Failure when nothing was run at all; a failure on the way is in the result. */
  readonly result: Promise<RunResult>;
  cancel(mode: CancelMode): Promise<void>;
}

/** Starts running a previewed plan: those steps, in that order, in those batches, or a refusal. */
export function startRun(context: RunContext): Running {
  const id = randomUUID();
  const control = new Control(() => null);
  return { id, result: runPlan(id, context, control), cancel: mode => control.request(mode) };
}

async function runPlan(id: string, context: RunContext, control: Control): Promise<RunResult> {
  const { preview, emit, project } = context;
  const sources = project.sources();
  const steps = await loadSteps(project, sources, preview);
  const expected = await recheck(context, steps);
  const run: RunState = {
    id,
    context,
    settings: settingsOf(context.options),
    control,
    steps,
    results: steps.map(
      ({ revision, action }): StepResult => ({ revision, action, outcome: 'not run', ms: 0 }),
    ),
    expected,
    failure: null,
  };
  emit({ kind: 'started', run: id, steps: steps.length, batches: preview.batches.length });
  for (const [index, batch] of preview.batches.entries()) {
    if (control.mode !== null) break;
    if (!(await runBatch(run, index, batch))) break;
  }
  const result: RunResult = {
    run: id,
    steps: run.results,
    tips: await tips(run),
    failure: run.failure?.info ?? null,
    cancelled: control.mode !== null,
    unsettled: [],
  };
  emit({ kind: 'finished', result });
  return result;
}

/** @returns the applied set, when it and the files are still what the plan was made from */
async function recheck(context: RunContext, steps: readonly LoadedStep[]): Promise<Set<string>> {
  const { connection, table, preview } = context;
  const ledger = await readLedger(connection, table);
  if (ledger.readOnly) {
    throw new Failure({
      code: 'database-read-only',
      message: 'This server takes no writes: it is a standby, or default_transaction_read_only is on.',
      next: 'Connect to the primary, or as a role that may write.',
    });
  }
  const checksums = new Map(steps.map(({ revision, checksum }) => [revision, checksum]));
  if (fingerprintOf(ledger.applied.keys(), preview.plan, checksums) !== preview.fingerprint) {
    throw planChanged(
      'The database or the files are no longer what this plan was made from; nothing was run.',
    );
  }
  return new Set(ledger.applied.keys());
}

/** @returns whether the next batch may follow */
async function runBatch(run: RunState, index: number, batch: Batch): Promise<boolean> {
  const { context, settings, control } = run;
  const steps = batch.steps.map(at => run.steps[at] as LoadedStep);
  for (let attempt = 1; ; attempt++) {
    context.emit({ kind: 'batch', batch: index, attempt });
    try {
      if (batch.transactional) await runTransaction(run, steps);
      else await runAlone(run, steps[0] as LoadedStep);
      context.emit({ kind: 'batch-done', batch: index });
      return true;
    } catch (error) {
      const cause = error instanceof StepError || error instanceof CommitError ? error.cause : error;
      if (batch.transactional) {
        for (const step of steps) rollBackResult(run, step, error);
        context.emit({ kind: 'rolled-back', batch: index });
        if (isLockTrouble(cause) && attempt <= settings.retries && control.mode === null) {
          const afterMs = backOff(attempt);
          const reason = sqlFailure(cause, undefined, context.connection.address.secrets).message;
          context.emit({
            kind: 'retry',
            batch: index,
            attempt: attempt + 1,
            of: settings.retries + 1,
            afterMs,
            reason,
          });
          await pause(afterMs, control.waiting.signal);
          if (control.mode === null) continue;
        }
      }
      fail(run, error);
      return false;
    }
  }
}

function rollBackResult(run: RunState, { index, revision, action }: LoadedStep, error: unknown): void {
  const before = run.results[index] as StepResult;
  const failed = error instanceof StepError && error.step.index === index;
  const ran = failed || before.outcome === 'done';
  run.results[index] = {
    revision,
    action,
    outcome: failed ? 'failed' : 'not run',
    ms: before.ms,
    ...(ran && { rolledBack: true }),
  };
}

function fail(run: RunState, error: unknown): void {
  const { secrets } = run.context.connection.address;
  if (error instanceof StepError) {
    const { step, cause, statement } = error;
    const failure = sqlFailure(cause, statement, secrets);
    run.failure = failure;
    if (run.results[step.index]?.outcome !== 'failed') {
      run.results[step.index] = { revision: step.revision, action: step.action, outcome: 'failed', ms: 0 };
    }
    run.context.emit({ kind: 'step-failed', step: step.index, failure: failure.info });
  } else {
    run.failure = sqlFailure(error instanceof CommitError ? error.cause : error, undefined, secrets);
  }
}

async function tips({ context, expected }: RunState): Promise<readonly string[]> {
  try {
    const ledger = await readLedger(context.connection, context.table);
    return context.tipsOf([...ledger.applied.keys()]);
  } catch (error) {
    if (!isConnectionLoss(error)) throw error;
    return context.tipsOf([...expected]);
  }
}

/** Longer each time, and not at the same moment as others that wait, ms. */
function backOff(attempt: number): number {
  return Math.round(Math.min(500 * 2 ** (attempt - 1), 8_000) * (0.75 + Math.random() / 2));
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
