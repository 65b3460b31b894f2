import type { MigrationsOptions, MikroORM } from '@mikro-orm/core';
import type { MigrationStorage } from '@mikro-orm/migrations';
import type { DatabaseSchema } from '@mikro-orm/sql';
import { Failure, type FailureInfo } from '../../foundation/failure.ts';
import { loadClass } from '../../project/classes.ts';
import type { Project } from '../../project/project.ts';
import type { MigrationSource } from '../../project/sources.ts';
import { ledgerTable } from '../ledger.ts';
import { sqlFailure } from '../sql-failure.ts';
import type { ShadowCache } from './cache.ts';
import { ContentKeys } from './content.ts';
import { type Inventory, type InventoryScope, readInventory } from './inventory.ts';
import { introspect, type SchemaJson, schemaFromJson, schemaToJson } from './schema.ts';
import type { Saved, Scratch } from './scratch.ts';

/** One revision run on the shadow. */
export interface ReplayStep {
  readonly revision: string;
  readonly action: 'up' | 'down';
}

/** What a scratch database became by a replay, exactly. */
export interface Outcome {
  readonly inventory: Inventory;
}

/** The same, also as MikroORM sees it. */
export interface Replayed extends Outcome {
  /** As MikroORM introspects it. */
  readonly json: SchemaJson;
  /** The same for the platform of `orm`; a new one each time, for comparing prunes it. */
  schema(orm: MikroORM): DatabaseSchema;
}

/** A revision that does not run on the shadow. */
export class ReplayFailure extends Failure {
  readonly revision: string;
  readonly action: 'up' | 'down';
  /** What went wrong, in the words of the database. */
  readonly reason: FailureInfo;

  constructor({ revision, action }: ReplayStep, reason: FailureInfo, options?: { cause: unknown }) {
    const message = `${revision} does not run${action === 'down' ? ' down' : ''} on the shadow: ${reason.message}`;
    super({ ...reason, code: 'replay-failed', message, next: 'Fix that revision, then try again.' }, options);
    this.revision = revision;
    this.action = action;
    this.reason = reason;
  }
}

/** The project's revisions by id. */
export type Revisions = ReadonlyMap<string, MigrationSource>;

export interface ReplayOptions {
  readonly common?: number;
}

export interface ShadowOptions {
  /** Gives the scratch databases; asked only when something has to be replayed. */
  readonly scratch: () => Promise<Scratch>;
  /** Engine and version of what `scratch` gives, known without starting it. */
  readonly identity: string;
  readonly cache: ShadowCache;
  /** Told before each revision that is replayed. */
  readonly progress?: (revision: string, done: number, total: number) => void;
  /** @throws Failure when the file was edited after it was imported */
  readonly importing?: (source: MigrationSource) => void;
}

interface Kept {
  readonly inventory: Inventory;
  /** Left out where only the inventory was asked for: introspecting takes longer than replaying. */
  readonly schema?: SchemaJson;
  readonly failed?: undefined;
}

interface KeptFailure {
  readonly failed: { readonly step: ReplayStep; readonly reason: FailureInfo };
}

/** A replay shorter than this is not worth a file of its own on disk, ms. */
const worthKeeping = 400;

