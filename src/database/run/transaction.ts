import { answerWithin } from '../../project/connections.ts';
import type { Done } from '../journal/writer.ts';
import { type Marks, marksOf, marksStatement } from '../marks.ts';
import type { LoadedStep } from './context.ts';
import { contentStatement, ledgerStatement, requireLedger } from './ledger-rows.ts';
import type { ObservedConnection } from './observed.ts';
import { OpenBatch } from './open-batch.ts';
import type { PipedResult, PipedStatement } from './pipeline.ts';
import { isPlain } from './plain-statements.ts';
import { openingStatements, readOpening } from './prepare.ts';
import { keepSettings } from './session-settings.ts';
import { applySteps, type RunState } from './state.ts';
import type { StepError } from './step.ts';
import { beginWork } from './work.ts';

/** What applies if the log row of a revision without a transaction was not committed. */
export interface AloneCommit {
  readonly error: StepError;
  /** Records that the revision was interrupted. */
  record(): Promise<void>;
}

/** The commit was sent, and an error occurred before its answer arrived. */
export class CommitError extends Error {
  override readonly name = 'CommitError';
  /** The steps that it should have committed. */
  readonly steps: readonly LoadedStep[];
  /** The commit of the log row of a revision without a transaction. */
  readonly alone: AloneCommit | null;

  constructor(steps: readonly LoadedStep[], cause: unknown, alone: AloneCommit | null = null) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.steps = steps;
    this.alone = alone;
  }
}

/**
 * Runs steps in one transaction with their log rows, once. Stopping after a step commits the finished steps.
 * @throws StepError | CommitError | Failure; everything is rolled back, except after a CommitError with a
 * lost connection
 */
export async function runTransaction(run: RunState, steps: readonly LoadedStep[]): Promise<void> {
  const { control, context, journal, monitor } = run;
  // PGlite has one connection, so only rows written before the transaction survive a kill.
  if (!monitor && steps[0]) await journal?.begin(run.outside, steps[0], true);
  const opening = openingStatements(run);
  // After the first batch, the journal's row is written while the transaction begins.
  const begun =
    run.leftTable !== null && monitor && !context.shared && steps[0]
      ? journal?.begin(run.outside, steps[0], true)
      : null;
  begun?.catch(() => {});
  const work = await beginWork(context.project, context.onStatement, [
    ...opening,
    ...(run.tableReady ? tableQuestions(run, steps) : []),
  ]);
  const { connection, opened } = work;
  const done: Done[] = [];
  try {
    const settings = readOpening(run, opened.slice(0, opening.length));
    if (!run.tableReady) await work.storage.ensureTable();
    const marks = await checkTable(run, connection, steps, opened.slice(opening.length));
    const batch = new OpenBatch(run, work, settings, marks);
    await begun;
    const restore =
      context.shared && !steps.every(isPlain) ? await keepSettings(connection.query) : async () => {};
    const [first] = steps;
    if (first && monitor && !context.shared && !journal?.has(first))
      await journal?.begin(run.outside, first, true);
    while (done.length < steps.length) {
      done.push(...(await batch.runNext(steps, done.length)));
      if (control.mode === 'after-step') break;
    }
    await journal?.flush();
    await run.guard?.check();
    await restore();
    control.check();
    // It may take long (deferred constraints, a synchronous standby); the monitor detects a lost answer.
    control.inFlight = { sql: 'commit', since: performance.now() };
    const content = context.preview.batches.length > 1 && batch.tableReadable;
    const last = [
      ...(journal ? [journal.done(done)] : []),
      ...(content ? [contentStatement(context.table)] : []),
    ];
    const ended = await answerWithin(null, () => work.commit(last)).catch(error => {
      throw new CommitError(
        done.map(({ step }) => step),
        error,
      );
    });
    run.tableReady = true;
    run.leftTable = content ? (ended.at(-2)?.rows[0]?.content ?? null) : null;
  } catch (error) {
    connection.close(new Error('This batch was abandoned.'));
    await Promise.race([work.rollback(), control.forced]).catch(() => {});
    throw error;
  } finally {
    control.inFlight = null;
    control.pid = null;
  }
  applySteps(
    run.expected,
    done.map(({ step }) => step),
  );
}

const wholeTable = ({ context }: RunState, steps: readonly LoadedStep[]) => [
  ledgerStatement(context.table, steps),
  marksStatement(context.table),
];

/** What a transaction asks about the migrations table, sent with its first statements. */
function tableQuestions(run: RunState, steps: readonly LoadedStep[]): readonly PipedStatement[] {
  return run.leftTable === null ? wholeTable(run, steps) : [contentStatement(run.context.table)];
}

/**
 * Checks that the migrations table is as expected, and returns its marks.
 * @param answers to `tableQuestions`; empty if the table did not exist
 * @throws Failure `plan-changed`
 */
async function checkTable(
  run: RunState,
  connection: ObservedConnection,
  steps: readonly LoadedStep[],
  answers: readonly PipedResult[],
): Promise<Marks> {
  const { leftTable, tableReady } = run;
  if (leftTable !== null && answers[0]?.rows[0]?.content === leftTable) return marksOf();
  const [ledger, comment] =
    tableReady && leftTable === null ? answers : await connection.pipeline(wholeTable(run, steps));
  requireLedger(ledger, steps, run.expected);
  return marksOf(comment?.rows[0]);
}
