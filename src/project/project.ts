import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Configuration, MigrationsOptions, MikroORM } from '@mikro-orm/core';
import { inferLine } from '../revisions/infer.ts';
import type { Revision } from '../revisions/revision.ts';
import { loadConfig } from './config.ts';
import { loadModules, type UserModules } from './modules.ts';
import { listedSources, type MigrationSource, readSources, type Sources } from './sources.ts';

/** A MikroORM project, opened with its own MikroORM. Nothing is connected and nothing is written by opening it. */
export interface Project {
  readonly root: string;
  /** `name` of package.json, else the folder's name. */
  readonly name: string;
  readonly configFile: string | null;
  readonly context: string;
  readonly contexts: readonly string[];
  readonly modules: UserModules;
  readonly config: Configuration;
  readonly options: MigrationsOptions;
  /** MikroORM's `ensureDatabase`: a run may create a database that is not there. */
  readonly ensureDatabase: boolean;
  /** Absolute migrations folder; null for a `migrationsList`. It may not exist yet. */
  readonly folder: string | null;
  /** The ORM without entities: enough to look at the database, and cheap. One connection pool with `full()`. */
  readonly orm: MikroORM;
  /** The ORM with the project's entities discovered, for running and authoring; shares the connection of `orm`. */
  full(): Promise<MikroORM>;
  /** A second ORM without entities and with its own connections; null where the database has only one (PGlite). */
  beside(options?: { readonly max?: number; readonly database?: string }): Promise<MikroORM | null>;
  /** Reads the migrations as they are on disk now. */
  sources(): Sources;
  close(): Promise<void>;
}

/** Declared and inferred revisions of the sources, for `RevisionGraph`. */
export function revisionsOf(sources: Sources): Revision[] {
  return inferLine(sources.migrations.map(migration => migration.parsed.declaration));
}

/**
 * Opens the project at `root` (where package.json is) and makes it the current folder, as MikroORM expects.
 * @throws Failure `mikro-orm-missing` | `mikro-orm-version` | `no-config` | `no-ts-loader` | `config-broken` | `unknown-context`
 */
export async function openProject(
  root: string,
  asked: { config?: string | undefined; context?: string | undefined } = {},
): Promise<Project> {
  if (process.cwd() !== root) process.chdir(root);
  const modules = await loadModules(root);
  const loaded = await loadConfig(modules, root, asked);
  const { config } = loaded;
  const settings = modules.cli.CLIHelper.getSettings();
  config.set('allowGlobalContext', true);
  config.set('debug', settings.verbose === true);
  if (settings.preferTs !== false) config.set('preferTs', true);

  const withoutEntities = (more: object): Promise<MikroORM> =>
    modules.core.MikroORM.init({
      ...config.getAll(),
      entities: [],
      entitiesTs: [],
      discovery: { ...(config.get('discovery') as object), warnWhenNoEntities: false },
      ...more,
    } as never);
  const orm = await withoutEntities({});
  const options = orm.config.get('migrations') as MigrationsOptions;
  const folder = options.migrationsList ? null : await migrationsFolder(modules, orm);
  const opened: MikroORM[] = [orm];
  const known = new Map<string, MigrationSource>();
  let full: Promise<MikroORM> | undefined;

  return {
    root,
    name: packageName(root),
    configFile: loaded.file,
    context: loaded.context,
    contexts: loaded.contexts,
    modules,
    config,
    options,
    ensureDatabase: loaded.ensureDatabase,
    folder,
    orm,
    full() {
      full ??= (async () => {
        await orm.connect();
        const client = (orm.em.getConnection() as unknown as { getClient(): object }).getClient();
        return modules.core.MikroORM.init({ ...config.getAll(), driverOptions: () => client } as never);
      })();
      return full;
    },
    async beside({ max = 1, database } = {}) {
      if (isEmbedded(orm)) return null;
      const other = await withoutEntities({ pool: { min: 0, max }, ...(database && { dbName: database }) });
      opened.push(other);
      return other;
    },
    sources() {
      if (options.migrationsList) return listedSources(options.migrationsList as never);
      const { fs } = modules.coreFs;
      const paths = fs.glob(fs.normalizePath(folder as string, options.glob as string)).sort();
      return readSources(root, paths, known);
    },
    async close() {
      await Promise.allSettled(opened.map(one => one.close(true)));
    },
  };
}

/** PGlite runs inside the process and has a single connection. */
export function isEmbedded(orm: MikroORM): boolean {
  return /pglite/i.test(orm.driver.constructor.name);
}

/** MikroORM's own rule for the folder, without its side effect of creating it. */
async function migrationsFolder(modules: UserModules, orm: MikroORM): Promise<string> {
  class FolderProbe extends modules.migrations.Migrator {
    async folder(): Promise<string> {
      const self = this as unknown as { resolvePaths(): Promise<void>; absolutePath: string };
      await self.resolvePaths();
      return self.absolutePath;
    }
  }
  return new FolderProbe(orm.em as never).folder();
}

function packageName(root: string): string {
  try {
    const { name } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name?: string };
    return name ?? basename(root);
  } catch {
    return basename(root);
  }
}