/** Replays revisions on scratch databases and remembers by content what they came to. */
export class Shadow {
  readonly #project: Project;
  readonly #options: ShadowOptions;
  readonly #scope: InventoryScope;
  readonly #recent = new Map<string, Saved>();
  #scratch: Scratch | null = null;
  #open: { orm: MikroORM; key: string } | null = null;
  #storage: { readonly orm: MikroORM; readonly storage: MigrationStorage } | null = null;
  #statement: string | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(project: Project, options: ShadowOptions) {
    this.#project = project;
    this.#options = options;
    const config = project.orm.config;
    const { ignoreSchema = [] } = config.get('schemaGenerator') as { ignoreSchema?: string[] };
    this.#scope = {
      defaultSchema: (config.get('schema') as string | undefined) ?? 'public',
      ignoredSchemas: [...ignoreSchema, 'migtui'],
      ledger: ledgerTable(project),
    };
  }

  /** What an inventory of this project leaves out and how it names things. */
  get scope(): InventoryScope {
    return this.#scope;
  }

  /**
   * The database after `steps`, run one after the other on an empty one.
   * @param options `common`: so many of the first steps are what other replays share: that state is kept to come back to
   * @throws ReplayFailure when a revision does not run; Failure `shadow-missing` | `shadow-lacks` | `shadow-unreachable`
   */
  async after(
    steps: readonly ReplayStep[],
    sources: Revisions,
    options: ReplayOptions = {},
  ): Promise<Replayed> {
    const { inventory, schema } = await this.#queued(() => this.#after(steps, sources, true, options));
    const json = schema as SchemaJson;
    return { inventory, json, schema: orm => schemaFromJson(this.#project.modules, orm, json) };
  }

  /** The same without MikroORM's view of it, which takes a fraction of the time. */
  async outcome(
    steps: readonly ReplayStep[],
    sources: Revisions,
    options: ReplayOptions = {},
  ): Promise<Outcome> {
    return this.#queued(() => this.#after(steps, sources, false, options));
  }

  async close(): Promise<void> {
    await this.#queue;
    this.#open = null;
    this.#recent.clear();
    await this.#scratch?.close();
    this.#scratch = null;
  }

  #queued<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => {});
    return done;
  }

  async #after(
    steps: readonly ReplayStep[],
    sources: Revisions,
    whole: boolean,
    { common = 0 }: ReplayOptions,
  ): Promise<Kept> {
    const { cache } = this.#options;
    const keys = this.#keys(steps, sources);
    const key = keys.at(-1) as string;
    const kept = await cache.json<Kept | KeptFailure>(key);
    if (kept?.failed) throw new ReplayFailure(kept.failed.step, kept.failed.reason);
    if (kept && (kept.schema || !whole)) return kept;
    const orm = await this.#bring(steps, keys, sources, common);
    const fresh: Kept = {
      inventory: kept?.inventory ?? (await readInventory(orm, this.#scope)),
      ...(whole && { schema: schemaToJson(await introspect(this.#project.modules, orm)) }),
    };
    await cache.keepJson(key, fresh);
    return fresh;
  }

  /** Opens the nearest state that is known and runs the rest. */
  async #bring(
    steps: readonly ReplayStep[],
    keys: readonly string[],
    sources: Revisions,
    common: number,
  ): Promise<MikroORM> {
    this.#scratch ??= await this.#options.scratch();
    let from = keys.length - 1;
    let orm: MikroORM | null = null;
    for (; from > 0 && !orm; orm ?? from--) orm = await this.#enter(keys[from] as string);
    orm ??= await this.#enterEmpty(keys[0] as string);
    const began = performance.now();
    for (let at = from; at < steps.length; at++) {
      if (at === common && at > 0) orm = await this.#keep(keys[at] as string, performance.now() - began);
      const step = steps[at] as ReplayStep;
      this.#options.progress?.(step.revision, at, steps.length);
      this.#open = null;
      try {
        await this.#run(orm, step, sources);
      } catch (error) {
        throw await this.#failure(error, step, keys.at(-1) as string);
      }
      this.#open = { orm, key: keys[at + 1] as string };
    }
    const took = performance.now() - began;
    return took > worthKeeping ? this.#keep(keys.at(-1) as string, took) : orm;
  }

  /** Keeps the open state, on disk when it took long to reach. */
  async #keep(key: string, took: number): Promise<MikroORM> {
    if (this.#recent.has(key)) return (this.#open as { orm: MikroORM }).orm;
    const { saved, orm } = await (this.#scratch as Scratch).save();
    this.#open = { orm, key };
    this.#remember(key, saved);
    if (saved.kind === 'bytes' && took > worthKeeping) {
      await this.#options.cache.keepBytes(key, saved.bytes);
    }
    return orm;
  }

  /** Opens a state that is known; null when it is not. */
  async #enter(key: string): Promise<MikroORM | null> {
    if (this.#open?.key === key) return this.#open.orm;
    let saved = this.#recent.get(key) ?? null;
    if (!saved) {
      const bytes = await this.#options.cache.bytes(key);
      if (!bytes) return null;
      saved = { kind: 'bytes', bytes };
    }
    return this.#opened(saved, key);
  }

  async #enterEmpty(key: string): Promise<MikroORM> {
    return this.#open?.key === key ? this.#open.orm : this.#opened(null, key);
  }

  async #opened(saved: Saved | null, key: string): Promise<MikroORM> {
    this.#open = null;
    const orm = await (this.#scratch as Scratch).open(saved);
    const before = orm.config.get('onQuery') as (sql: string, params: readonly unknown[]) => string;
    orm.config.set('onQuery', (sql, params) => {
      const statement = before(sql, params);
      this.#statement = statement;
      return statement;
    });
    this.#open = { orm, key };
    return orm;
  }

  /** A handful of states stay in memory (40 MB each on PGlite). */
  #remember(key: string, saved: Saved): void {
    this.#recent.set(key, saved);
    const [oldest] = this.#recent.keys();
    if (this.#recent.size > 3 && oldest !== undefined) this.#recent.delete(oldest);
  }

  async #run(orm: MikroORM, { revision, action }: ReplayStep, sources: Revisions): Promise<void> {
    const { modules, root } = this.#project;
    const source = sources.get(revision);
    if (!source) {
      throw new Failure({ code: 'missing-revision', message: `Can't locate revision ${revision}.` });
    }
    this.#options.importing?.(source);
    const Class = await loadClass(modules, root, source);
    const options = { ...(orm.config.get('migrations') as MigrationsOptions) };
    const migration = new Class(orm.driver as never, orm.config as never);
    if (action === 'down' && migration.down === modules.migrations.Migration.prototype.down) {
      throw new Failure({ code: 'no-down', message: 'it has no down()' });
    }
    const runner = new modules.migrations.MigrationRunner(orm.driver as never, options, orm.config as never);
    const storage = await this.#storageOf(orm, options);
    await runner.run(migration, action, async tx => {
      if (action === 'up') await storage.logMigration({ name: revision }, tx);
      else await storage.unlogMigration({ name: revision }, tx);
    });
  }

  async #storageOf(orm: MikroORM, options: MigrationsOptions): Promise<MigrationStorage> {
    if (this.#storage?.orm !== orm) {
      const storage = new this.#project.modules.migrations.MigrationStorage(orm.driver as never, options);
      this.#storage = { orm, storage };
      await storage.ensureTable();
    }
    return this.#storage.storage;
  }

  async #failure(error: unknown, step: ReplayStep, key: string): Promise<Failure> {
    const lacking = (this.#scratch as Scratch).lacks(error);
    if (lacking) return lacking;
    if (error instanceof Failure && error.code !== 'no-down') return error;
    const reason = sqlFailure(error, this.#statement).info;
    if (reason.sql) await this.#options.cache.keepJson(key, { failed: { step, reason } });
    return new ReplayFailure(step, reason, { cause: error });
  }

  /** A name for every state on the way: of the empty database, then after each step. */
  #keys(steps: readonly ReplayStep[], sources: Revisions): string[] {
    const { cache, identity } = this.#options;
    const { modules, orm } = this.#project;
    const { ignoreSchema, skipTables, skipViews } = orm.config.get('schemaGenerator') as Record<
      string,
      unknown
    >;
    const { transactional, disableForeignKeys } = orm.config.get('migrations') as MigrationsOptions;
    const about = [identity, modules.version, orm.driver.constructor.name, this.#scope, transactional];
    const skipped = [ignoreSchema, skipTables, skipViews].map(one => String(one));
    const contents = new ContentKeys();
    const keys = [cache.key(about, disableForeignKeys, skipped)];
    for (const { revision, action } of steps) {
      const source = sources.get(revision);
      keys.push(cache.key(keys.at(-1), action, revision, source ? contents.of(source) : null));
    }
    return keys;
  }
}
