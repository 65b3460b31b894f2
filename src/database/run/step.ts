import type { Transaction } from '@mikro-orm/core';
import type { Failure } from '../../foundation/failure.ts';
import { endsTransaction } from '../../safety/traces.ts';
import type { Batch } from '../../values/run.ts';
import { isConnectionLoss, sqlState } from '../sql-failure.ts';
import type { LoadedStep } from './context.ts';
import type { StatementObserver } from './observed.ts';
import { transactionEnded } from './prepare.ts';
import type { RunState } from './state.ts';
import type { Work } from './work.ts';

/** SQLSTATE of every statement after a failed one in the same transaction. */
const transactionAborted = '25P02';

/** The information that a good error message for a step needs. */
export class StepError extends Error {
  override readonly name = 'StepError';
  readonly step: LoadedStep;
  /** The statement that failed, as it was sent; undefined if the code itself threw. */
  readonly statement: string | undefined;
  /** Number of the step's statements that succeeded before. */
  readonly statementsDone: number;
  /** False: a statement was sent but no answer arrived, so its outcome is unknown. */
  readonly answered: boolean;
  /** Its duration so far. */
  readonly ms: number;

  constructor(
    step: LoadedStep,
    cause: unknown,
    at: {
      readonly statement: string | undefined;
      readonly statementsDone: number;
      readonly answered: boolean;
      readonly ms: number;
    },
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.step = step;
    this.statement = at.statement;
    this.statementsDone = at.statementsDone;
    this.answered = at.answered;
    this.ms = at.ms;
  }
}

/** A step's data besides its migration. */
export interface StepWork {
  /** Runs before the migration's code. */
  before?(): Promise<void>;
  /**
   * Writes the log row and everything else at the end of the step, at the point that the runner expects.
   * Receives the ms so far.
   */
  record(ms: number, tx?: Transaction): Promise<void>;
  /** Runs all statements of a migration that only queued them, and those of `record`. */
  send?(statements: readonly string[]): Promise<void>;
}

/**
 * Runs one step through MikroORM's runner and reports each statement.
 * @returns its duration, ms
 * @throws StepError
 */
export async function runStep(
  run: RunState,
  work: Work,
  step: LoadedStep,
  { before, record, send }: StepWork,
): Promise<number> {
  const { control, context } = run;
  const { emit } = context;
  emit({ kind: 'step', step: step.index });
  const started = performance.now();
  const elapsed = (): number => Math.round(performance.now() - started);
  /** As recorded, so that the display matches the journal. */
  let measuredMs: number | null = null;
  const recorded = (tx?: Transaction): Promise<void> => {
    measuredMs = elapsed();
    return record(measuredMs, tx);
  };
  const statements = new StepStatements(run, step);
  try {
    control.check();
    await before?.();
    if (step.statements && send) {
      work.connection.observer = statements;
      await Promise.race([send(step.statements.map(work.format)), control.forced]);
    } else if (step.Class === null || step.action === 'log' || step.action === 'unlog') {
      await recorded();
    } else {
      const { Class, action } = step;
      work.connection.observer = statements;
      let sent = false;
      work.queued = async queries => {
        if (!send || statements.any) return false;
        control.check();
        await send(queries);
        sent = true;
        return true;
      };
      await control.runCode(() =>
        work.runner.run(work.instance(Class), action, async tx => {
          work.connection.observer = null;
          control.check();
          if (!sent) await recorded(tx);
        }),
      );
    }
  } catch (error) {
    throw stepError(run, step, statements, error, elapsed());
  } finally {
    work.connection.observer = null;
    work.queued = null;
    control.inFlight = null;
  }
  const ms = measuredMs ?? elapsed();
  emit({ kind: 'step-done', step: step.index, ms });
  return ms;
}

/** Turns what a step threw into its error. @param ms how long it had run */
export function stepError(
  { control }: RunState,
  step: LoadedStep,
  statements: StepStatements,
  error: unknown,
  ms: number,
): StepError {
  const { reason } = control;
  const { cause, statement } = statements.blame(error);
  const lost = isConnectionLoss(cause);
  return new StepError(step, lost && !control.gaveUp ? cause : (reason ?? cause), {
    statement,
    statementsDone: statements.count,
    answered: control.inFlight === null && !lost,
    ms: Math.round(ms),
  });
}

/** Reports the statements of one step, and stops them if the run is cancelled. */
export class StepStatements implements StatementObserver {
  count = 0;
  /** A statement was sent. */
  any = false;
  #failed: { readonly sql: string; readonly error: unknown } | null = null;
  #refused: Failure | null = null;
  readonly #run: RunState;
  readonly #step: number;
  readonly #transactional: boolean;
  readonly #next: string | undefined;

  /** @param next what was sent with them, and runs after each of them or after the last one; default: nothing */
  constructor(run: RunState, step: LoadedStep, next?: string) {
    this.#run = run;
    this.#step = step.index;
    this.#next = next;
    this.#transactional = batchOf(run, step)?.transactional === true;
  }

  check(sql: string): void {
    this.#run.control.check();
    if (this.#transactional && endsTransaction(sql)) {
      this.#refused = transactionEnded();
      throw this.#refused;
    }
  }

  sent(sql: string): void {
    const { control, context } = this.#run;
    this.any = true;
    control.inFlight = { sql, since: performance.now() };
    context.emit({ kind: 'statement', step: this.#step, sql });
  }

  done(ms: number, rows: number | null): void {
    const { control, context } = this.#run;
    control.inFlight = this.#next === undefined ? null : { sql: this.#next, since: performance.now() };
    this.count++;
    context.emit({ kind: 'statement-done', step: this.#step, ms: Math.round(ms), rows });
  }

  failed(sql: string, error: unknown): void {
    this.#run.control.inFlight = null;
    if (sqlState(error) !== transactionAborted) this.#failed = { sql, error };
  }

  /**
   * The error and the statement to report for an error thrown by a migration: MikroORM may have wrapped
   * PostgreSQL's error, and code that swallowed an error later only sees the aborted transaction.
   */
  blame(thrown: unknown): { readonly cause: unknown; readonly statement: string | undefined } {
    // MikroORM wraps this, too..
    if (this.#refused) return { cause: this.#refused, statement: undefined };
    const failed = this.#failed;
    if (!failed) return { cause: thrown, statement: undefined };
    const state = sqlState(thrown);
    if (state === transactionAborted) return { cause: failed.error, statement: failed.sql };
    const same = thrown === failed.error || (state !== undefined && state === sqlState(failed.error));
    return { cause: thrown, statement: same ? failed.sql : undefined };
  }
}

function batchOf({ context }: RunState, { index }: LoadedStep): Batch | undefined {
  return context.preview.batches[context.preview.steps[index]?.batch ?? -1];
}
