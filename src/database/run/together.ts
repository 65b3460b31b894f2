import { answerWithin } from '../../project/connections.ts';
import type { Project } from '../../project/project.ts';
import type { Monitor } from '../connect/monitor.ts';
import { isRetryableLockError } from '../sql-failure.ts';
import type { LoadedStep, RunContext } from './context.ts';
import { holdConnection } from './kysely.ts';
import {
  appliedText,
  contentStatement,
  logRowStatement,
  sameContentStatement,
  unchangedStatements,
} from './ledger-rows.ts';
import { ObservedConnection, type Piped } from './observed.ts';
import type { PipedStatement } from './pipeline.ts';
import { isPlain } from './plain-statements.ts';
import { lockingStatement, sameSettingsStatement, setsNames, withoutTemporary } from './prepare.ts';
import { localPath } from './search-path.ts';
import { applySteps, type RunState } from './state.ts';
import { type StepError, StepStatements, stepError } from './step.ts';
import { CommitError } from './transaction.ts';

/*
 * A transaction in two round trips: the lock, a check of the state, and the statements with their log rows; the journal
 * with the commit. For the whole run of a fleet's target, and for transactions of one step after the first one of a run.
 * Only for statements that are known and do not affect how later ones run. If anything differs from the plan, the
 * server runs none of them, and the ordinary way takes over: it waits, plans again, and reports the reason.
 */

/** A transaction whose statements have been sent, and which is open. */
export interface SentTransaction {
  readonly connection: ObservedConnection;
  readonly following: readonly StepInPipeline[];
  /** Rejects with the error of the first statement that failed. */
  readonly sending: Promise<unknown>;
  /** Gives the connection back; the transaction must be over. */
  release(): void;
}

/** What a step called has changed the settings of the transaction: the ordinary way restores them before each step. */
export class SettingsChanged extends Error {}

const known = new WeakMap<readonly LoadedStep[], boolean>();

/** Whether the run of a fleet's target may go this way. The grammar must be loaded (`loadParser`). */
export function mayRunTogether(
  { shared, preview, options, project }: RunContext,
  monitor: Monitor | null,
): boolean {
  const [batch] = preview.batches;
  if (!shared?.reconcile || !monitor || options.backup) return false;
  if (preview.batches.length !== 1 || !batch?.transactional || localPath(project) === null) return false;
  const { steps } = shared;
  const found = known.get(steps) ?? steps.every(isPlain);
  known.set(steps, found);
  return found;
}

/** The same for a transaction of a run that has committed another one before. */
export function mayBeSentTogether(run: RunState, steps: readonly LoadedStep[]): boolean {
  const { context, leftTable, monitor } = run;
  if (context.shared || !monitor || leftTable === null || localPath(context.project) === null) return false;
  // A run can be stopped between two steps.
  return steps.length === 1 && steps.every(isPlain);
}

/**
 * Sends a transaction up to its last log row. The server runs the steps if it gets the locks, and the migrations table
 * is in the state that the plan was made from.
 * @param opened called before the events of the first step
 * @returns null if the state differs from the plan, or another run is in progress: then nothing is left open
 * @throws the error of waiting too long for a lock on the migrations table, except in a fleet
 */
export async function sendTogether(
  run: RunState,
  steps: readonly LoadedStep[],
  opened: () => void = () => {},
): Promise<SentTransaction | null> {
  const { control, context, journal } = run;
  const { project, table, onStatement, shared } = context;
  const formatted = format(project, steps);
  if (control.mode !== null || formatted === null) return null;
  const following = steps.map(step => new StepInPipeline(run, step));
  const begun = Promise.withResolvers<boolean>();
  const checks = unchangedTable(run);
  const opening: Piped[] = [
    { sql: 'start transaction isolation level read committed' },
    ...withoutTemporary(run),
    {
      ...lockingStatement(run),
      answered({ rows: [row] }) {
        control.pid = Number(row?.pid);
      },
    },
    // In a snapshot of their own, taken after the locks.
    ...checks.slice(0, -1),
    {
      ...(checks.at(-1) as PipedStatement),
      atOnce: true,
      answered() {
        opened();
        for (const { step } of following) {
          // In a fleet, the rows are written after the steps, which saves a commit for each target.
          if (!journal?.has(step)) journal?.follow(shared ? null : run.outside, step);
        }
        following[0]?.begin();
        begun.resolve(true);
      },
    },
  ];
  const ofSteps = following.flatMap((one, at): Piped[] => [
    ...(formatted[at] ?? [])
      .filter((sql, first) => sql.trim() !== '' && (first > 0 || !setsNames(sql)))
      // A fleet does not show each statement.
      .map(sql => ({ sql, ofRevision: true, atOnce: !shared, observer: one.statements })),
    {
      ...logRowStatement(table, one.step),
      // Its answer tells that the next step has begun.
      atOnce: at < following.length - 1,
      answered() {
        one.end();
        following[at + 1]?.begin();
      },
    },
  ]);
  const { raw, release } = await holdConnection(project.orm);
  const connection = new ObservedConnection(raw, onStatement);
  control.opening = begun.promise;
  const unchanged: Piped = { ...sameSettingsStatement(), failure: () => new SettingsChanged() };
  const sending = connection.pipeline([...opening, ...ofSteps, ...(steps.length > 1 ? [unchanged] : [])]);
  let refused: unknown;
  sending.catch(error => {
    refused = error;
    begun.resolve(false);
  });
  const runs = await Promise.race([begun.promise, control.forced.catch(() => false)]);
  control.opening = null;
  if (runs) return { connection, following, sending, release };
  control.pid = null;
  // The ordinary way meets the same error and reports it.
  connection.close(new Error('This transaction takes the ordinary way.'));
  await connection.query('rollback').catch(() => {});
  release();
  // It has waited for a lock: the ordinary way would wait as long again.
  if (!shared && isRetryableLockError(refused)) throw refused;
  return null;
}

