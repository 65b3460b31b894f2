import type { MigrationsOptions, MikroORM } from '@mikro-orm/core';
import type { DatabaseSchema } from '@mikro-orm/sql';
import type { FailureInfo } from '../../foundation/failure.ts';
import { xArguments } from '../../project/config/x-arguments.ts';
import type { MigrationSource } from '../../project/files/migration-source.ts';
import type { Project } from '../../project/project.ts';
import { ledgerTable } from '../ledger.ts';
import type { ShadowCache } from './cache.ts';
import { ContentKeys } from './content.ts';
import { type Change, changesBetween } from './effects.ts';
import { type Inventory, type InventoryScope, readInventory } from './inventory.ts';
import { mayPass, ReplayFailure, type ReplayStep } from './revision-run.ts';
import { type RoundTrip, RoundTrips } from './round-trip.ts';
import { introspect, type SchemaJson, schemaFromJson, schemaToJson } from './schema.ts';
import { Stage, type StageOptions, type Way } from './stage.ts';
import type { Trial } from './trial.ts';

/** The exact result of a replay on a scratch database. */
export interface Outcome {
  readonly inventory: Inventory;
}

/** The same, also in MikroORM's form. */
export interface Replayed extends Outcome {
  /** Introspected by MikroORM. */
  readonly json: SchemaJson;
  /** The same for the platform of `orm`; a new object each time, because comparing modifies it. */
  schema(orm: MikroORM): DatabaseSchema;
}

/** The project's revisions by id. */
export type Revisions = ReadonlyMap<string, MigrationSource>;

export interface ReplayOptions {
  /** Number of first steps that other replays share: that state is saved for reuse. */
  readonly common?: number;
}

export interface TrialOptions {
  /** Statements that are committed first. */
  readonly before?: readonly string[] | undefined;
  /** A key for the work; its result, as JSON, depends on nothing else. */
  readonly remember?: string | undefined;
}

export interface ShadowOptions extends StageOptions {
  /** Engine and version of `scratch`, known without starting it. */
  readonly identity: string;
}

/** The saved parts of a state by its key. */
interface Kept {
  readonly inventory: Inventory;
  /** Omitted if only the inventory was requested: introspecting takes longer than replaying. */
  readonly schema?: SchemaJson;
  readonly failed?: undefined;
}

interface KeptFailure {
  readonly failed: { readonly step: ReplayStep; readonly reason: FailureInfo };
}

/** Time limit for reading the catalog after every step, ms; also twice the time of the steps themselves. */
const allowance = 1_000;

/** Replays revisions on scratch databases and caches the results by content. One replay at a time. */
export class Shadow {
  readonly #project: Project;
  readonly #cache: ShadowCache;
  readonly #identity: string;
  readonly #baseline: string | undefined;
  readonly #stage: Stage;
  /** What an inventory of this project leaves out, and how it names objects. */
  readonly scope: InventoryScope;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(project: Project, { identity, ...options }: ShadowOptions) {
    this.#project = project;
    this.#cache = options.cache;
    this.#identity = identity;
    this.#baseline = options.baseline?.key;
    this.#stage = new Stage(project, options);
    const { config } = project.orm;
    const { ignoreSchema = [] } = config.get('schemaGenerator') as { ignoreSchema?: string[] };
    this.scope = {
      defaultSchema: options.schema ?? (config.get('schema') as string | undefined) ?? 'public',
      ignoredSchemas: [...ignoreSchema, 'migtui'],
      ledger: ledgerTable(project, options.schema),
    };
  }

  /**
   * The database after `steps`, run one after the other on an empty one.
   * @throws ReplayFailure if a revision does not run; Failure `shadow-missing` | `shadow-lacks` |
   * `shadow-unreachable`
   */
  async after(
    steps: readonly ReplayStep[],
    sources: Revisions,
    options: ReplayOptions = {},
  ): Promise<Replayed> {
    const { inventory, schema } = await this.#queued(() =>
      this.#after(this.#way(steps, sources), true, options),
    );
    const json = schema as SchemaJson;
    return { inventory, json, schema: orm => schemaFromJson(this.#project.modules, orm, json) };
  }

  /** The same without MikroORM's form, which takes a fraction of the time. */
  async outcome(
    steps: readonly ReplayStep[],
    sources: Revisions,
    options: ReplayOptions = {},
  ): Promise<Outcome> {
    return this.#queued(() => this.#after(this.#way(steps, sources), false, options));
  }

  /** The effects of the last of `steps`. Those of the earlier steps are determined with it, and cached. */
  async lastEffect(steps: readonly ReplayStep[], sources: Revisions): Promise<readonly Change[]> {
    return this.#queued(() => this.#lastEffect(this.#way(steps, sources)));
  }

  /**
   * Runs work on the database after `steps`, and then discards its changes.
   * @param options `before`: statements that are committed first; `remember`: a key for the work, if its
   * result depends on nothing else and can be cached
   */
  async trial<T>(
    steps: readonly ReplayStep[],
    sources: Revisions,
    work: (trial: Trial) => Promise<T>,
    { before = [], remember }: TrialOptions = {},
  ): Promise<T> {
    return this.#queued(async () => {
      const way = this.#way(steps, sources);
      const key = remember && this.#cache.key('trial', way.keys.at(-1), before, remember);
      const kept = key && (await this.#cache.json<{ readonly value: T }>(key));
      if (kept) return kept.value;
      const value = await this.#stage.trial(way, this.scope, work, before);
      if (key) await this.#cache.keepJson(key, { value });
      return value;
    });
  }

