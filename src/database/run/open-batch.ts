import type { Done } from '../journal/writer.ts';
import { clearMark, type Marks } from '../marks.ts';
import type { LoadedStep } from './context.ts';
import { logRowStatement } from './ledger-rows.ts';
import type { Piped } from './observed.ts';
import { changesSchemaOnly } from './plain-statements.ts';
import {
  settingStatements,
  settingsLeftStatement,
  statementsOfRevision,
  transactionStatement,
} from './prepare.ts';
import { searchPath } from './search-path.ts';
import type { RunState } from './state.ts';
import { runStep } from './step.ts';
import { answersOf, formatSteps, recordStart, StepInPipeline } from './step-in-pipeline.ts';
import { StepsAhead } from './steps-ahead.ts';
import type { TransactionalWork } from './work.ts';

/** The open transaction of a batch. */
export class OpenBatch {
  readonly #run: RunState;
  readonly #work: TransactionalWork;
  /** The session settings that every step expects. */
  readonly #wanted: string;
  readonly #marks: Marks;
  readonly #ahead: StepsAhead;
  /** The settings after the last step. */
  #settings: string;

  constructor(run: RunState, work: TransactionalWork, settings: string, marks: Marks) {
    this.#run = run;
    this.#work = work;
    this.#wanted = settings;
    this.#settings = settings;
    this.#marks = marks;
    this.#ahead = new StepsAhead(run.context.preview, work.roundTrip);
  }

  /**
   * Runs the next step, or some that are sent together.
   * @param from index of the next step
   * @returns those that are done
   * @throws StepError | SettingsChanged
   */
  async runNext(steps: readonly LoadedStep[], from: number): Promise<readonly Done[]> {
    const next = this.#ahead.next(steps, from, step => this.#mayBeSentAhead(step));
    const formatted = next.length > 1 ? formatSteps(this.#run.context.project, next) : null;
    if (formatted) return this.#sendAll(next, formatted);
    const step = steps[from] as LoadedStep;
    const ms = await this.#runOne(step);
    if (step.Class === null) this.#ahead.ended([ms]);
    return [{ step, ms }];
  }

  /** Neither code of the step, nor its changes to the settings, need an answer from this process. */
  #mayBeSentAhead(step: LoadedStep): boolean {
    const { monitor, oneByOne, context } = this.#run;
    const waits = oneByOne || monitor === null || this.#marks.marks.length > 0;
    if (waits || context.project.connections.timesMessages) return false;
    return this.#settings === this.#wanted && changesSchemaOnly(step);
  }

  /** Sends steps together: each begins when the server has done the one before. */
  async #sendAll(
    steps: readonly LoadedStep[],
    formatted: readonly (readonly string[])[],
  ): Promise<readonly Done[]> {
    const run = this.#run;
    const path = searchPath(run.context.project);
    const set = (statements: readonly string[] = []): Piped[] => statements.map(sql => ({ sql }));
    const following = steps.map(step => new StepInPipeline(run, step));
    run.control.check();
    following[0]?.begin();
    const sending = this.#work.connection.pipeline(
      following.flatMap((one, at) => [
        ...set(path?.enter),
        ...one.ownStatements(formatted[at] ?? []),
        at < following.length - 1 ? settingsLeftStatement(run, this.#wanted) : this.#transactionStatement(),
        { ...one.logRow(following[at + 1]), atOnce: true },
        ...set(path?.leave),
      ]),
    );
    await answersOf(following, sending, run.control);
    this.#ahead.ended(following.map(({ ms }) => ms));
    return following.map(({ step, ms }) => ({ step, ms }));
  }

  /** Runs a step with its log row; one that only queues statements in a single round trip. */
  async #runOne(step: LoadedStep): Promise<number> {
    const { connection } = this.#work;
    recordStart(this.#run, step);
    // MikroORM's runner sets the schema for the statements that the code queues, but not while the code runs.
    const enter = step.Class ? (searchPath(this.#run.context.project)?.enter ?? []) : [];
    const ms = await runStep(this.#run, this.#work, step, {
      before: async () => {
        if (this.#settings !== this.#wanted) {
          await connection.pipeline(settingStatements(this.#run));
          this.#settings = this.#wanted;
        }
        for (const sql of enter) await connection.query(sql);
      },
      record: () => this.#record(step, []),
      send: statements => this.#record(step, statements),
    });
    this.#run.results[step.index] = { revision: step.revision, action: step.action, outcome: 'done', ms };
    return ms;
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
    await connection.pipeline([
      ...(path?.enter.map(sql => ({ sql })) ?? []),
      ...statementsOfRevision(statements),
      this.#transactionStatement(),
      logRowStatement(table, step),
      ...leave,
    ]);
    // It was interrupted outside a transaction before; now its outcome is known.
    if (this.#marks.writable && this.#marks.marks.some(mark => mark.revision === step.revision)) {
      await clearMark(connection.query, table, step.revision);
    }
  }

  /** Asks for the settings after a step. */
  #transactionStatement(): Piped {
    return {
      ...transactionStatement(this.#run),
      answered: ({ rows: [row] }) => {
        this.#settings = row?.settings ?? '';
      },
    };
  }
}