/** Statements that fail unless the migrations table is as the run left it, or as a fleet's plan found it. */
function unchangedTable({ context: { table }, leftTable, expected }: RunState): readonly PipedStatement[] {
  if (leftTable !== null) return [sameContentStatement(table, leftTable)];
  return unchangedStatements(table, appliedText(expected));
}

/**
 * Waits for the statements that `sendTogether` has sent, and ends the transaction.
 * @throws StepError | CommitError | SettingsChanged | Failure; everything is rolled back, but for a CommitError that lost
 * its connection
 */
export async function runTogether(run: RunState, sent: SentTransaction): Promise<void> {
  const { context, control, journal } = run;
  const { connection, following, sending, release } = sent;
  const steps = following.map(({ step }) => step);
  try {
    await Promise.race([sending, control.forced]).catch(error => {
      if (error instanceof SettingsChanged) throw error;
      throw (following.find(({ over }) => !over) ?? (following.at(-1) as StepInPipeline)).error(error);
    });
    await journal?.flush();
    await run.guard?.check();
    control.check();
    control.inFlight = { sql: 'commit', since: performance.now() };
    const done = following.map(({ step, ms }) => ({ step, ms }));
    const last: Piped[] = [
      ...(journal ? [journal.done(done)] : []),
      ...(context.shared ? [] : [contentStatement(context.table)]),
    ];
    const ended = await answerWithin(null, () => connection.pipeline([...last, { sql: 'commit' }])).catch(
      error => {
        throw new CommitError(steps, error);
      },
    );
    run.leftTable = context.shared ? null : (ended.at(-2)?.rows[0]?.content ?? null);
    applySteps(run.expected, steps);
    release();
  } catch (error) {
    connection.close(new Error('This batch was abandoned.'));
    const back = connection
      .query('rollback')
      .catch(() => {})
      .finally(release);
    await Promise.race([back, control.forced]).catch(() => {});
    throw error;
  } finally {
    control.inFlight = null;
    control.pid = null;
  }
}

/** A step whose statements are on their way. */
export class StepInPipeline {
  readonly step: LoadedStep;
  readonly statements: StepStatements;
  over = false;
  ms = 0;
  readonly #run: RunState;
  #started = 0;

  constructor(run: RunState, step: LoadedStep) {
    this.#run = run;
    this.step = step;
    this.statements = new StepStatements(run, step);
  }

  begin(): void {
    this.#started = performance.now();
    this.#run.context.emit({ kind: 'step', step: this.step.index });
  }

  /** Its log row is written. */
  end(): void {
    this.over = true;
    this.ms = Math.round(performance.now() - this.#started);
    const { index, revision, action } = this.step;
    this.#run.results[index] = { revision, action, outcome: 'done', ms: this.ms };
    this.#run.context.emit({ kind: 'step-done', step: this.step.index, ms: this.ms });
  }

  error(thrown: unknown): StepError {
    return stepError(this.#run, this.step, this.statements, thrown, performance.now() - this.#started);
  }
}

/**
 * The statements of each step as MikroORM sends them: without placeholders, and as the config's `onQuery` has it.
 * @returns null if `onQuery` throws
 */
function format({ orm }: Project, steps: readonly LoadedStep[]): readonly (readonly string[])[] | null {
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
