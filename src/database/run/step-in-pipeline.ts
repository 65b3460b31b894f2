import type { Project } from '../../project/project.ts';
import { logRowSql } from '../ledger.ts';
import type { LoadedStep } from './context.ts';
import type { Control } from './control.ts';
import type { Piped } from './observed.ts';
import { SettingsChanged, statementsOfRevision } from './prepare.ts';
import type { RunState } from './state.ts';
import { type StepError, StepStatements, stepError } from './step.ts';

/** A step whose statements are on their way. */
export class StepInPipeline {
  readonly step: LoadedStep;
  readonly statements: StepStatements;
  over = false;
  ms = 0;
  readonly #run: RunState;
  readonly #row: string;
  #started = 0;

  constructor(run: RunState, step: LoadedStep) {
    this.#run = run;
    this.step = step;
    this.#row = logRowSql(run.context.table, step);
    this.statements = new StepStatements(run, step, this.#row);
  }

  /** The server has done everything before it. */
  begin(): void {
    const { context, control } = this.#run;
    recordStart(this.#run, this.step);
    this.#started = performance.now();
    context.emit({ kind: 'step', step: this.step.index });
    control.inFlight = { sql: this.#row, since: this.#started };
  }

  /** Its log row is written. */
  end(): void {
    this.over = true;
    this.ms = Math.round(performance.now() - this.#started);
    const { index, revision, action } = this.step;
    this.#run.results[index] = { revision, action, outcome: 'done', ms: this.ms };
    this.#run.context.emit({ kind: 'step-done', step: this.step.index, ms: this.ms });
  }

  /** @param sql as MikroORM sends it */
  ownStatements(sql: readonly string[]): readonly Piped[] {
    return statementsOfRevision(sql).map(statement => ({ ...statement, observer: this.statements }));
  }

  /** @param next begins when this row is written */
  logRow(next: StepInPipeline | undefined): Piped {
    return {
      sql: this.#row,
      answered: () => {
        this.end();
        next?.begin();
      },
    };
  }

  error(thrown: unknown): StepError {
    return stepError(this.#run, this.step, this.statements, thrown, performance.now() - this.#started);
  }
}

/** Records in the journal that a step of a transaction starts. */
export function recordStart({ context, journal, monitor, outside }: RunState, step: LoadedStep): void {
  // In a fleet, the rows are written after the steps, which saves a commit for each target.
  if (!journal?.has(step)) journal?.follow(context.shared || !monitor ? null : outside, step);
}

/**
 * Waits for the answers to steps that were sent together.
 * @throws SettingsChanged | StepError
 */
export async function answersOf(
  steps: readonly StepInPipeline[],
  sending: Promise<unknown>,
  control: Control,
): Promise<void> {
  try {
    await Promise.race([sending, control.forced]);
  } catch (error) {
    if (error instanceof SettingsChanged) throw error;
    throw (steps.find(({ over }) => !over) ?? (steps.at(-1) as StepInPipeline)).error(error);
  } finally {
    control.inFlight = null;
  }
}

/**
 * The statements of each step as MikroORM sends them: without placeholders, and as the config's `onQuery` has it.
 * @returns null if `onQuery` throws
 */
export function formatSteps(
  { orm }: Project,
  steps: readonly LoadedStep[],
): readonly (readonly string[])[] | null {
  const connection = orm.em.getConnection() as unknown as {
    prepareQuery(sql: string, parameters: unknown[]): { formatted: string };
  };
  try {
    return steps.map(({ statements = [] }) =>
      statements.map(sql => connection.prepareQuery(sql, []).formatted),
    );
  } catch {
    return null;
  }
}
