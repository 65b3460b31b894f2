import type { LoadedStep } from '../database/run/context.ts';
import type { Running } from '../database/run/running.ts';
import { Failure } from '../foundation/failure.ts';
import type {
  FleetEvent,
  FleetRefusal,
  FleetResult,
  FleetRunOptions,
  FleetTargetResult,
} from '../values/fleet.ts';
import type { CancelMode } from '../values/run.ts';
import type { FleetDatabases } from './databases.ts';
import { Limiter } from './limiter.ts';
import type { Planned, PlannedGroup, PlannedTarget, Planner } from './planned.ts';
import { readTargets } from './reading.ts';
import { failureOf, fleetResult, resultOf } from './result.ts';
import { loadGroup, startTarget } from './run-target.ts';
import { openSharedDatabase, roomOn, type SharedDatabase, serverOf } from './shared-database.ts';
import type { Target } from './target.ts';
import type { Wave } from './waves.ts';

/** How often a target is tried on a busy server. */
const tries = 8;

/** A run of a fleet. It stores no state: the targets' own log tables record what is done. */
export class FleetRun {
  readonly #sites: FleetDatabases;
  readonly #planned: Planned;
  readonly #options: FleetRunOptions;
  readonly #planner: Planner;
  readonly #emit: (event: FleetEvent) => void;
  readonly #results = new Map<string, FleetTargetResult>();
  readonly #running = new Map<string, Running>();
  readonly #limiters = new Map<string, Limiter>();
  readonly #databases = new Map<string, Promise<SharedDatabase>>();
  readonly #steps = new Map<PlannedGroup, Promise<readonly LoadedStep[]>>();
  /** Why no more targets start. */
  #stopped: string | null = null;
  #cancelled: CancelMode | null = null;
  #answer: ((go: boolean) => void) | null = null;

  constructor(
    sites: FleetDatabases,
    planned: Planned,
    options: FleetRunOptions,
    planner: Planner,
    emit: (event: FleetEvent) => void,
  ) {
    this.#sites = sites;
    this.#planned = planned;
    this.#options = options;
    this.#planner = planner;
    this.#emit = emit;
  }

