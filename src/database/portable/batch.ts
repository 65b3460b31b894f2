import type { Transaction } from '@mikro-orm/core';
import { Failure } from '../../foundation/failure.ts';
import { redact } from '../../foundation/secrets/redactor.ts';
import { type DatabaseKind, productNames } from '../../values/database-kind.ts';
import type { Batch, StepResult } from '../../values/run.ts';
import type { LoadedStep, RunContext } from '../run/context.ts';
import type { Control } from '../run/control.ts';
import { doneOf } from '../run/ending.ts';
import { planChanged } from '../run/ledger-rows.ts';
import { productOf } from './products.ts';
import type { Observer, Work } from './work.ts';

/** A run in progress. */
export interface PortableState {
  readonly context: RunContext;
  readonly control: Control;
  readonly kind: DatabaseKind;
  readonly work: Work;
  /** By index of the step; updated during the run. */
  readonly results: StepResult[];
  /** The current contents of the migrations table: updated when a batch is committed. */
  readonly expected: Set<string>;
}

/**
 * Runs one batch: in a transaction with its log rows, or a revision that cannot run in one.
 * @returns why it failed; null if it succeeded
 */
export async function runBatch(
  state: PortableState,
  index: number,
  batch: Batch,
  all: readonly LoadedStep[],
): Promise<Failure | null> {
  const { emit } = state.context;
  const steps = batch.steps.map(at => all[at] as LoadedStep);
  emit({ kind: 'batch', batch: index, attempt: 1 });
  const progress = new StepProgress(state);
  try {
    if (batch.transactional) await together(state, steps, progress);
    else for (const step of steps) await alone(state, step, progress);
    emit({ kind: 'batch-done', batch: index });
    return null;
  } catch (error) {
    return failed(state, batch, index, steps, progress, error);
  }
}

/** Steps in one transaction. Stopping after a step commits the finished steps. */
async function together(
  state: PortableState,
  steps: readonly LoadedStep[],
  progress: StepProgress,
): Promise<void> {
  const { work, control, expected } = state;
  const tx = await work.begin();
  const done: LoadedStep[] = [];
  work.runner.setMasterMigration(tx);
  work.storage.setMasterMigration(tx);
  try {
    requireUnchanged(await work.storage.executed(), expected);
    for (const step of steps) {
      await runStep(state, step, progress, tx);
      done.push(step);
      if (control.mode === 'after-step') break;
    }
    control.check();
    await work.commit(tx);
  } catch (error) {
    await work.rollback(tx).catch(() => {});
    throw error;
  } finally {
    work.runner.unsetMasterMigration();
    work.storage.unsetMasterMigration();
  }
  for (const step of done) apply(expected, step);
}

/** A revision without a migtui transaction: its changes remain, whatever happens later. */
async function alone(state: PortableState, step: LoadedStep, progress: StepProgress): Promise<void> {
  requireUnchanged(await state.work.storage.executed(), state.expected);
  await runStep(state, step, progress, undefined);
  apply(state.expected, step);
}

async function runStep(
  { context, control, work, results }: PortableState,
  step: LoadedStep,
  progress: StepProgress,
  tx: Transaction | undefined,
): Promise<void> {
  const { index, revision, action } = step;
  context.emit({ kind: 'step', step: index });
  progress.begin(step);
  control.check();
  const adds = action === 'up' || action === 'log';
  const record = async (own?: Transaction): Promise<void> => {
    for (const name of [...(step.with ?? []), revision]) {
      if (adds) await work.storage.logMigration({ name }, own ?? tx);
      else await work.storage.unlogMigration({ name }, own ?? tx);
    }
  };
  if (step.Class === null || action === 'log' || action === 'unlog') {
    await record();
  } else {
    work.observer = progress;
    try {
      const { Class } = step;
      await control.runCode(() =>
        work.runner.run(work.instance(Class), action, async own => {
          work.observer = null;
          control.check();
          await record(own);
        }),
      );
    } finally {
      work.observer = null;
    }
  }
  const ms = progress.end();
  results[index] = { revision, action, outcome: 'done', ms };
  context.emit({ kind: 'step-done', step: index, ms });
}

/** Reports the statements of a step, and stops between two of them if the run is cancelled. */
class StepProgress implements Observer {
  step: LoadedStep | null = null;
  /** The completed statements of this step. */
  count = 0;
  /** The statement that failed. */
  blamed: string | undefined;
  #began = 0;
  #setsUp = false;
  readonly #state: PortableState;

