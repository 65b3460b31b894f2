import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { Configuration, MikroORM } from '@mikro-orm/core';
import { Failure } from '../../foundation/failure.ts';
import { learnFromValue, registerEnvironment } from '../../foundation/secrets/sources.ts';
import { lineIn, messageOf, missingPackage, placeIn, type SourcePlace } from '../files/thrown.ts';
import { type Loader, noLoader, registerLoader } from './loader.ts';
import type { UserModules } from './modules.ts';
import { registerPasswordFunction } from './password-functions.ts';
import { loadPlainModules, quickly } from './quick-resolve.ts';
import { workspaceAround } from './workspace.ts';

export interface LoadedConfig {
  readonly config: Configuration;
  /** The value in the user's config; in `config` it is false, because read-only commands create nothing. */
  readonly ensureDatabase: boolean;
  /** Relative to the project; null if MikroORM is configured only by environment variables. */
  readonly file: string | null;
  readonly context: string;
  /** The names in the file; those of a factory are unknown, so only the requested one is listed. */
  readonly contexts: readonly string[];
}

/**
 * Loads the MikroORM config like the stock CLI: same files, same environment variables, same TypeScript
 * loaders. The current folder must be the project's root.
 * @throws Failure `no-config` | `no-ts-loader` | `config-broken` | `unknown-context`
 */
export async function loadConfig(
  modules: UserModules,
  root: string,
  asked: { config?: string | undefined; context?: string | undefined },
): Promise<LoadedConfig> {
  const context = asked.context ?? process.env.MIKRO_ORM_CONTEXT_NAME ?? 'default';
  const loader = await registerLoader(modules, root);
  loadPlainModules();
  return quickly(() => load(modules, root, loader, context, asked.config));
}

async function load(
  modules: UserModules,
  root: string,
  loader: Loader,
  context: string,
  asked: string | undefined,
): Promise<LoadedConfig> {
  const { CLIHelper } = modules.cli;
  const paths = asked ? [resolve(root, asked)] : await CLIHelper.getConfigPaths();
  const path = paths.map(p => resolve(root, p)).find(p => existsSync(p));
  if (asked && !path) {
    throw new Failure({
      code: 'no-config',
      message: `There is no config file ${asked}.`,
      next: 'Check the path given with --config.',
    });
  }
  if (!path) requireSomeConfig(modules, root, paths, loader);
  if (path && /\.[mc]?ts$/.test(path) && loader !== 'registered')
    throw noLoader(modules, relative(root, path), loader);

  const overrides = {
    pool: { min: 0, max: 2 },
    migrations: { silent: true, snapshotOnMigrate: false },
  };
  process.env.MIKRO_ORM_ALLOW_GLOBAL_CLI ??= '1';
  registerEnvironment(process.env);
  try {
    // In a CommonJS project, files are loaded with `require`, through the loader registered for it.
    (CLIHelper as unknown as { commonJSCompat?(options: object): void }).commonJSCompat?.(overrides);
    const exported = path ? await importConfig(modules, path) : undefined;
    // It may have read a .env file; the contents of other contexts are secret, too.
    registerEnvironment(process.env);
    learnFromValue(exported);
    const contexts = namesOf(exported, context);
    const open = (Array.isArray(exported) ? exported : [exported]).some(isFunction);
    if (path && !open && !contexts.includes(context)) {
      throw new Failure({
        code: 'unknown-context',
        message: `The config has no context "${context}".`,
        next: `Choose one with --context: ${contexts.join(', ')}.`,
        candidates: contexts,
      });
    }
    const configured = (more: object = {}): Promise<Configuration> =>
      CLIHelper.getConfiguration(context, path ? [path] : paths, { ...overrides, ...more } as never);
    const config = await configured().catch(error => {
      // Migrations alone need no entities; whatever needs some reports that itself.
      if (!/^No entities found\b/.test((error as Error).message)) throw error;
      return configured({ discovery: { warnWhenNoEntities: false } });
    });
    learnFromValue(config.getAll());
    registerPasswordFunction(config);
    const ensureDatabase = config.get('ensureDatabase') !== false;
    config.set('ensureDatabase', false);
    return { config, ensureDatabase, file: path ? relative(root, path) : null, context, contexts };
  } catch (error) {
    throw configFailure(error, root, path);
  }
}

