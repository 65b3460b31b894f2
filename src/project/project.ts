import { basename, dirname, resolve } from 'node:path';
import type { Configuration, MigrationsOptions, MikroORM } from '@mikro-orm/core';
import { Failure } from '../foundation/failure.ts';
import { keepHeapSmall } from '../foundation/small-heap.ts';
import { inferLine } from '../revisions/infer.ts';
import type { Revision } from '../revisions/revision.ts';
import type { DatabaseKind } from '../values/database-kind.ts';
import type { NetworkOptions } from '../values/network.ts';
import { configFailure, configOf, type LoadedConfig, loadConfig } from './config/config.ts';
import { kindOf } from './config/kind.ts';
import { loadModules, type UserModules } from './config/modules.ts';
import { readPackage } from './config/root.ts';
import { type ClientClass, Connections, waitsAs } from './connections.ts';
import { migrationPaths } from './files/migration-paths.ts';
import type { Sources } from './files/migration-source.ts';
import { listedSources, type MigrationFile, readSources } from './files/sources.ts';
import { SourcesCache } from './files/sources-cache.ts';
import { messageOf } from './files/thrown.ts';
import { runSchema } from './run-schema.ts';

/** A MikroORM project, opened with its own MikroORM. Opening it does not connect and writes nothing. */
export interface Project {
  readonly root: string;
  readonly kind: DatabaseKind;
  /** `name` in package.json, or the folder name. */
  readonly name: string;
  readonly configFile: string | null;
  readonly context: string;
  readonly contexts: readonly string[];
  readonly modules: UserModules;
  readonly config: Configuration;
  /** MikroORM's `migrations`, with the requested schema instead of the config's. */
  readonly options: MigrationsOptions;
  /** The requested schema; null: the config's. */
  readonly askedSchema: string | null;
  /** The config's `migrations.schema`; null: none. */
  readonly configuredSchema: string | null;
  /** The schema in which migrations run (their search_path), with its own log; null: the default. */
  readonly schema: string | null;
  /**
   * The schema in which the database's search_path puts an unqualified migrations table; null until it is
   * connected.
   */
  ledgerSchema: string | null;
  /** MikroORM's `ensureDatabase`: a run may create a missing database. */
  readonly ensureDatabase: boolean;
  /** Absolute migrations folder; null for a `migrationsList`. It may not exist yet. */
  readonly folder: string | null;
  /**
   * The ORM without entities: cheap, and enough to read the database state. One connection pool with
   * `full()`.
   */
  readonly orm: MikroORM;
  /** The time limits for servers. */
  readonly network: NetworkOptions;
  /** All connections of these ORMs. */
  readonly connections: Connections;
  /**
   * The ORM with the project's entities discovered, for running and authoring; shares the connection of
   * `orm`.
   */
  full(): Promise<MikroORM>;
  /**
   * A second ORM without entities and with separate connections; null if the database allows only one
   * (PGlite).
   */
  beside(options?: Beside): Promise<MikroORM | null>;
  /** Reads the current migrations on disk, in the order in which MikroORM runs them. */
  sources(): Sources;
  /** The folders of the migrations that were read last, absolute. */
  folders(): ReadonlySet<string>;
  close(): Promise<void>;
}

/** A database other than the config's. */
export interface Place {
  /** Name of another database on the same server. */
  readonly database?: string | undefined;
  /** Other connection settings that differ from the config. */
  readonly server?: Readonly<Record<string, unknown>> | undefined;
}

/** Options of a second ORM. */
export interface Beside extends Place {
  /** Maximum number of connections; default 1. */
  readonly max?: number | undefined;
}

/** Declared and inferred revisions of the sources, for `RevisionGraph`. */
export function revisionsOf(sources: Sources): Revision[] {
  return inferLine(sources.migrations.map(({ declaration }) => declaration));
}

/**
 * Opens the project at `root` (the folder of package.json) and makes it the current folder, as MikroORM
 * expects.
 * @throws Failure `mikro-orm-missing` | `mikro-orm-version` | `mikro-orm-mismatch` | `no-config` |
 * `no-ts-loader` |
 *   `config-broken` | `unknown-context` | `wrong-driver` | `bad-schema`
 */
