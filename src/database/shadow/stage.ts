import type { MikroORM } from '@mikro-orm/core';
import { Failure } from '../../foundation/failure.ts';
import type { Previewer } from '../../preview/previewer.ts';
import type { MigrationSource } from '../../project/files/migration-source.ts';
import type { Project } from '../../project/project.ts';
import { sqlFailure } from '../sql-failure.ts';
import { type Baseline, loadBaseline } from './baseline.ts';
import type { ShadowCache } from './cache.ts';
import type { InventoryScope } from './inventory.ts';
import { ReplayFailure, type ReplayStep, RevisionRunner } from './revision-run.ts';
import type { Saved, Scratch } from './scratch.ts';
import { Trial } from './trial.ts';

/** Steps with the keys of their states: of the empty database, then after each step. */
export interface Way {
  readonly steps: readonly ReplayStep[];
  readonly keys: readonly string[];
  readonly sources: ReadonlyMap<string, MigrationSource>;
}

export interface StageOptions {
  /** Provides the scratch databases; used only if something must be replayed. */
  readonly scratch: () => Promise<Scratch>;
  readonly cache: ShadowCache;
  /** Called before each replayed revision, and with `done` = `total` at the end. */
  readonly progress?: (revision: string, done: number, total: number) => void;
  /** The initial contents of every empty database. */
  readonly baseline?: Baseline | undefined;
  /** The schema in which the revisions run; null: the default. */
  readonly schema: string | null;
  /** Runs the revisions' code. */
  readonly previewer: Previewer;
  /** It is closed together with the stage. */
  readonly ownsPreviewer: boolean;
}

/** Options of a replay. */
export interface Passing {
  /** Number of first steps that other replays share: that state is saved for reuse. */
  readonly common?: number | undefined;
  /** Start from a state before this step, even if a later one is known. */
  readonly from?: number | undefined;
  /** Called after each step, and before the first with -1. */
  readonly passed?: ((step: number, orm: MikroORM) => Promise<void>) | undefined;
}

interface Open {
  readonly orm: MikroORM;
  readonly runner: RevisionRunner;
  readonly key: string;
}

/** Shorter replays are not worth a file on disk, ms. */
const worthKeeping = 400;

/** The open scratch database, and the states that can be restored in it. */
export class Stage {
  readonly #project: Project;
  readonly #options: StageOptions;
  readonly #recent = new Map<string, Saved>();
  #scratch: Scratch | null = null;
  #open: Open | null = null;

  constructor(project: Project, options: StageOptions) {
    this.#project = project;
    this.#options = options;
  }