  /**
   * Runs each of `steps` after `base`, undoes it and runs it again, and reports where the schema was not
   * restored. Stops after the first step that fails. Results are cached step by step.
   */
  async roundTrips(
    base: readonly ReplayStep[],
    steps: readonly ReplayStep[],
    sources: Revisions,
  ): Promise<readonly RoundTrip[]> {
    return this.#queued(async () => {
      const contents = new ContentKeys();
      const way = this.#way([...base, ...steps], sources, contents);
      const next = (key: string, step: ReplayStep): string => this.#next(key, step, sources, contents);
      const trips = new RoundTrips(this.#stage, orm => readInventory(orm, this.scope), next);
      const found: RoundTrip[] = [];
      for (let at = base.length; at < way.steps.length && !found.at(-1)?.failure; at++) {
        const key = this.#cache.key('round trip', way.keys[at + 1]);
        const kept = await this.#cache.json<RoundTrip>(key);
        const trip = kept ?? (await trips.try(way, at));
        const failures = [trip.failure, trip.undone.failure, trip.redone.failure];
        if (!kept && !failures.some(mayPass)) await this.#cache.keepJson(key, trip);
        found.push(trip);
      }
      return found;
    });
  }

  async close(): Promise<void> {
    await this.#queue;
    await this.#stage.close();
  }

  #queued<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => {});
    return done;
  }

  async #after(way: Way, whole: boolean, { common }: ReplayOptions): Promise<Kept> {
    const key = way.keys.at(-1) as string;
    const kept = await this.#cache.json<Kept | KeptFailure>(key);
    if (kept?.failed) throw new ReplayFailure(kept.failed.step, kept.failed.reason);
    if (kept && (kept.schema || !whole)) return kept;
    const orm = await this.#remembering(key, () => this.#stage.bring(way, { common }));
    const fresh: Kept = {
      inventory: kept?.inventory ?? (await readInventory(orm, this.scope)),
      ...(whole && { schema: schemaToJson(await introspect(this.#project.modules, orm)) }),
    };
    await this.#cache.keepJson(key, fresh);
    return fresh;
  }

  async #lastEffect(way: Way): Promise<readonly Change[]> {
    const { steps, keys } = way;
    const nameOf = (step: number): string => this.#cache.key('effect', keys[step + 1]);
    const last = steps.length - 1;
    const kept = await this.#cache.json<readonly Change[]>(nameOf(last));
    if (kept) return kept;
    let before: Inventory | null = null;
    let found: readonly Change[] = [];
    const began = performance.now();
    let reading = 0;
    const passed = async (step: number, orm: MikroORM): Promise<void> => {
      const now = performance.now();
      if (step < last - 1 && reading > allowance + (2 / 3) * (now - began)) {
        before = null;
        return;
      }
      const after = await readInventory(orm, this.scope);
      reading += performance.now() - now;
      if (before && step >= 0) {
        found = changesBetween(before, after);
        await this.#cache.keepJson(nameOf(step), found);
      }
      before = after;
    };
    await this.#remembering(keys.at(-1) as string, () => this.#stage.bring(way, { from: last, passed }));
    return found;
  }

  /** A statement that fails because of its revision is cached like any other result. */
  async #remembering<T>(key: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ReplayFailure && !mayPass(error.reason)) {
        const { revision, action, reason } = error;
        await this.#cache.keepJson(key, { failed: { step: { revision, action }, reason } });
      }
      throw error;
    }
  }

  #way(steps: readonly ReplayStep[], sources: Revisions, contents = new ContentKeys()): Way {
    const { modules, orm } = this.#project;
    const generator = orm.config.get('schemaGenerator') as Record<string, unknown>;
    const skipped = ['ignoreSchema', 'skipTables', 'skipViews'].map(key => String(generator[key]));
    const { transactional, disableForeignKeys } = orm.config.get('migrations') as MigrationsOptions;
    const driver = orm.driver.constructor.name;
    const keys = [
      this.#cache.key(this.#identity, modules.version, driver, this.scope, skipped, [
        transactional,
        disableForeignKeys,
      ]),
    ];
    // What the revisions' own code may depend on.
    const x = xArguments();
    if (Object.keys(x).length > 0) keys[0] = this.#cache.key(keys[0], 'x', x);
    if (this.#baseline !== undefined) keys[0] = this.#cache.key(keys[0], 'baseline', this.#baseline);
    for (const step of steps) keys.push(this.#next(keys.at(-1) as string, step, sources, contents));
    return { steps, keys, sources };
  }

  /** The key of the state after one more step. */
  #next(key: string, { revision, action }: ReplayStep, sources: Revisions, contents: ContentKeys): string {
    const source = sources.get(revision);
    return this.#cache.key(key, action, revision, source ? contents.of(source) : null);
  }
}
