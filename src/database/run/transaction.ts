import { answerWithin } from '../../project/connections.ts';
import { clearMark, readMarks } from '../marks.ts';
import type { LoadedStep } from './context.ts';
import { checkLedger } from './ledger-rows.ts';
import { enterTransaction, requireTransaction, setTimeouts } from './prepare.ts';
import { applySteps, type RunState } from './state.ts';
import { runStep } from './step.ts';
import { beginWork } from './work.ts';

/** The commit was sent, and something failed before its answer came. */
export class CommitError extends Error {
  override readonly name = 'CommitError';
  /** The steps that it was to commit. */
  readonly steps: readonly LoadedStep[];

  constructor(steps: readonly LoadedStep[], cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.steps = steps;
  }
}

/**
 * Runs steps in one transaction with their log rows, once. Stopping after a step commits the steps that are done.
 * @throws StepError | CommitError | Failure; everything is rolled back, but for a CommitError that lost its connection
 */
export async function runTransaction(run: RunState, steps: readonly LoadedStep[]): Promise<void> {
  const { control, context, journal, side } = run;
  // on PGlite's one connection only what is written before the transaction outlives a kill
  if (!side && steps[0]) await journal?.begin(run.outside, steps[0], true);
  const work = await beginWork(context.project, context.hear);
  const { connection, storage } = work;
  const done: LoadedStep[] = [];
  try {
    await enterTransaction(run, connection);
    await setTimeouts(run, connection, true);
    await storage.ensureTable();
    await checkLedger(connection, context.table, steps, run.expected);
    const { marks, writable } = await readMarks(connection.query, context.table);
    for (const step of steps) {
      const { revision, action, index } = step;
      if (!journal?.has(step)) await journal?.begin(side ? run.outside : connection.query, step, true);
      await setTimeouts(run, connection, true);
      const ms = await runStep(run, work, step, async (soFar, tx) => {
        await requireTransaction(run, connection);
        if (action === 'up' || action === 'log') await storage.logMigration({ name: revision }, tx);
        else await storage.unlogMigration({ name: revision }, tx);
        // it stopped half-way before, outside a transaction: now it is known how it stands
        if (writable && marks.some(mark => mark.revision === revision)) {
          await clearMark(connection.query, context.table, revision);
        }
        await journal?.done(connection.query, step, soFar);
      });
      run.results[index] = { revision, action, outcome: 'done', ms };
      done.push(step);
      if (control.mode === 'after-step') break;
    }
    await run.guard?.check();
    control.check();
    // it may take long (deferred constraints, a standby that is waited for); the monitor sees whether its answer was lost
    control.inFlight = { sql: 'commit', since: performance.now() };
    await answerWithin(null, () => work.commit()).catch(error => {
      throw new CommitError(done, error);
    });
  } catch (error) {
    connection.close(new Error('This batch was given up.'));
    await Promise.race([work.rollback(), control.insisted]).catch(() => {});
    throw error;
  } finally {
    control.inFlight = null;
    control.pid = null;
  }
  applySteps(run.expected, done);
}