  /**
   * Opens the nearest known state and runs the remaining steps.
   * @throws ReplayFailure; Failure `shadow-missing` | `shadow-lacks` | `shadow-unreachable`
   */
  async bring({ steps, keys, sources }: Way, { common, from, passed }: Passing = {}): Promise<MikroORM> {
    this.#scratch ??= await this.#options.scratch();
    let open: Open | null = null;
    let at = Math.min(from ?? steps.length, steps.length);
    for (; at > 0 && !open; open ?? at--) open = await this.#known(keys[at] as string);
    open ??= await this.#empty(keys[0] as string);
    await passed?.(-1, open.orm);
    const began = performance.now();
    for (; at < steps.length; at++) {
      if (at === common && at > 0) open = await this.#keep(open, performance.now() - began);
      const step = steps[at] as ReplayStep;
      this.#options.progress?.(step.revision, at, steps.length);
      this.#open = null;
      try {
        await open.runner.run(step, this.#source(step, sources));
      } catch (error) {
        // Nothing has run.
        if (error instanceof Failure && error.code === 'no-down') this.#open = open;
        throw this.#failure(error, step, open.runner.statement);
      }
      open = { ...open, key: keys[at + 1] as string };
      this.#open = open;
      await passed?.(at, open.orm);
    }
    const last = steps.at(-1);
    if (last) this.#options.progress?.(last.revision, steps.length, steps.length);
    const took = performance.now() - began;
    return (took > worthKeeping ? await this.#keep(open, took) : open).orm;
  }

  /**
   * Runs work on the database after all steps, in a transaction that is rolled back.
   * @param before statements that are committed first
   */
  async trial<T>(
    way: Way,
    scope: InventoryScope,
    work: (trial: Trial) => Promise<T>,
    before: readonly string[] = [],
  ): Promise<T> {
    const orm = await this.bring(way);
    if (before.length > 0) this.#open = null;
    const connection = orm.em.getConnection();
    for (const statement of before) await connection.execute(statement, [], 'run');
    let result: { readonly value: T } | undefined;
    const takenBack = new Error('taken back');
    await connection
      .transactional(async tx => {
        result = { value: await work(new Trial(orm, tx, scope, this.#scratch?.roles ?? null)) };
        throw takenBack;
      })
      .catch(error => {
        if (error === takenBack) return;
        // The outcome is unknown.
        this.#open = null;
        throw error;
      });
    return (result as { readonly value: T }).value;
  }

  /** From now on the open state has another key: the caller knows that their schemas are the same. */
  rename(from: string, to: string): void {
    if (this.#open?.key === from) this.#open = { ...this.#open, key: to };
  }

  /** The next replay starts from a saved state, or from an empty database. */
  forget(): void {
    this.#open = null;
  }

  async close(): Promise<void> {
    if (this.#options.ownsPreviewer) this.#options.previewer.close();
    this.#open = null;
    this.#recent.clear();
    await this.#scratch?.close();
    this.#scratch = null;
  }

  /** Opens a known state; null if it is unknown. */
  async #known(key: string): Promise<Open | null> {
    if (this.#open?.key === key) return this.#open;
    const recent = this.#recent.get(key);
    if (recent) return this.#enter(recent, key);
    const bytes = await this.#options.cache.bytes(key);
    return bytes && this.#enter({ kind: 'bytes', bytes }, key);
  }

  /** The start of every replay: an empty database, or the baseline. */
  async #empty(key: string): Promise<Open> {
    const { baseline } = this.#options;
    if (this.#open?.key === key) return this.#open;
    if (!baseline) return this.#enter(null, key);
    const known = await this.#known(key);
    if (known) return known;
    const began = performance.now();
    const open = await this.#enter(null, key);
    this.#open = null;
    try {
      await loadBaseline(open.orm, baseline, this.#project.root);
    } catch (error) {
      throw this.#scratch?.missingFeature((error as Error).cause) ?? error;
    }
    return this.#keep(open, performance.now() - began);
  }

  async #enter(saved: Saved | null, key: string): Promise<Open> {
    this.#open = null;
    const orm = await (this.#scratch as Scratch).open(saved);
    this.#open = { orm, runner: this.#runner(orm), key };
    return this.#open;
  }

  /** Saves a state, on disk if it took long to reach. A few stay in memory (40 MB each on PGlite). */
  async #keep(open: Open, took: number): Promise<Open> {
    const { key } = open;
    if (this.#recent.has(key)) return open;
    const { saved, orm } = await (this.#scratch as Scratch).save();
    this.#recent.set(key, saved);
    const [oldest] = this.#recent.keys();
    if (this.#recent.size > 3 && oldest !== undefined) this.#recent.delete(oldest);
    if (saved.kind === 'bytes' && took > worthKeeping) await this.#options.cache.keepBytes(key, saved.bytes);
    this.#open = orm === open.orm ? open : { orm, runner: this.#runner(orm), key };
    return this.#open;
  }

  #runner(orm: MikroORM): RevisionRunner {
    const { previewer, schema } = this.#options;
    return new RevisionRunner(this.#project, previewer, orm, schema, null, this.#scratch?.roles ?? null);
  }

  #source({ revision }: ReplayStep, sources: Way['sources']): MigrationSource {
    const source = sources.get(revision);
    if (!source)
      throw new Failure({ code: 'missing-revision', message: `Can't locate revision ${revision}.` });
    return source;
  }

  #failure(error: unknown, step: ReplayStep, statement: string | undefined): Failure {
    const missing = this.#scratch?.missingFeature(error);
    if (missing) return missing;
    if (error instanceof Failure && error.code !== 'no-down' && error.code !== 'replay-stuck') return error;
    return new ReplayFailure(step, sqlFailure(error, statement).info, { cause: error });
  }
}
