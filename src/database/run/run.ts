import { randomUUID } from 'node:crypto';
import { Failure } from '../../foundation/failure.ts';
import { loadParser } from '../../safety/parse.ts';
import type { Backup } from '../../values/backup.ts';
import type { Preview, RunResult, Session, SessionEnding, StepResult } from '../../values/run.ts';
import { backUp } from '../backup/backup.ts';
import { isOwnClient, ownClientMessage } from '../connect/address.ts';
import { type Monitor, openMonitor, queryOn } from '../connect/monitor.ts';
import { runOf } from '../connect/sessions.ts';
import { readInterrupted } from '../interrupted.ts';
import { lastRunOf } from '../journal/reader.ts';
import type { JournalWriter } from '../journal/writer.ts';
import { readLedger } from '../ledger.ts';
import { acquireGuard, type Guard, lockKeys } from '../lock.ts';
import { sqlFailure } from '../sql-failure.ts';
import { type Again, attemptBatch, runBatches } from './batch-loop.ts';
import { type LoadedStep, type RunContext, settingsOf } from './context.ts';
import { Control } from './control.ts';
import { endBlocker, notBlocking } from './end-blocker.ts';
import { cancelledBefore, entitiesBroken } from './ending.ts';
import { finalPlan, isStill } from './final-plan.ts';
import { loadSteps } from './load.ts';
import { reportingQuery } from './observed.ts';
import { openJournal } from './open-journal.ts';
import { readBack } from './read-back.ts';
import type { Running } from './running.ts';
import type { RunState } from './state.ts';
import { mayRunTogether, runTogether, sendTogether } from './together.ts';
import { watchRun } from './watch.ts';

/** Starts running a previewed plan: exactly its steps, in its order and batches. Otherwise it refuses. */
export function startRun(context: RunContext): Running {
  const run = new Run(context);
  return {
    id: run.id,
    result: run.start(),
    cancel: mode => run.control.request(mode),
    endSession: (pid, how) => run.endSession(pid, how),
  };
}

class Run {
  readonly id = randomUUID();
  readonly control: Control;
  #context: RunContext;
  /** The holders of the lock while this run waited for it, by process id. */
  readonly #holders = new Map<number, Session>();
  #monitor: Monitor | null = null;
  #oneByOne = false;
  /** Undefined: not opened yet. */
  #journal: JournalWriter | null | undefined;

  constructor(context: RunContext) {
    this.#context = context;
    const { connections } = context.project;
    this.control = new Control(
      () => {
        const monitor = this.#monitor;
        return (
          monitor && {
            cancel: async pid => void (await monitor.query('select pg_cancel_backend($1)', [pid])),
            cancelThroughPooler: id => connections.cancelThroughPooler(id),
            terminate: async pid => void (await monitor.query('select pg_terminate_backend($1)', [pid])),
          }
        );
      },
      final => connections.abandon(final),
    );
  }

  async start(): Promise<RunResult> {
    const { project, shared } = this.#context;
    if (!shared) this.#announceOwnClient();
    let guard: Guard | null = null;
    try {
      // Checks that can refuse the run come before any change.
      const [, steps] = await Promise.all([
        loadParser(),
        shared ? shared.steps : this.#load(this.#context.preview),
        project.full().catch(entitiesBroken),
      ]);
      if (steps.some(({ Class }) => Class)) void this.control.watchCode();
      this.#monitor = shared ? shared.monitor : await openMonitor(project);
      const quick = await this.#together(steps);
      if (quick) return quick;
      guard = await this.#lock();
      const run = await this.#prepare(steps, guard);
      if (!run) return await this.#reached();
      this.#started(run);
      return (await this.#execute(run, () => runBatches(run))) as RunResult;
    } catch (error) {
      const { reason, mode } = this.control;
      const stopped = mode === 'after-step' && error instanceof Failure && error.code === 'cancelled';
      if (reason?.code === 'cancelled' || stopped) throw cancelledBefore();
      throw sqlFailure(reason ?? error, undefined);
    } finally {
      await guard?.release();
      if (!shared) await this.#monitor?.close().catch(() => {});
      this.#monitor = null;
      this.control.end();
    }
  }

  #load(preview: Preview): Promise<readonly LoadedStep[]> {
    const { project } = this.#context;
    return loadSteps(project, project.sources(), preview, () => this.control.watchCode());
  }

  async endSession(pid: number, how: SessionEnding): Promise<void> {
    if (!this.#monitor || this.control.pid === null) throw notBlocking(pid);
    await endBlocker(this.#monitor, this.control.pid, pid, how);
  }

  #announceOwnClient(): void {
    const { connection, emit } = this.#context;
    if (isOwnClient(connection.address))
      emit({ kind: 'notice', code: 'own-client', message: ownClientMessage });
  }

  async #lock(): Promise<Guard | null> {
    const { table, options, emit } = this.#context;
    if (!this.#monitor) return null;
    return acquireGuard(this.#monitor, {
      run: this.id,
      keys: lockKeys(table),
      wait: settingsOf(options).lockWait,
      signal: this.control.waiting.signal,
      onWaiting: (holder, waitedMs) => {
        if (holder) this.#holders.set(holder.pid, holder);
        emit({ kind: 'waiting', holder, waitedMs });
      },
      onLost: failure => this.control.stop(failure),
    });
  }

