import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Failure } from '../../foundation/failure.ts';
import type { Project } from '../../project/project.ts';
import { failOnCrash } from '../connect/embedded-crash.ts';
import { installedExtension } from './extension-packages.ts';

/** The part of PGlite's API that is used here, which is the same in all versions. */
export interface PGlite {
  readonly closed: boolean;
  readonly ready: boolean;
  readonly waitReady: Promise<void>;
  query(sql: string, params?: unknown[], options?: object): Promise<PGliteResult>;
  exec(sql: string, options?: object): Promise<PGliteResult[]>;
  transaction<T>(work: (tx: PGliteTransaction) => Promise<T>): Promise<T>;
  dumpDataDir(compression: 'none'): Promise<Blob>;
  close(): Promise<void>;
}

export type PGliteTransaction = Pick<PGlite, 'query' | 'exec'>;

export interface PGliteResult {
  readonly rows: object[];
  readonly affectedRows?: number;
}

const prepopulated = '@electric-sql/pglite-prepopulatedfs';

/** The installed PGlite. */
export interface PGlitePackage {
  readonly version: string;
  create(options: object): Promise<PGlite>;
  /**
   * An empty cluster made by PGlite's authors, as a tar archive: loading it takes a third of the time of
   * creating one. Null if the package is not installed in PGlite's version.
   */
  emptyCluster(): Promise<Blob | null>;
  /**
   * The module of an extension that PGlite includes or that the project has installed as a package; null if
   * there is none.
   * @throws Failure `shadow-extension-version`
   */
  extension(name: string): Promise<object | null>;
}

/**
 * Finds PGlite: the project's own, else that of its `@mikro-orm/pglite`, else migtui's.
 * @throws Failure `shadow-missing`
 */
export async function loadPGlite({ root }: Project): Promise<PGlitePackage> {
  const project = createRequire(join(root, 'package.json'));
  const driver = resolved(project, '@mikro-orm/pglite');
  for (const require of [
    project,
    ...(driver ? [createRequire(driver)] : []),
    createRequire(import.meta.url),
  ]) {
    const main = resolved(require, '@electric-sql/pglite');
    if (!main) continue;
    const load = (path: string) => import(pathToFileURL(path).href) as Promise<Record<string, never>>;
    const { PGlite } = (await load(main)) as unknown as { PGlite: PGlitePackage };
    const version = versionAt(require, main);
    return {
      version,
      async create(options) {
        const client = await PGlite.create(options);
        failOnCrash(client);
        return client;
      },
      async emptyCluster() {
        for (const from of [require, createRequire(import.meta.url)]) {
          const path = resolved(from, prepopulated);
          if (!path || versionAt(from, path, prepopulated) !== version) continue;
          const { dataDir } = (await load(path)) as unknown as { dataDir(): Promise<Blob> };
          return dataDir();
        }
        return null;
      },
      async extension(name) {
        const key = name.replaceAll('-', '_');
        for (const place of [`@electric-sql/pglite/contrib/${key}`, `@electric-sql/pglite/${key}`]) {
          const path = resolved(require, place);
          if (path) return (await load(path))[key] ?? null;
        }
        return installedExtension(project, name, version);
      },
    };
  }
  throw new Failure({
    code: 'shadow-missing',
    message: 'Replaying revisions needs a scratch PostgreSQL, and @electric-sql/pglite is not installed.',
    next: 'Run: npm install --save-dev @electric-sql/pglite, or use a server for scratch databases: --shadow postgres://…',
  });
}

/** Kysely's dialect for PGlite, from the same copy of Kysely that MikroORM uses. */
export async function loadDialect({
  root,
}: Project): Promise<new (options: { pglite: unknown; onCreateConnection?: unknown }) => object> {
  let require = createRequire(join(root, 'package.json'));
  for (const name of ['@mikro-orm/migrations', '@mikro-orm/sql', 'kysely']) {
    const path = resolved(require, name);
    if (path) require = createRequire(path);
    if (path && name === 'kysely') {
      const { PGliteDialect } = (await import(pathToFileURL(path).href)) as Record<string, never>;
      if (PGliteDialect) return PGliteDialect;
    }
  }
  throw new Failure({
    code: 'shadow-missing',
    message: 'This version of MikroORM cannot talk to PGlite, which the shadow runs on.',
    next: 'Update the @mikro-orm/* packages, or use a server for scratch databases: --shadow postgres://…',
  });
}

function resolved(require: NodeJS.Require, name: string): string | null {
  try {
    return require.resolve(name);
  } catch {
    return null;
  }
}

/** PGlite's packages do not export their package.json; it is read from above the entry point. */
function versionAt(require: NodeJS.Require, main: string, wanted = '@electric-sql/pglite'): string {
  for (let folder = dirname(main); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const { name, version } = require(join(folder, 'package.json')) as { name?: string; version?: string };
      if (name === wanted && version) return version;
    } catch {}
  }
  return 'unknown';
}
