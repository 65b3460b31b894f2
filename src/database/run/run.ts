import { randomUUID } from 'node:crypto';
import { Failure } from '../../foundation/failure.ts';
import { loadParser } from '../../safety/parse.ts';
import type { Backup } from '../../values/backup.ts';
import type { RunNotes } from '../../values/journal.ts';
import type { Preview, RunOptions, RunResult, Session, SessionEnding, StepResult } from '../../values/run.ts';
import { backUp } from '../backup/backup.ts';
import { lastRunOf } from '../journal/reader.ts';
import { journalAllowed } from '../journal/table.ts';
import { ensureJournal, JournalWriter, reconcileJournal } from '../journal/writer.ts';
import { readLedger } from '../ledger.ts';
import { acquireGuard, type Guard, lockKeys } from '../lock.ts';
import { type Monitor, openMonitor, queryOn } from '../monitor.ts';
import { runOf } from '../sessions.ts';
import { sqlFailure } from '../sql-failure.ts';
import { readUnsettled } from '../unsettled.ts';
import { runBatches } from './batch-loop.ts';
import { type LoadedStep, type RunContext, settingsOf } from './context.ts';
import { Control } from './control.ts';
import { endBlocker, notBlocking } from './end-blocker.ts';
import { loadSteps } from './load.ts';
import { reportingQuery } from './observed.ts';
import { readBack } from './read-back.ts';
import { settlePlan } from './replan.ts';
import type { Running } from './running.ts';
import type { RunState } from './state.ts';
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
  /** The last known holder of the lock, while waiting for it. */
  #holder: Session | null = null;
  #monitor: Monitor | null = null;

  constructor(context: RunContext) {
    this.#context = context;
    const { connections } = context.project;
    this.control = new Control(
      () => {
        const monitor = this.#monitor;
        return (
          monitor && {
            cancel: async pid => void (await monitor.query('select pg_cancel_backend($1)', [pid])),
            terminate: async pid => void (await monitor.query('select pg_terminate_backend($1)', [pid])),
          }
        );
      },
      final => connections.abandon(final),
    );
  }

  async start(): Promise<RunResult> {
    const { project, shared } = this.#context;
    let guard: Guard | null = null;
    let stopWatching = (): void => {};
    try {
      // Checks that can refuse the run come before any change.
      const [, steps] = await Promise.all([
        loadParser(),
        shared ? shared.steps : loadSteps(project, project.sources(), this.#context.preview),
        project.full().catch(entitiesBroken),
      ]);
      this.#monitor = shared ? shared.monitor : await openMonitor(project);
      guard = await this.#lock();
      const run = await this.#prepare(steps, guard);
      if (!run) return await this.#reached();
      if (this.#monitor) {
        stopWatching = watchRun(this.#monitor, this.control, project, this.#context.emit);
      }
      return await this.#execute(run);
    } catch (error) {
      const { reason } = this.control;
      if (reason?.code === 'cancelled') throw cancelledBefore();
      throw sqlFailure(reason ?? error, undefined);
    } finally {
      stopWatching();
      await guard?.release();
      if (!shared) await this.#monitor?.close().catch(() => {});
      this.#monitor = null;
      this.control.end();
    }
  }

  async endSession(pid: number, how: SessionEnding): Promise<void> {
    if (!this.#monitor || this.control.pid === null) throw notBlocking(pid);
    await endBlocker(this.#monitor, this.control.pid, pid, how);
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
        this.#holder = holder ?? this.#holder;
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
    const settled = await settlePlan(
      this.#context,
      shown,
      await readLedger(this.#context.connection, this.#context.table, false),
    );
    const { preview, steps } = settled;
    if (settled.replanned) {
      if (steps.length === 0) return null;
      this.#context = { ...this.#context, preview };
      this.#context.emit({ kind: 'replanned', preview });
    }
    const { connection, table, options } = this.#context;
    const expected = new Set(settled.applied);
    const backup = await this.#backUp([...expected]);
    const outside = reportingQuery(
      this.#monitor?.query ?? queryOn(connection.orm),
      this.#context.onStatement,
    );
    return {
      id: this.id,
      context: this.#context,
      settings: settingsOf(options),
      control: this.control,
      keys: lockKeys(table),
      monitor: this.#monitor,
      guard,
      journal: await this.#openJournal(outside, preview.plan.steps.length, backup),
      backup,
      outside,
      steps,
      results: steps.map(
        ({ revision, action }): StepResult => ({ revision, action, outcome: 'not run', ms: 0 }),
      ),
      expected,
      tableReady: settled.tableReady,
      halfWay: new Set(),
    };
  }

  /** If the journal cannot be created, a warning is sent and the run continues without it. */
  async #openJournal(
    outside: RunState['outside'],
    steps: number,
    backup: Backup | undefined,
  ): Promise<JournalWriter | null> {
    const { project, table, preview, emit, options, shared } = this.#context;
    if (!journalAllowed(project) || steps === 0) return null;
    const ledger = `${table.schema}.${table.name}`;
    try {
      if (!shared?.reconcile) await ensureJournal(outside);
      if (!shared?.reconcile || shared.reconcile.has(ledger)) await reconcileJournal(outside, ledger);
      return new JournalWriter(this.id, ledger, { ...preview.plan, ...notesOf(preview, options, backup) });
    } catch (error) {
      const { message } = sqlFailure(error, undefined);
      emit({
        kind: 'notice',
        code: 'no-journal',
        message: `This run is not recorded in the journal: ${message}`,
      });
      return null;
    }
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
    const result: RunResult = {
      run: '',
      steps: [],
      tips: tipsOf([...applied.keys()]),
      failure: null,
      cancelled: false,
      unsettled: [],
      appliedBy:
        (await lastRunOf(queryOn(connection.orm), table, names)) ?? (this.#holder && runOf(this.#holder)),
    };
    emit({ kind: 'finished', result });
    return result;
  }

  async #execute(run: RunState): Promise<RunResult> {
    const { context, control } = run;
    const { emit, table } = context;
    emit({ kind: 'started', run: run.id, steps: run.steps.length, batches: context.preview.batches.length });
    const failure = await runBatches(run);
    // We already know that the server does not answer.
    const silent = failure?.code === 'commit-unknown';
    // A fleet queries all of its targets together, after each wave.
    const trusted = silent || (context.shared !== undefined && failure === null);
    const { applied } = trusted ? { applied: run.expected } : await readBack(run);
    const result: RunResult = {
      run: run.id,
      steps: run.results,
      tips: context.tipsOf([...applied]),
      failure: failure?.info ?? null,
      ...(run.backup && { backup: run.backup }),
      cancelled: control.mode !== null && failure?.code === 'cancelled',
      unsettled: trusted
        ? []
        : await readUnsettled(queryOn(context.connection.orm), table, undefined, run.id).catch(() => []),
    };
    emit({ kind: 'finished', result });
    return result;
  }
}

function cancelledBefore(): Failure {
  return new Failure({ code: 'cancelled', message: 'Cancelled: nothing was run.' });
}

function entitiesBroken(error: unknown): never {
  throw new Failure(
    {
      code: 'entities-broken',
      message: `The entities could not be loaded: ${error instanceof Error ? error.message.split('\n')[0] : error}`,
      next: 'Migrations may use them, so nothing was run. The stock "mikro-orm debug" checks the same config.',
    },
    { cause: error },
  );
}

/** Stored next to the plan in the journal. */
function notesOf({ request }: Preview, { tag }: RunOptions, backup: Backup | undefined): RunNotes {
  const { kind, run } = request.past ?? {};
  return {
    ...(backup && { backup }),
    ...(tag && { tag }),
    ...(kind && run && { [kind === 'undo' ? 'undoes' : 'redoes']: run }),
  };
}