export async function openProject(
  root: string,
  asked: {
    config?: string | undefined;
    context?: string | undefined;
    schema?: string | undefined;
    /** Open this database instead of the config's. */
    place?: Place | undefined;
    /** Use the config of this ORM instead of loading one. */
    orm?: MikroORM | undefined;
    /** Connections stay open between calls; otherwise they are closed a second after their last use. */
    live?: boolean | undefined;
    network?: NetworkOptions | undefined;
  } = {},
): Promise<Project> {
  const askedSchema = asked.schema === undefined ? null : runSchema(asked.schema);
  if (process.cwd() !== root) process.chdir(root);
  const modules = await loadModules(root);
  const loaded = asked.orm ? configOf(modules, asked.orm) : await loadConfig(modules, root, asked);
  const { config } = loaded;
  const kind = requireKind(loaded);
  const settings = modules.cli.CLIHelper.getSettings();
  const { database, server } = asked.place ?? {};
  for (const [key, value] of Object.entries({ ...server, ...(database && { dbName: database }) })) {
    config.set(key as never, value as never);
  }
  config.set('allowGlobalContext', true);
  config.set('debug', settings.verbose === true);
  if (settings.preferTs !== false) config.set('preferTs', true);

  const network = asked.network ?? {};
  const connections = new Connections(network, kind === 'postgresql' ? await clientClass(modules) : null);
  const idleTimeoutMillis = asked.live ? idle.live : idle.headless;
  const withoutEntities = async ({ max, ...more }: { max: number; dbName?: string }): Promise<MikroORM> => {
    const made = await modules.core.MikroORM.init({
      ...config.getAll(),
      driverOptions: connections.limit(config.get('driverOptions')),
      pool: { min: 0, max, idleTimeoutMillis },
      entities: [],
      entitiesTs: [],
      discovery: { ...(config.get('discovery') as object), warnWhenNoEntities: false },
      ...more,
    } as never);
    return waitsAs(made, network);
  };
  const orm = await withoutEntities({ max: 2 }).catch(error => {
    throw configFailure(error, root, loaded.file === null ? undefined : resolve(root, loaded.file));
  });
  const configured = orm.config.get('migrations') as MigrationsOptions & { schema?: string };
  const folder = configured.migrationsList ? null : await migrationsFolder(modules, orm);
  const configuredSchema = configured.schema ?? null;
  const schema = askedSchema ?? configuredSchema;
  const options = { ...configured, ...(schema !== null && { schema }) };
  const opened: MikroORM[] = [orm];
  const known = new Map<string, MigrationFile>();
  let cache: SourcesCache | undefined;
  let full: Promise<MikroORM> | undefined;

  return {
    root,
    kind,
    name: packageName(root),
    configFile: loaded.file,
    context: loaded.context,
    contexts: loaded.contexts,
    modules,
    config,
    options,
    askedSchema,
    configuredSchema,
    schema,
    ledgerSchema: null,
    ensureDatabase: loaded.ensureDatabase,
    folder,
    orm,
    network,
    connections,
    full() {
      full ??= (async () => {
        await orm.connect();
        const client = (orm.em.getConnection() as unknown as { getClient(): object }).getClient();
        const options = { ...config.getAll(), driverOptions: () => client };
        const made = await modules.core.MikroORM.init(options as never).catch(error => {
          throw new Failure(
            {
              code: 'entities-broken',
              message: `The entities could not be discovered: ${messageOf(error)}`,
              next: 'Fix the entities; the stock "mikro-orm debug" checks the same entities. Nothing was run.',
            },
            { cause: error },
          );
        });
        return waitsAs(made, network);
      })();
      return full;
    },
    async beside({ max = 1, database, server } = {}) {
      if (isEmbedded(orm)) return null;
      const other = await withoutEntities({ max, ...server, ...(database && { dbName: database }) });
      opened.push(other);
      return other;
    },
    sources() {
      if (options.migrationsList) {
        return listedSources(options.migrationsList as never);
      }
      const paths = migrationPaths(modules.coreFs.fs, folder as string, options.glob as string);
      if (paths.length > manyFiles) keepHeapSmall();
      cache ??= SourcesCache.of(root, folder as string);
      const sources = readSources(root, paths, known, cache.read(paths.length));
      cache.write(known);
      return sources;
    },
    folders: () => new Set([...known.keys()].map(path => dirname(path))),
    async close() {
      await Promise.allSettled(opened.map(one => one.close(true)));
    },
  };
}

/** From this number of migration files on, memory matters more than speed. */
const manyFiles = 20_000;

/** How long an idle connection stays open, ms: many runs that wait for each other hold one each. */
const idle = { live: 30_000, headless: 1_000 };

/** The client class of the pg that the project's MikroORM uses. */
async function clientClass(modules: UserModules): Promise<ClientClass | null> {
  const pg = await modules.optional<{ default?: { Client: ClientClass }; Client?: ClientClass }>('pg');
  return pg?.default?.Client ?? pg?.Client ?? null;
}

/** PGlite runs inside the process and has a single connection. */
export function isEmbedded(orm: MikroORM): boolean {
  return /pglite/i.test(orm.driver.constructor.name);
}

/** @throws Failure `wrong-driver` if migtui does not support the project's database */
function requireKind({ config, context, contexts }: LoadedConfig): DatabaseKind {
  const kind = kindOf(config);
  if (kind) return kind;
  const name = config.getPlatform().constructor.name.replace(/Platform$/, '');
  const others = contexts.filter(one => one !== context);
  throw new Failure({
    code: 'wrong-driver',
    message: `This project uses MikroORM's ${name} driver; migtui supports PostgreSQL and, with fewer features, SQLite, libSQL, MySQL and MariaDB.`,
    next: `Use a config or context with one of these drivers: --config, --context${others.length > 0 ? ` (there are ${others.join(', ')})` : ''}.`,
    ...(others.length > 0 && { candidates: others }),
  });
}

/** MikroORM's own rule for the folder, without its side effect of creating it. */
async function migrationsFolder(modules: UserModules, orm: MikroORM): Promise<string> {
  interface Rule {
    resolvePaths?(): Promise<void>;
    detectSourceFolder(fs: object): void;
    readonly options: { path: string; pathTs?: string };
    readonly absolutePath: string;
  }
  class FolderProbe extends modules.migrations.Migrator {
    async folder(): Promise<string> {
      const self = this as unknown as Rule;
      if (self.resolvePaths) {
        await self.resolvePaths();
        return self.absolutePath;
      }
      // MikroORM before 7.2 finds and creates the folder in one step.
      const { fs } = modules.coreFs;
      self.detectSourceFolder(fs);
      const { path, pathTs } = self.options;
      const typescript = this.config.get('preferTs', modules.core.Utils.detectTypeScriptSupport());
      return fs.absolutePath((typescript && pathTs) || path, this.config.get('baseDir'));
    }
  }
  return new FolderProbe(orm.em as never).folder();
}

function packageName(root: string): string {
  return readPackage(root)?.name ?? basename(root);
}
