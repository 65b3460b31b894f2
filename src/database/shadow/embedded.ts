import type { MikroORM } from '@mikro-orm/core';
import { isEmbedded, type Project } from '../../project/project.ts';
import type { ShadowCache } from './cache.ts';
import { missingFeature } from './missing-feature.ts';
import {
  loadDialect,
  loadPGlite,
  type PGlite,
  type PGliteResult,
  type PGliteTransaction,
} from './packages.ts';
import { ScratchRoles } from './roles.ts';
import { type Saved, type Scratch, scratchOrm } from './scratch.ts';

/** Nothing listens there. PGlite is passed to the driver, and a mistake must not connect to a real server. */
const nowhere = 'postgres://shadow@127.0.0.1:1/shadow';

/**
 * PGlite in memory: real PostgreSQL inside this process.
 * @param extensions names that the migrations create; those that PGlite includes are loaded
 * @throws Failure `shadow-missing`
 */
export async function embeddedScratch(
  project: Project,
  cache: ShadowCache,
  extensions: readonly string[],
): Promise<Scratch> {
  const pglite = await loadPGlite(project);
  const Dialect = isEmbedded(project.orm) ? null : await loadDialect(project);
  const available: Record<string, object> = {};
  for (const name of extensions) {
    const found = await pglite.extension(name);
    if (found) available[name.replaceAll('-', '_')] = found;
  }
  const { createPostgreSqlTypeParsers } = project.modules.sql as unknown as {
    createPostgreSqlTypeParsers(array: (text: string) => unknown): Record<number, (text: string) => unknown>;
  };
  // Rows in the format of `pg`: bigint as text, and MikroORM's own parsers.
  const parsers = { ...createPostgreSqlTypeParsers(plainArray), 20: (text: string) => text };
  const identity = `pglite ${pglite.version}`;
  let database: PGlite | null = null;
  let orm: MikroORM | null = null;

  const stop = async (): Promise<void> => {
    await orm?.close(true).catch(() => {});
    if (database && !database.closed) await database.close().catch(() => {});
    orm = database = null;
  };
  const start = (loadDataDir: Blob | null): Promise<PGlite> =>
    pglite.create({ parsers, extensions: available, ...(loadDataDir && { loadDataDir }) });
  /** Creating an empty cluster takes seconds and loading one a fraction of that, so one is cached. */
  const empty = async (): Promise<PGlite> => {
    const key = cache.key('empty cluster', identity);
    const kept = await cache.bytes(key);
    if (kept) return start(blobOf(kept));
    const made = await start(await pglite.emptyCluster());
    await cache.keepBytes(key, await bytesOf(made));
    return made;
  };

  return {
    identity,
    async open(saved) {
      await stop();
      database = saved?.kind === 'bytes' ? await start(blobOf(saved.bytes)) : await empty();
      orm = await scratchOrm(
        project,
        Dialect
          ? { url: nowhere, driverOptions: new Dialect({ pglite: severalStatements(database) }) }
          : { url: nowhere, dbName: 'memory://', driverOptions: { pglite: database } },
      );
      return orm;
    },
    async save() {
      const saved: Saved = { kind: 'bytes', bytes: await bytesOf(database as PGlite) };
      return { saved, orm: orm as MikroORM };
    },
    roles: new ScratchRoles(null),
    missingFeature: error => missingFeature(error, 'PGlite'),
    close: stop,
  };
}

/**
 * PGlite accepts one statement per prepared query; migrations send several at once, which its `exec` accepts.
 */
function severalStatements(database: PGlite): object {
  const query =
    (on: PGliteTransaction) =>
    async (sql: string, params?: unknown[], options?: object): Promise<PGliteResult> =>
      params && params.length > 0
        ? on.query(sql, params, options)
        : ((await on.exec(sql, options)).at(-1) ?? { rows: [], affectedRows: 0 });
  return {
    query: query(database),
    transaction: <T>(work: (tx: object) => Promise<T>) =>
      database.transaction(tx => work({ query: query(tx), exec: tx.exec.bind(tx) })),
    close: async () => {},
    get closed() {
      return database.closed;
    },
    get ready() {
      return database.ready;
    },
    waitReady: database.waitReady,
  };
}

async function bytesOf(database: PGlite): Promise<Uint8Array> {
  return new Uint8Array(await (await database.dumpDataDir('none')).arrayBuffer());
}

function blobOf(bytes: Uint8Array): Blob {
  return new Blob([bytes as Uint8Array<ArrayBuffer>]);
}

/** One-dimensional arrays, which the catalogs contain. */
function plainArray(text: string): unknown {
  const items: (string | null)[] = [];
  for (const [, quoted, bare] of text
    .slice(1, -1)
    .matchAll(/(?:^|,)(?:"([^"\\]*(?:\\.[^"\\]*)*)"|([^,]*))/g)) {
    items.push(quoted !== undefined ? quoted.replace(/\\(.)/g, '$1') : bare === 'NULL' ? null : (bare ?? ''));
  }
  return text === '{}' ? [] : items;
}
