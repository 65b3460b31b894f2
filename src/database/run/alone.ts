import type { LoadedStep } from './context.ts';
import { checkLedger } from './ledger-rows.ts';
import { setTimeouts } from './prepare.ts';
import { applySteps, type RunState } from './state.ts';
import { runStep } from './step.ts';
import { withWork } from './work.ts';

/**
 * Runs one revision outside any transaction, on one connection; only its log row has a transaction.
 * @throws StepError | Failure; what its statements did before stays
 */
export async function runAlone(run: RunState, step: LoadedStep): Promise<void> {
  const { control, context } = run;
  const { revision, action, index } = step;
  await withWork(context.project, async work => {
    const { connection, storage } = work;
    await storage.ensureTable();
    await checkLedger(connection, context.table, [step], run.expected);
    const [row] = await connection.query<{ pid: number }>('select pg_backend_pid() as pid');
    control.pid = row?.pid ?? null;
    const [before] = await connection.query<{ lock: string; statement: string }>(
      `select current_setting('lock_timeout') as lock, current_setting('statement_timeout') as statement`,
    );
    await setTimeouts(run, connection, false);
    try {
      const { ms } = await runStep(run, work, step, () =>
        work.transactional(async tx => {
          if (action === 'up') await storage.logMigration({ name: revision }, tx);
          else await storage.unlogMigration({ name: revision }, tx);
        }),
      );
      run.results[index] = { revision, action, outcome: 'done', ms };
    } catch (error) {
      connection.close(new Error('This revision was given up.'));
      throw error;
    } finally {
      control.pid = null;
      await connection
        .query(`select set_config('lock_timeout', $1, false), set_config('statement_timeout', $2, false)`, [
          before?.lock ?? '0',
          before?.statement ?? '0',
        ])
        .catch(() => {});
    }
  });
  applySteps(run.expected, [step]);
}
