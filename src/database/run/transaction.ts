import { answerWithin } from '../../project/connections.ts';
import { clearMark, type Marks, marksOf, marksStatement } from '../marks.ts';
import type { LoadedStep } from './context.ts';
import { contentStatement, ledgerStatement, logRowStatement, requireLedger } from './ledger-rows.ts';
import type { ObservedConnection } from './observed.ts';
import type { PipedResult, PipedStatement } from './pipeline.ts';
import { isPlain } from './plain-statements.ts';
import {
  openingStatements,
  readOpening,
  setsNames,
  settingStatements,
  transactionStatement,
} from './prepare.ts';
import { searchPath } from './search-path.ts';
import { keepSettings } from './session-settings.ts';
import { applySteps, type RunState } from './state.ts';
import { runStep } from './step.ts';
import { beginWork, type TransactionalWork } from './work.ts';

/** The commit was sent, and an error occurred before its answer arrived. */
export class CommitError extends Error {
  override readonly name = 'CommitError';
  /** The steps that it should have committed. */
  readonly steps: readonly LoadedStep[];

  constructor(steps: readonly LoadedStep[], cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.steps = steps;
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
  const done: { step: LoadedStep; ms: number }[] = [];
  try {
    const settings = readOpening(run, opened.slice(0, opening.length));
    if (!run.tableReady) await work.storage.ensureTable();
    const marks = await checkTable(run, connection, steps, opened.slice(opening.length));
    const batch = new OpenBatch(run, work, settings, marks);
    await begun;
    const restore =
      context.shared && !steps.every(isPlain) ? await keepSettings(connection.query) : async () => {};
    for (const step of steps) {
      if (!journal?.has(step)) {
        // In a fleet, the rows are written after the steps, which saves a commit for each target.
        if (context.shared) journal?.follow(null, step);
        else if (monitor && done.length === 0) await journal?.begin(run.outside, step, true);
        else journal?.follow(monitor && run.outside, step);
      }
      const { revision, action, index } = step;
      const ms = await batch.run(step);
      run.results[index] = { revision, action, outcome: 'done', ms };
      done.push({ step, ms });
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

/** The open transaction of a batch. */
class OpenBatch {
  readonly #run: RunState;
  readonly #work: TransactionalWork;
  /** The session settings that every step expects. */
  readonly #wanted: string;
  readonly #marks: Marks;
  /** The settings after the last step. */
  #settings: string;

  constructor(run: RunState, work: TransactionalWork, settings: string, marks: Marks) {
    this.#run = run;
    this.#work = work;
    this.#wanted = settings;
    this.#settings = settings;
    this.#marks = marks;
  }

  /**
   * Runs a step with its log row; one that only queues statements in a single round trip. Returns its ms.
   * @throws StepError
   */
  run(step: LoadedStep): Promise<number> {
    const { connection } = this.#work;
    return runStep(this.#run, this.#work, step, {
      before: async () => {
        if (this.#settings === this.#wanted) return;
        await connection.pipeline(settingStatements(this.#run));
        this.#settings = this.#wanted;
      },
      record: () => this.#record(step, []),
      send: statements => this.#record(step, statements),
    });
  }

  /** The role is still the one that has read the migrations table, and the table has no marks. */
  get tableReadable(): boolean {
    return this.#settings === this.#wanted && this.#marks.marks.length === 0;
  }

  async #record(step: LoadedStep, statements: readonly string[]): Promise<void> {
    const { connection } = this.#work;
    const { table, project } = this.#run.context;
    // A parsed migration, which MikroORM's runner does not run.
    const path = step.statements ? searchPath(project) : null;
    const leave = path?.leave.map(sql => ({ sql })) ?? [];
    const answers = await connection.pipeline([
      ...(path?.enter.map(sql => ({ sql })) ?? []),
      ...statements.filter((sql, at) => at > 0 || !setsNames(sql)).map(sql => ({ sql, ofRevision: true })),
      transactionStatement(this.#run),
      logRowStatement(table, step),
      ...leave,
    ]);
    this.#settings = answers.at(-2 - leave.length)?.rows[0]?.settings ?? '';
    // It was interrupted outside a transaction before; now its outcome is known.
    if (this.#marks.writable && this.#marks.marks.some(mark => mark.revision === step.revision)) {
      await clearMark(connection.query, table, step.revision);
    }
  }
}
