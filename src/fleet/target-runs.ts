import type { LoadedStep } from '../database/run/context.ts';
import type { Running } from '../database/run/running.ts';
import type { FleetEvent, FleetTargetResult } from '../values/fleet-run.ts';
import type { CancelMode, RunEvent, RunOptions } from '../values/run.ts';
import type { FleetDatabases } from './databases.ts';
import type { Limiter } from './limiter.ts';
import type { PlannedGroup, PlannedTarget, Planner } from './planned.ts';
import { failureOf, resultOf } from './result.ts';
import { loadGroup, startTarget } from './run-target.ts';
import { openSharedDatabase, type SharedDatabase } from './shared-database.ts';

/** How often a target is tried on a busy server. */
const tries = 8;
/** A step that takes longer is reported, ms. */
const slow = 300;

/** What a fleet's run decides. */
export interface RunControl {
  /** No more targets start. */
  stopped(): boolean;
  ended(result: FleetTargetResult): void;
}

/** The targets in progress: their runs, and the connections that they share. */
export class TargetRuns {
  readonly #fleetDatabases: FleetDatabases;
  readonly #options: RunOptions;
  readonly #planner: Planner;
  readonly #control: RunControl;
  readonly #emit: (event: FleetEvent) => void;
  readonly #running = new Map<string, Running>();
  readonly #databases = new Map<string, Promise<SharedDatabase>>();
  readonly #steps = new Map<PlannedGroup, Promise<readonly LoadedStep[]>>();
  #rollback = false;

  constructor(
    fleetDatabases: FleetDatabases,
    options: RunOptions,
    planner: Planner,
    control: RunControl,
    emit: (event: FleetEvent) => void,
  ) {
    this.#fleetDatabases = fleetDatabases;
    this.#options = options;
    this.#planner = planner;
    this.#control = control;
    this.#emit = emit;
  }

  /** `rollback` cancels the targets in progress; otherwise they finish. */
  async cancel(mode: CancelMode): Promise<void> {
    if (mode !== 'rollback') return;
    this.#rollback = true;
    await Promise.all([...this.#running.values()].map(run => run.cancel(mode)));
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#databases.values()].map(async one => (await one).close()));
  }

  /** Runs targets of one server, as many at once as its limiter allows. */
  async run(limiter: Limiter, targets: readonly PlannedTarget[]): Promise<void> {
    const queue = [...targets];
    const tried = new Map<PlannedTarget, number>();
    const working = new Set<Promise<void>>();
    const start = (target: PlannedTarget): void => {
      limiter.begin();
      const work = this.#target(target, limiter).then(async result => {
        const again = (tried.get(target) ?? 0) + 1;
        tried.set(target, again);
        if (isBusy(result.failure?.code) && result.steps === 0 && again < tries && !this.#control.stopped()) {
          const pause = limiter.busy();
          const { message } = result.failure as { message: string };
          this.#emit({ kind: 'parallel', parallel: limiter.parallel, reason: message });
          await new Promise(resolve => setTimeout(resolve, pause));
          queue.push(target);
          return;
        }
        if (limiter.end()) {
          this.#emit({
            kind: 'parallel',
            parallel: limiter.parallel,
            reason: 'The server has free connections again.',
          });
        }
        this.#control.ended(result);
      });
      working.add(work);
      void work.finally(() => working.delete(work));
    };
    while (working.size > 0 || (queue.length > 0 && !this.#control.stopped())) {
      while (queue.length > 0 && limiter.free && !this.#control.stopped())
        start(queue.shift() as PlannedTarget);
      if (working.size > 0) await Promise.race(working);
    }
  }

  async #target(target: PlannedTarget, limiter: Limiter): Promise<FleetTargetResult> {
    const { name } = target;
    const started = performance.now();
    const ms = (): number => Math.round(performance.now() - started);
    const runEvents = new RunEvents(event => this.#emit({ kind: 'run', target: name, event }));
    let own: SharedDatabase | null = null;
    this.#emit({ kind: 'target', target: name });
    try {
      const steps = await this.#loaded(target.group);
      // For its run, a whole database is connected and then closed again.
      if (target.schema === null) own = await openSharedDatabase(this.#fleetDatabases, target, 1);
      const database = own ?? (await this.#database(target, limiter));
      const run = startTarget(
        database,
        target,
        steps,
        this.#planner,
        { ...this.#options, whenChanged: 'replan' },
        event => runEvents.onEvent(event),
      );
      this.#running.set(name, run);
      if (this.#rollback) void run.cancel('rollback');
      const answer = await run.result;
      return resultOf(target, ms(), answer);
    } catch (error) {
      return resultOf(target, ms(), failureOf(error));
    } finally {
      runEvents.end();
      this.#running.delete(name);
      await own?.close();
    }
  }

  #loaded(group: PlannedGroup): Promise<readonly LoadedStep[]> {
    const known = this.#steps.get(group) ?? loadGroup(group, this.#planner);
    this.#steps.set(group, known);
    return known;
  }

  /** If it could not be opened, the next target tries again. */
  async #database(target: PlannedTarget, limiter: Limiter): Promise<SharedDatabase> {
    const key = this.#fleetDatabases.keyOf(target);
    const opening =
      this.#databases.get(key) ?? openSharedDatabase(this.#fleetDatabases, target, limiter.most);
    this.#databases.set(key, opening);
    try {
      return await opening;
    } catch (error) {
      if (this.#databases.get(key) === opening) this.#databases.delete(key);
      throw error;
    }
  }
}

/** The events of one target that are worth passing on. */
class RunEvents {
  readonly #emit: (event: RunEvent) => void;
  #step: NodeJS.Timeout | undefined;

  constructor(emit: (event: RunEvent) => void) {
    this.#emit = emit;
  }

  onEvent(event: RunEvent): void {
    const { kind } = event;
    if (['waiting', 'retry', 'notice', 'backup-done'].includes(kind)) this.#emit(event);
    if (kind !== 'step' && kind !== 'step-done') return;
    clearTimeout(this.#step);
    if (kind === 'step') this.#step = setTimeout(this.#emit, slow, event);
  }

  end(): void {
    clearTimeout(this.#step);
  }
}

/** Whether a failure says that the server has no free connection now. */
const isBusy = (code: string | undefined): boolean => code === 'too-many-connections';
