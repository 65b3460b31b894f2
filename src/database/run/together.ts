import { answerWithin } from '../../project/connections.ts';
import type { Monitor } from '../connect/monitor.ts';
import { isRetryableLockError } from '../sql-failure.ts';
import type { LoadedStep, RunContext } from './context.ts';
import { holdConnection } from './kysely.ts';
import { appliedText, contentStatement, sameContentStatement, unchangedStatements } from './ledger-rows.ts';
import { ObservedConnection, type Piped } from './observed.ts';
import type { PipedStatement } from './pipeline.ts';
import { isPlain } from './plain-statements.ts';
import { lockingStatement, sameSettingsStatement, withoutTemporary } from './prepare.ts';
import { localPath } from './search-path.ts';
import { applySteps, type RunState } from './state.ts';
import { answersOf, formatSteps, StepInPipeline } from './step-in-pipeline.ts';
import { CommitError } from './transaction.ts';

/*
 * A transaction in two round trips: the lock, a check of the state, and the statements with their log rows; the journal
 * with the commit. For the whole run of a fleet's target, and for transactions of one step after the first one of a run.
 * Only for statements that are known and do not affect how later ones run. If anything differs from the plan, the
 * server runs none of them, and the run falls back to the slower path: it waits, plans again, and reports the reason.
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

const known = new WeakMap<readonly LoadedStep[], boolean>();

/** Whether the run of a fleet's target may go this way. The grammar must be loaded (`loadParser`). */
export function mayRunTogether(
  { shared, preview, options, project }: RunContext,
  monitor: Monitor | null,
): boolean {
  const [batch] = preview.batches;
  if (!shared?.reconcile || !monitor || options.backup || project.connections.timesMessages) return false;
  if (preview.batches.length !== 1 || !batch?.transactional || localPath(project) === null) return false;
  const { steps } = shared;
  const found = known.get(steps) ?? steps.every(isPlain);
  known.set(steps, found);
  return found;
}

/** The same for a transaction of a run that has committed another one before. */
export function mayBeSentTogether(run: RunState, steps: readonly LoadedStep[]): boolean {
  const { context, leftTable, monitor } = run;
  const { project, shared } = context;
  if (shared || !monitor || leftTable === null || localPath(project) === null) return false;
  if (project.connections.timesMessages) return false;
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
  const { control, context } = run;
  const { project, onStatement, shared } = context;
  const formatted = formatSteps(project, steps);
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
        following[0]?.begin();
        begun.resolve(true);
      },
    },
  ];
  const ofSteps = following.flatMap((one, at): Piped[] => [
    // A fleet does not show each statement.
    ...one.ownStatements(formatted[at] ?? []).map(statement => ({ ...statement, atOnce: !shared })),
    { ...one.logRow(following[at + 1]), atOnce: at < following.length - 1 },
  ]);
  const { raw, release } = await holdConnection(project.orm);
  const connection = new ObservedConnection(raw, onStatement);
  control.opening = begun.promise;
  const last = steps.length > 1 ? [sameSettingsStatement()] : [];
  const sending = connection.pipeline([...opening, ...ofSteps, ...last]);
  let refused: unknown;
  sending.catch(error => {
    refused = error;
    begun.resolve(false);
  });
  const runs = await Promise.race([begun.promise, control.forced.catch(() => false)]);
  control.opening = null;
  if (runs) return { connection, following, sending, release };
  control.pid = null;
  // The slower path meets the same error and reports it.
  connection.close(new Error('This transaction falls back to the slower path.'));
  await connection.query('rollback').catch(() => {});
  release();
  // It has waited for a lock: the slower path would wait as long again.
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
    await answersOf(following, sending, control);
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