  constructor(state: PortableState) {
    this.#state = state;
  }

  begin(step: LoadedStep): void {
    this.step = step;
    this.count = 0;
    this.blamed = undefined;
    this.#began = performance.now();
  }

  end(): number {
    return Math.round(performance.now() - this.#began);
  }

  sent(sql: string): void {
    this.#state.control.check();
    // MikroORM sends these before a migration.
    this.#setsUp = /^\s*(set names|set foreign_key_checks|pragma)\b/i.test(sql);
    this.#state.context.emit({ kind: 'statement', step: this.step?.index ?? 0, sql });
  }

  done(ms: number, rows: number | null): void {
    if (!this.#setsUp) this.count++;
    this.#state.context.emit({
      kind: 'statement-done',
      step: this.step?.index ?? 0,
      ms: Math.round(ms),
      rows,
    });
  }

  failed(sql: string): void {
    this.blamed = sql;
  }
}

/** The outcome of the steps of a failed batch, and the failure with the next step. */
function failed(
  { context, control, results, kind }: PortableState,
  batch: Batch,
  index: number,
  steps: readonly LoadedStep[],
  progress: StepProgress,
  error: unknown,
): Failure {
  const cancelled = control.reason !== null;
  const changed = error instanceof Failure && error.code === 'plan-changed';
  const at = changed ? null : progress.step;
  const stays = !batch.transactional && progress.count > 0;
  for (const step of steps) {
    const ran = results[step.index]?.outcome === 'done';
    if (ran && !batch.transactional) continue;
    const here = at?.index === step.index;
    results[step.index] = {
      revision: step.revision,
      action: step.action,
      outcome: here && !cancelled ? 'failed' : 'not run',
      ms: here ? progress.end() : (results[step.index]?.ms ?? 0),
      ...((ran || here) && batch.transactional && { rolledBack: true }),
      ...(here && stays && { changesRemain: true }),
    };
  }
  if (batch.transactional) context.emit({ kind: 'rolled-back', batch: index });
  const left = doneOf(results);
  const { rollsBackSchema } = productOf(kind);
  const kept = rollsBackSchema
    ? 'and stay: it ran without a transaction'
    : `and changes of the schema among them stay: ${productNames[kind]} does not roll those back`;
  const next = stays
    ? `${progress.count} of its statements ran, ${kept}. Undo or finish them by hand, then run it again, or stamp it: ${context.commands.stamp(at?.revision ?? '')}. ${left}.`
    : `${batch.transactional ? 'Its batch was rolled back; ' : ''}${left}. Fix the cause, then run it again.`;
  if (cancelled) {
    return new Failure({ code: 'cancelled', message: `Cancelled: ${left}.`, next }, { cause: error });
  }
  if (changed) return error;
  const failure = failureOf(error, progress.blamed, at?.revision, next);
  if (at) context.emit({ kind: 'step-failed', step: at.index, failure: failure.info });
  return failure;
}

function failureOf(
  error: unknown,
  statement: string | undefined,
  revision: string | undefined,
  next: string,
): Failure {
  if (error instanceof Failure) return error;
  const errorText = error instanceof Error ? error.message : String(error);
  // MikroORM puts the statement before the database's own message.
  const own =
    statement && errorText.startsWith(statement)
      ? errorText.slice(statement.length).replace(/^ - /, '')
      : errorText;
  const message = redact(own.split('\n')[0] ?? '');
  const { sqlState } = error as { sqlState?: string };
  return new Failure(
    {
      code: statement === undefined ? 'migration-threw' : 'statement-failed',
      message: revision ? `${revision}: ${message}` : message,
      next,
      ...(statement !== undefined && {
        sql: { statement: redact(statement), ...(sqlState && { sqlState }) },
      }),
    },
    { cause: error },
  );
}

function requireUnchanged(found: readonly string[], expected: ReadonlySet<string>): void {
  const applied = new Set(found);
  if (applied.size === expected.size && [...expected].every(id => applied.has(id))) return;
  throw planChanged(
    'Another session changed the applied revisions meanwhile; nothing in this batch was run.',
  );
}

function apply(applied: Set<string>, { revision, action, with: others = [] }: LoadedStep): void {
  for (const id of [...others, revision]) {
    if (action === 'up' || action === 'log') applied.add(id);
    else applied.delete(id);
  }
}
