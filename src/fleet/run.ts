import { addressOf, isOwnClient, ownClientMessage } from '../database/connect/address.ts';
import { Failure } from '../foundation/failure.ts';
import { someNames } from '../foundation/some-names.ts';
import { errorsIn } from '../values/fleet-errors.ts';
import {
  type FleetEvent,
  type FleetRefusal,
  type FleetResult,
  type FleetRunOptions,
  type FleetTargetResult,
  targetsIn,
} from '../values/fleet-run.ts';
import type { CancelMode } from '../values/run.ts';
import type { FleetDatabases } from './databases.ts';
import { Limiter } from './limiter.ts';
import type { Planned, PlannedTarget, Planner } from './planned.ts';
import { places, readTargets } from './reading.ts';
import { fleetResult } from './result.ts';
import { mostTargetsAtOnce, serverOf } from './shared-database.ts';
import type { Target } from './target.ts';
import { TargetRuns } from './target-runs.ts';
import type { Wave } from './waves.ts';

/** A run of a fleet. It stores no state: the targets' own log tables record what is done. */
export class FleetRun {
  readonly #fleetDatabases: FleetDatabases;
  readonly #planned: Planned;
  readonly #options: FleetRunOptions;
  readonly #work: TargetRuns;
  readonly #emit: (event: FleetEvent) => void;
  readonly #results = new Map<string, FleetTargetResult>();
  readonly #limiters = new Map<string, Limiter>();
  /** Why no more targets start. */
  #stopped: string | null = null;
  #cancelled: CancelMode | null = null;
  #answer: ((go: boolean) => void) | null = null;

  constructor(
    fleetDatabases: FleetDatabases,
    planned: Planned,
    options: FleetRunOptions,
    planner: Planner,
    emit: (event: FleetEvent) => void,
  ) {
    this.#fleetDatabases = fleetDatabases;
    this.#planned = planned;
    this.#options = options;
    const control = {
      stopped: () => this.#stopped !== null,
      ended: (result: FleetTargetResult) => this.#ended(result),
    };
    this.#work = new TargetRuns(fleetDatabases, options.run, planner, control, emit);
    this.#emit = emit;
  }

  /** Runs the waves one after the other. */
  async run(): Promise<FleetResult> {
    const started = performance.now();
    const { plan, waves } = this.#planned;
    const projects = new Set(this.#all.map(({ group }) => group.files.project));
    if ([...projects].some(project => isOwnClient(addressOf(project)))) {
      this.#emit({ kind: 'notice', message: ownClientMessage });
    }
    try {
      for (const [at, wave] of waves.entries()) {
        if (this.#stopped !== null) break;
        await this.#wave(wave);
        const left = targetsIn(waves.slice(at + 1));
        if (left > 0 && this.#options.pauseAfter?.includes(wave.name)) await this.#pause(wave.name, left);
      }
    } finally {
      await this.#work.close();
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
    await this.#work.cancel(mode);
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
    if (!go) this.#stopped ??= `It was paused after ${after.replace(/\.$/, '')}.`;
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
    for (const place of places(this.#fleetDatabases, targets)) {
      const server = await serverOf(this.#fleetDatabases, place);
      servers.set(server, [...(servers.get(server) ?? []), ...place.targets]);
    }
    const workers: [Limiter, PlannedTarget[]][] = [];
    for (const [server, some] of servers)
      workers.push([await this.#limiter(server, some[0] as PlannedTarget), some]);
    const parallel = workers.reduce((sum, [{ parallel }]) => sum + parallel, 0);
    this.#emit({ kind: 'wave', wave: name, targets: targets.length, parallel });
    await Promise.all(workers.map(([limiter, some]) => this.#work.run(limiter, some)));
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
    const available =
      asked ??
      (await mostTargetsAtOnce(this.#fleetDatabases, target, this.#options.run.backup !== undefined).catch(
        () => 1,
      ));
    const limiter = new Limiter(available);
    this.#limiters.set(server, limiter);
    return limiter;
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
    const { there, refused } = this.#planned.plan;
    const share = (failed / (this.#all.length + there.length + refused.length)) * 100;
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
    const unchecked: FleetTargetResult[] = [];
    for (const { target, targetState } of await readTargets(this.#fleetDatabases, done)) {
      const result = this.#results.get(target.name) as FleetTargetResult;
      if (targetState instanceof Failure) {
        unchecked.push({ ...result, outcome: 'failed', failure: targetState.info });
        continue;
      }
      const { applied, halfWay } = targetState;
      const failure = notArrived(target as PlannedTarget, applied, halfWay.length);
      if (!failure) continue;
      wrong.push({ target: target.name, failure: failure.info });
      this.#ended({ ...result, outcome: 'failed', failure: failure.info });
    }
    // Their commits were confirmed.
    for (const { failure, targets } of errorsIn(unchecked, target => [target])) {
      const were = targets.length === 1 ? 'was' : 'were';
      const message = `${someNames(targets)} ${were} migrated, but could not be checked: ${failure.message}`;
      this.#emit({ kind: 'notice', message });
    }
    this.#emit({ kind: 'wave-done', wave, checked: done.length - unchecked.length, wrong });
  }
}

function notArrived(
  { group, applied: before }: PlannedTarget,
  applied: readonly string[],
  halfWay: number,
): Failure | null {
  const { tips } = group.preview.plan;
  const now = group.files.graph.on(before).current(applied);
  const isThere = [...now].sort().join() === [...tips].sort().join();
  if (halfWay === 0 && isThere) return null;
  return new Failure({
    code: 'not-arrived',
    message: isThere
      ? 'After its run, the target has an interrupted revision.'
      : `After its run, the target is at ${now.join(', ') || 'base'} instead of ${tips.join(', ') || 'base'}.`,
    next: 'Another process changes it too: check its journal, then run the same command again.',
  });
}