  /** Runs the waves one after the other. */
  async run(): Promise<FleetResult> {
    const started = performance.now();
    const { plan, waves } = this.#planned;
    try {
      for (const [at, wave] of waves.entries()) {
        if (this.#stopped !== null) break;
        await this.#wave(wave);
        const left = waves.slice(at + 1).reduce((sum, { targets }) => sum + targets.length, 0);
        if (left > 0 && this.#options.pauseAfter?.includes(wave.name)) await this.#pause(wave.name, left);
      }
    } finally {
      await Promise.allSettled([...this.#databases.values()].map(async one => (await one).close()));
    }
    const targets = new Map<string, Target>(this.#all.map(target => [target.name, target]));
    const rest = (name: string): FleetTargetResult => ({
      target: name,
      outcome: 'not tried',
      steps: 0,
      ms: 0,
      run: '',
      failure: null,
    });
    const result = fleetResult(
      [
        ...plan.there.map((name): FleetTargetResult => ({ ...rest(name), outcome: 'there' })),
        ...this.#all.map(({ name }) => this.#results.get(name) ?? rest(name)),
        ...plan.refused.map(
          ({ target, failure }): FleetTargetResult => ({ ...rest(target), outcome: 'failed', failure }),
        ),
      ],
      targets,
      this.#stopped,
      Math.round(performance.now() - started),
    );
    this.#emit({ kind: 'finished', result });
    return result;
  }

  get #all(): readonly PlannedTarget[] {
    return this.#planned.waves.flatMap(({ targets }) => targets);
  }

  /** `after-step`: targets in progress finish; `rollback`: they are cancelled. */
  async cancel(mode: CancelMode): Promise<void> {
    this.#stopped ??= 'It was cancelled.';
    this.#answer?.(false);
    this.#cancelled = mode;
    if (mode === 'rollback') await Promise.all([...this.#running.values()].map(run => run.cancel(mode)));
  }

  /** Answers a pause. */
  continue(go: boolean): void {
    this.#answer?.(go);
  }

  async #pause(after: string, left: number): Promise<void> {
    if (this.#stopped !== null) return;
    this.#emit({ kind: 'paused', after, left });
    const go =
      this.#options.interactive === true &&
      (await new Promise<boolean>(resolve => {
        this.#answer = resolve;
      }));
    this.#answer = null;
    if (!go) this.#stopped ??= `It was paused after ${after}.`;
  }

  /** Runs a wave, or after a pause, the rest of it. */
  async #wave({ name, targets }: Wave<PlannedTarget>): Promise<void> {
    let left = targets;
    while (left.length > 0 && this.#stopped === null) {
      await this.#part(name, left);
      left = left.filter(target => !this.#results.has(target.name));
    }
  }

  async #part(name: string, targets: readonly PlannedTarget[]): Promise<void> {
    const servers = new Map<string, PlannedTarget[]>();
    for (const target of targets) {
      const server = await serverOf(this.#sites, target);
      servers.set(server, [...(servers.get(server) ?? []), target]);
    }
    const workers: [Limiter, PlannedTarget[]][] = [];
    for (const [server, some] of servers)
      workers.push([await this.#limiter(server, some[0] as PlannedTarget), some]);
    const parallel = workers.reduce((sum, [{ parallel }]) => sum + parallel, 0);
    this.#emit({ kind: 'wave', wave: name, targets: targets.length, parallel });
    await Promise.all(workers.map(([limiter, some]) => this.#work(limiter, some)));
    await this.#check(name, targets);
    if (this.#stopped === null || this.#options.onError !== 'pause' || this.#cancelled) return;
    const after = this.#stopped;
    this.#stopped = null;
    const left = this.#all.filter(({ name }) => !this.#results.has(name)).length;
    if (left > 0) await this.#pause(after, left);
  }

  /** A server that cannot be queried gets one target, which then reports the error. */
  async #limiter(server: string, target: PlannedTarget): Promise<Limiter> {
    const known = this.#limiters.get(server);
    if (known) return known;
    const asked = this.#planned.plan.request.parallel;
    const room = asked ?? (await roomOn(this.#sites, target).catch(() => 1));
    const limiter = new Limiter(room);
    this.#limiters.set(server, limiter);
    return limiter;
  }

  async #work(limiter: Limiter, targets: readonly PlannedTarget[]): Promise<void> {
    const queue = [...targets];
    const tried = new Map<PlannedTarget, number>();
    const working = new Set<Promise<void>>();
    const start = (target: PlannedTarget): void => {
      limiter.begin();
      const work = this.#target(target, limiter).then(async result => {
        const again = (tried.get(target) ?? 0) + 1;
        tried.set(target, again);
        if (isBusy(result.failure?.code) && result.steps === 0 && again < tries && this.#stopped === null) {
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
        this.#ended(result);
      });
      working.add(work);
      void work.finally(() => working.delete(work));
    };
    while (working.size > 0 || (queue.length > 0 && this.#stopped === null)) {
      while (queue.length > 0 && limiter.free && this.#stopped === null)
        start(queue.shift() as PlannedTarget);
      if (working.size > 0) await Promise.race(working);
    }
  }

  async #target(target: PlannedTarget, limiter: Limiter): Promise<FleetTargetResult> {
    const { name } = target;
    const started = performance.now();
    const ms = (): number => Math.round(performance.now() - started);
    let own: SharedDatabase | null = null;
    this.#emit({ kind: 'target', target: name });
    try {
      const steps = await this.#loaded(target.group);
      // For its run, a whole database is connected and then closed again.
      if (target.schema === null) own = await openSharedDatabase(this.#sites, target, 1);
      const database = own ?? (await this.#database(target, limiter));
      const run = startTarget(
        database,
        target,
        steps,
        this.#planner,
        { ...this.#options.run, whenChanged: 'replan' },
        event => {
          if (
            event.kind === 'waiting' ||
            event.kind === 'retry' ||
            event.kind === 'step' ||
            event.kind === 'notice'
          ) {
            this.#emit({ kind: 'run', target: name, event });
          }
        },
      );
      this.#running.set(name, run);
      if (this.#cancelled === 'rollback') void run.cancel('rollback');
      const answer = await run.result;
      return resultOf(target, ms(), answer);
    } catch (error) {
      return resultOf(target, ms(), failureOf(error));
    } finally {
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
    const key = this.#sites.keyOf(target);
    const opening = this.#databases.get(key) ?? openSharedDatabase(this.#sites, target, limiter.most);
    this.#databases.set(key, opening);
    try {
      return await opening;
    } catch (error) {
      if (this.#databases.get(key) === opening) this.#databases.delete(key);
      throw error;
    }
  }

  #ended(result: FleetTargetResult): void {
    this.#results.set(result.target, result);
    this.#emit({ kind: 'target-done', result });
    if (result.outcome !== 'failed' || this.#stopped !== null) return;
    const { onError = 'stop', maxFailures } = this.#options;
    if (onError !== 'continue') {
      this.#stopped = `${result.target} failed.`;
      return;
    }
    const failed = [...this.#results.values()].filter(({ outcome }) => outcome === 'failed').length;
    const share = (failed / this.#all.length) * 100;
    if (maxFailures !== undefined && share > maxFailures) {
      this.#stopped = `More than ${maxFailures} % of the targets failed.`;
    }
  }

  /**
   * Reads the current state of a wave's targets from their databases; the results of the runs are not
   * trusted.
   */
  async #check(wave: string, targets: readonly PlannedTarget[]): Promise<void> {
    const done = targets.filter(({ name }) => this.#results.get(name)?.outcome === 'done');
    const wrong: FleetRefusal[] = [];
    for (const { target, standing } of await readTargets(this.#sites, done)) {
      const failure =
        standing instanceof Failure
          ? standing
          : notArrived(target as PlannedTarget, standing.applied, standing.halfWay.length);
      if (!failure) continue;
      wrong.push({ target: target.name, failure: failure.info });
      const result = this.#results.get(target.name) as FleetTargetResult;
      this.#ended({ ...result, outcome: 'failed', failure: failure.info });
    }
    this.#emit({ kind: 'wave-done', wave, checked: done.length, wrong });
  }
}

/** Whether a failure means that the server currently has no free connection. */
const isBusy = (code: string | undefined): boolean => code === 'too-many-connections';

function notArrived(
  { group, applied: before }: PlannedTarget,
  applied: readonly string[],
  halfWay: number,
): Failure | null {
  const { tips } = group.preview.plan;
  const now = group.files.graph.on(before).current(applied);
  if (halfWay === 0 && [...now].sort().join() === [...tips].sort().join()) return null;
  return new Failure({
    code: 'not-arrived',
    message: `It is at ${now.join(', ') || 'base'} after its run, not at ${tips.join(', ') || 'base'}.`,
    next: 'Another process changes it too: check its journal, then run the same command again.',
  });
}