  /**
   * Everything between the lock and the first statement: reads the state again, prepares the log table and
   * the journal.
   * @returns null if another run has done everything in the meantime
   */
  async #prepare(shown: readonly LoadedStep[], guard: Guard | null): Promise<RunState | null> {
    const final = await finalPlan(
      this.#context,
      shown,
      await readLedger(this.#context.connection, this.#context.table, false),
      again => this.#load(again),
    );
    const { preview, steps } = final;
    if (final.replanned) {
      if (steps.length === 0) return null;
      this.#context = { ...this.#context, preview };
      this.#journal = undefined;
      this.#context.emit({ kind: 'replanned', preview });
    }
    const backup = await this.#backUp([...final.applied]);
    return this.#state(steps, { ...final, guard, backup });
  }

  /** @param from `applied`: what the migrations table holds */
  async #state(
    steps: readonly LoadedStep[],
    from: Pick<RunState, 'guard' | 'tableReady' | 'backup'> & { readonly applied: ReadonlySet<string> },
  ): Promise<RunState> {
    const { connection, table, options, onStatement } = this.#context;
    const outside = reportingQuery(this.#monitor?.query ?? queryOn(connection.orm), onStatement);
    this.#journal ??= await openJournal(this.id, this.#context, outside, from.backup);
    return {
      id: this.id,
      context: this.#context,
      settings: settingsOf(options),
      control: this.control,
      keys: lockKeys(table),
      monitor: this.#monitor,
      guard: from.guard,
      journal: this.#journal,
      backup: from.backup,
      outside,
      steps,
      results: steps.map(
        ({ revision, action }): StepResult => ({ revision, action, outcome: 'not run', ms: 0 }),
      ),
      expected: new Set(from.applied),
      tableReady: from.tableReady,
      leftTable: null,
      oneByOne: this.#oneByOne,
      halfWay: new Set(),
    };
  }

  /**
   * The quick way of a fleet's targets.
   * @returns null where it is not open, or the slower path is to try it again: nothing was changed
   */
  async #together(steps: readonly LoadedStep[]): Promise<RunResult | null> {
    const { options, emit, shared } = this.#context;
    if (!shared || !mayRunTogether(this.#context, this.#monitor)) return null;
    const run = await this.#state(steps, {
      guard: null,
      backup: undefined,
      tableReady: true,
      applied: new Set(shared.applied),
    });
    const sent =
      isStill(run.context.preview, steps, run.expected) &&
      (await sendTogether(run, steps, () => {
        this.#started(run);
        emit({ kind: 'batch', batch: 0, attempt: 1 });
      }));
    if (!sent) {
      this.#journal = undefined;
      return null;
    }
    const ended = await this.#execute(run, () => attemptBatch(run, 0, 1, () => runTogether(run, sent)));
    if (ended === 'one by one') this.#oneByOne = true;
    else if (ended === 'retry') {
      this.#context = { ...this.#context, options: { ...options, retries: run.settings.retries - 1 } };
    } else return ended;
    return null;
  }

  /**
   * The backup is taken under the lock after the state has been checked, so it contains the state that the
   * plan was made from.
   */
  async #backUp(applied: readonly string[]): Promise<Backup | undefined> {
    const { project, connection, options, preview, emit, tipsOf } = this.#context;
    const runs = preview.plan.steps.some(({ action }) => action === 'up' || action === 'down');
    if (!options.backup || !runs) return undefined;
    const backup = await backUp(
      {
        project,
        connection,
        current: tipsOf(applied),
        signal: this.control.waiting.signal,
        onProgress: (bytes, of) => emit({ kind: 'backup', bytes, of }),
      },
      options.backup,
    );
    emit({ kind: 'backup-done', backup });
    return backup;
  }

  /** The result of a run whose target was already reached. */
  async #reached(): Promise<RunResult> {
    const { connection, table, emit, preview, tipsOf } = this.#context;
    const { applied } = await readLedger(connection, table, false);
    const names = preview.plan.steps.map(({ revision }) => revision);
    // Others may have waited like this one.
    const [holder, ...others] = this.#holders.values();
    const only = holder && others.length === 0 ? runOf(holder) : null;
    const result: RunResult = {
      run: '',
      steps: [],
      tips: tipsOf([...applied.keys()]),
      failure: null,
      cancelled: false,
      unsettled: [],
      appliedBy: (await lastRunOf(queryOn(connection.orm), table, names)) ?? only,
    };
    emit({ kind: 'finished', result });
    return result;
  }

  #started({ id, steps, context: { emit, preview } }: RunState): void {
    emit({ kind: 'started', run: id, steps: steps.length, batches: preview.batches.length });
  }

  /** @returns how `work` shall be tried again, or the result */
  async #execute(run: RunState, work: () => Promise<Failure | null | Again>): Promise<RunResult | Again> {
    const { context, control } = run;
    const { emit, table, project } = context;
    const stopWatching = this.#monitor ? watchRun(this.#monitor, control, project, emit) : () => {};
    const failure = await work().finally(stopWatching);
    if (failure === 'retry' || failure === 'one by one') return failure;
    // We already know that the server does not answer.
    const silent = failure?.code === 'commit-unknown';
    // A fleet queries all of its targets together, after each wave.
    const trusted = silent || (context.shared !== undefined && failure === null);
    const { applied, known } = trusted ? { applied: run.expected, known: !silent } : await readBack(run);
    const result: RunResult = {
      run: run.id,
      steps: run.results,
      tips: context.tipsOf([...applied]),
      ...(!known && { tipsUnknown: true }),
      failure: failure?.info ?? null,
      ...(run.backup && { backup: run.backup }),
      cancelled: control.mode !== null && failure?.code === 'cancelled',
      unsettled: trusted
        ? []
        : await readInterrupted(queryOn(context.connection.orm), table, undefined, run.id).catch(() => []),
    };
    emit({ kind: 'finished', result });
    return result;
  }
}
