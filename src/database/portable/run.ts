import { randomUUID } from 'node:crypto';
import { Failure } from '../../foundation/failure.ts';
import type { DatabaseKind } from '../../values/database-kind.ts';
import type { Preview, RunResult, StepResult } from '../../values/run.ts';
import { type LoadedStep, type RunContext, settingsOf } from '../run/context.ts';
import { Control } from '../run/control.ts';
import { notBlocking } from '../run/end-blocker.ts';
import { doneOf } from '../run/ending.ts';
import { finalPlan } from '../run/final-plan.ts';
import { loadSteps } from '../run/load.ts';
import type { Running } from '../run/running.ts';
import { runBatch } from './batch.ts';
import { readLedger } from './ledger.ts';
import { lockRuns } from './lock.ts';
import { productOf } from './products.ts';
import { openWork } from './work.ts';

/**
 * Starts running a previewed plan on a database other than PostgreSQL: one writer, the state is read again
 * under the lock and in each transaction, and the log row is written in the transaction of its migration.
 */
export function startRun(context: RunContext, kind: DatabaseKind): Running {
  const run = new PortableRun(context, kind);
  return {
    id: run.id,
    result: run.start(),
    cancel: mode => run.control.request(mode),
    // Only PostgreSQL reports who blocks a run.
    endSession: async pid => {
      throw notBlocking(pid);
    },
  };
}

class PortableRun {
  readonly id = randomUUID();
  readonly control = new Control(() => null);
  #context: RunContext;
  readonly #kind: DatabaseKind;

  constructor(context: RunContext, kind: DatabaseKind) {
    this.#context = context;
    this.#kind = kind;
  }

  async start(): Promise<RunResult> {
    const { project, table, options, emit, preview } = this.#context;
    let release = async (): Promise<void> => {};
    try {
      // Checks that can refuse the run come before any change.
      const load = (of: Preview): Promise<readonly LoadedStep[]> =>
        loadSteps(project, project.sources(), of, () => this.control.watchCode());
      const shown = await load(preview);
      const work = await openWork(project);
      release = await lockRuns(project, table, {
        limit: settingsOf(options).lockWait,
        signal: this.control.waiting.signal,
        onWaiting: waitedMs => emit({ kind: 'waiting', holder: null, waitedMs }),
      });
      const final = await finalPlan(this.#context, shown, await this.#ledger(), load);
      if (final.replanned) this.#context = { ...this.#context, preview: final.preview };
      if (final.replanned && final.steps.length > 0) emit({ kind: 'replanned', preview: final.preview });
      return await this.#execute(work, final.steps, new Set(final.applied));
    } catch (error) {
      if (this.control.reason) {
        throw new Failure({ code: 'cancelled', message: 'Cancelled: nothing was run.' }, { cause: error });
      }
      throw error;
    } finally {
      await release();
      this.control.end();
    }
  }

  #ledger(): ReturnType<typeof readLedger> {
    const { connection, table } = this.#context;
    return readLedger(productOf(this.#kind), connection, table);
  }

  async #execute(
    work: Awaited<ReturnType<typeof openWork>>,
    steps: readonly LoadedStep[],
    expected: Set<string>,
  ): Promise<RunResult> {
    const { emit, preview, tipsOf } = this.#context;
    const { batches } = preview;
    const results = steps.map(
      ({ revision, action }): StepResult => ({ revision, action, outcome: 'not run', ms: 0 }),
    );
    const state = {
      context: this.#context,
      control: this.control,
      kind: this.#kind,
      work,
      results,
      expected,
    };
    if (steps.length > 0) {
      emit({ kind: 'started', run: this.id, steps: steps.length, batches: batches.length });
    }
    let failure: Failure | null = null;
    for (const [index, batch] of steps.length > 0 ? batches.entries() : []) {
      if (this.control.mode === null) failure = await runBatch(state, index, batch, steps);
      this.control.setSummary(`${doneOf(results)}.`);
      if (failure || this.control.mode !== null) break;
    }
    if (!failure && this.control.mode !== null && results.some(({ outcome }) => outcome !== 'done')) {
      failure = new Failure({
        code: 'cancelled',
        message: `Stopped as requested; ${doneOf(results)}.`,
        next: 'Run it again to continue from here.',
      });
    }
    const { applied } = await this.#ledger();
    const result: RunResult = {
      run: steps.length > 0 ? this.id : '',
      steps: results,
      tips: tipsOf([...applied.keys()]),
      failure: failure?.info ?? null,
      cancelled: this.control.mode !== null && failure?.code === 'cancelled',
      unsettled: [],
      ...(steps.length === 0 && { appliedBy: null }),
    };
    emit({ kind: 'finished', result });
    return result;
  }
}
