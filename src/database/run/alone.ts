import { hostname } from 'node:os';
import { leavesNothing } from '../../safety/traces.ts';
import type { Monitor } from '../connect/monitor.ts';
import { invalidIndexes } from '../interrupted.ts';
import type { Query } from '../journal/table.ts';
import { userName } from '../lock.ts';
import { clearMark, type Mark, readMarks, setMark } from '../marks.ts';
import { sqlFailure } from '../sql-failure.ts';
import type { LoadedStep } from './context.ts';
import { ledgerStatement, requireLedger, rowsBesideSql } from './ledger-rows.ts';
import { enterSession, setTimeouts } from './prepare.ts';
import { applySteps, type RunState } from './state.ts';
import { runStep, StepError } from './step.ts';
import { untilEnded } from './still-running.ts';
import { CommitError } from './transaction.ts';
import { withWork } from './work.ts';

/**
 * Runs one revision outside any transaction, on one connection; only its log row has a transaction.
 * It is marked as started before its first statement, so that an interruption is found later.
 * @throws StepError | Failure; the changes of earlier statements remain
 */
export async function runAlone(run: RunState, step: LoadedStep): Promise<void> {
  const { control, context, journal } = run;
  const { revision, action, index } = step;
  const { table } = context;
  run.leftTable = null;
  await withWork(context.project, context.onStatement, async work => {
    const { connection, storage } = work;
    const { query } = connection;
    const leave = await enterSession(run, connection);
    try {
      if (run.monitor?.server.pooled) await untilFree(run, run.monitor, step);
      await storage.ensureTable();
      const [ledger] = await connection.pipeline([ledgerStatement(table, [step])]);
      requireLedger(ledger, [step], run.expected);
      await run.guard?.check();
      control.check();
      await journal?.begin(query, step, false);
      const begun = await begin(run, step, query);
      await setTimeouts(run, connection, false);
      /** Everything in the transaction of the log row is done, after this many ms: what is left is its commit. */
      let recorded: number | null = null;
      try {
        const record = (soFar: number): Promise<void> =>
          work.transactional(async tx => {
            if (action === 'up') await storage.logMigration({ name: revision }, tx);
            else await storage.unlogMigration({ name: revision }, tx);
            const beside = rowsBesideSql(table, step);
            if (beside) await connection.pipeline([{ sql: beside }]);
            if (begun) await clearMark(query, table, revision);
            if (journal) await connection.pipeline([journal.done([{ step, ms: soFar }])]);
            recorded = soFar;
          });
        const ms = await runStep(run, work, step, { record });
        run.results[index] = { revision, action, outcome: 'done', ms };
      } catch (error) {
        connection.close(new Error('This revision was abandoned.'));
        const interrupted = (): Promise<void> => recordInterruption(run, step, begun, error, query);
        if (recorded !== null && error instanceof StepError) {
          run.results[index] = { revision, action, outcome: 'done', ms: recorded };
          throw new CommitError([step], error.cause, { error, record: interrupted });
        }
        await interrupted();
        throw error;
      }
    } finally {
      control.pid = null;
      control.poolerId = null;
      await leave().catch(() => {});
    }
  });
  applySteps(run.expected, [step]);
}

/** Behind a pooler, an earlier run of this revision may still be running on the server. */
function untilFree(
  { context, settings, control }: RunState,
  monitor: Monitor,
  step: LoadedStep,
): Promise<void> {
  return untilEnded(context.project, monitor, step.revision, {
    wait: settings.lockWait,
    signal: control.waiting.signal,
    statements: context.preview.steps[step.index]?.preview.sql ?? [],
    onWaiting: (holder, waitedMs) => context.emit({ kind: 'waiting', holder, waitedMs }),
  });
}

interface Begun {
  readonly mark: Mark;
  /** Changes left by an earlier attempt that was interrupted. */
  readonly before: Mark | undefined;
}

/** @returns null if this role may not write the mark */
async function begin(run: RunState, step: LoadedStep, query: Query): Promise<Begun | null> {
  const { table, emit } = run.context;
  const { marks, writable } = await readMarks(query, table);
  if (!writable) {
    if (!run.journal) {
      emit({
        kind: 'notice',
        code: 'not-remembered',
        message: `This role does not own ${table.sql}, so migtui cannot record it if ${step.revision} is interrupted.`,
      });
    }
    return null;
  }
  const before = marks.find(({ revision }) => revision === step.revision);
  const mark: Mark = {
    revision: step.revision,
    action: step.action,
    run: run.id,
    since: new Date().toISOString(),
    who: `${userName()}@${hostname()}`,
    error: null,
    // What an earlier attempt left still belongs to this revision.
    invalidBefore: before?.invalidBefore ?? (await invalidIndexes(query)),
  };
  await setMark(query, table, mark);
  return { mark, before };
}

/**
 * If the first statement failed without any effect, restores the previous mark; otherwise records the error.
 * If no answer arrived, the statement may have taken effect.
 */
async function recordInterruption(
  run: RunState,
  { revision }: LoadedStep,
  begun: Begun | null,
  error: unknown,
  query: Query,
): Promise<void> {
  const { table } = run.context;
  const whole =
    error instanceof StepError &&
    error.statementsDone === 0 &&
    error.answered &&
    (await leavesNothing(error.statement ?? ''));
  if (!whole || begun?.before) run.halfWay.add(revision);
  if (!begun) return;
  const { mark, before } = begun;
  const cause = error instanceof StepError ? error.cause : error;
  const reason = sqlFailure(cause, undefined).message;
  const left = whole ? before : { ...mark, error: reason };
  const tell = (ask: Query): Promise<void> =>
    left ? setMark(ask, table, left) : clearMark(ask, table, revision);
  await tell(query).catch(() => (run.monitor ? tell(run.monitor.query).catch(() => {}) : undefined));
}