/**
 * A copy of the config of an ORM that the user's code opened; theirs is not changed.
 * @throws Failure `mikro-orm-mismatch` if the ORM uses another copy of MikroORM than the project
 */
export function configOf(modules: UserModules, orm: MikroORM): LoadedConfig {
  const { Configuration } = modules.core;
  if (!(orm.config instanceof Configuration)) {
    throw new Failure({
      code: 'mikro-orm-mismatch',
      message: 'This ORM uses a different copy of @mikro-orm/core than the project.',
      next: 'Install MikroORM once (npm ls @mikro-orm/core), or pass the root folder that the ORM belongs to.',
    });
  }
  const all = orm.config.getAll() as unknown as Record<string, unknown>;
  const config = new Configuration(
    {
      ...all,
      ensureDatabase: false,
      pool: { min: 0, max: 2 },
      migrations: { ...(all.migrations as object), silent: true, snapshotOnMigrate: false },
    } as never,
    false,
  );
  registerEnvironment(process.env);
  learnFromValue(all);
  registerPasswordFunction(config);
  const context = (all.contextName as string | undefined) ?? 'default';
  return { config, ensureDatabase: all.ensureDatabase !== false, file: null, context, contexts: [context] };
}

/** The error in the config. */
export function configFailure(error: unknown, root: string, path: string | undefined): Failure {
  if (error instanceof Failure) return error;
  const file = path && relative(root, path);
  const place = placeIn(root, error);
  if (place && place.file !== file) return sourceFailure(place, error, file);
  const line = path && lineIn(path, error);
  const absent = missingPackage(error);
  return new Failure(
    {
      code: 'config-broken',
      message: `${file ? `${file}${line ? `:${line}` : ''}` : 'The MikroORM config'} could not be loaded: ${messageOf(error)}`,
      next: absent
        ? `Run: npm install ${absent}`
        : 'Fix it and run migtui again; the stock "mikro-orm debug" checks the same config.',
    },
    { cause: error },
  );
}

/** An error in a file of the project other than its config, such as an entity. */
export function sourceFailure(
  { file, line, conflict }: SourcePlace,
  error: unknown,
  importedBy?: string,
): Failure {
  const by = importedBy ? ` (imported by ${importedBy})` : '';
  const why = conflict ? 'it has conflict markers of git' : messageOf(error);
  const absent = missingPackage(error);
  return new Failure(
    {
      code: 'source-broken',
      message: `${file}:${line} could not be loaded${by}: ${why}`,
      next: absent
        ? `Run: npm install ${absent}`
        : `${conflict ? 'Resolve the conflict in' : 'Fix'} ${file}, then run migtui again.`,
    },
    { cause: error },
  );
}

function requireSomeConfig(
  modules: UserModules,
  root: string,
  paths: readonly string[],
  loader: Loader,
): void {
  const sources = ['mikro-orm.config.ts', 'src/mikro-orm.config.ts'].filter(file =>
    existsSync(resolve(root, file)),
  );
  if (sources[0] && loader !== 'registered') throw noLoader(modules, sources[0], loader);
  if (Object.keys(process.env).some(name => /^MIKRO_ORM_(TYPE|DB_NAME|CLIENT_URL|HOST)$/.test(name))) return;
  const names = workspaceAround(root)?.members.map(({ name }) => name) ?? [];
  throw new Failure({
    code: 'no-config',
    message: `No MikroORM config was found. Looked for ${paths.map(p => relative(root, resolve(root, p))).join(', ')}.`,
    next: `Run "migtui init" to write one, or specify it with --config${names.length > 0 ? ', or choose one of these projects of the workspace with --project' : ''}.`,
    ...(names.length > 0 && { candidates: names }),
  });
}

function namesOf(exported: unknown, asked: string): string[] {
  const entries = Array.isArray(exported) ? exported : [exported];
  const names = entries
    .filter(entry => typeof entry === 'object' && entry !== null)
    .map(entry => (entry as { contextName?: string }).contextName ?? 'default');
  return names.length > 0 ? names : [asked];
}

async function importConfig({ coreFs }: UserModules, path: string): Promise<unknown> {
  const exported = await coreFs.fs.dynamicImport<{ default?: unknown }>(path);
  const config = await exported.default;
  if (config == null && Reflect.get(exported, Symbol.toStringTag) === 'Module') {
    throw new Error('it has no default export (export default defineConfig({ … }))');
  }
  return config ?? exported;
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}
