import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { SentQuery } from './protocol.ts';

/** The URLs of the project's packages and config. */
export interface Places {
  /** `Migration.js` of `@mikro-orm/migrations`. */
  readonly migration: string;
  readonly core: string;
  readonly sql: string;
  /** The module and the name of the driver's platform. */
  readonly platform: { readonly url: string; readonly name: string };
  readonly config: string | null;
  readonly context: string;
}

/** The rows of a statement, and the number of changed rows. */
export interface Answer {
  readonly rows: readonly object[];
  readonly affectedRows: number;
}

interface Options {
  readonly contextName?: string;
  readonly migrations?: { readonly migrationsList?: readonly unknown[] };
}

let opened: Promise<{ em: object }> | undefined;

/** The project's MikroORM with its entities; another process runs its statements. */
export function openOrm(places: Places, run: (query: SentQuery) => Promise<Answer>): Promise<{ em: object }> {
  opened ??= open(places, run);
  return opened;
}

/** The class at an index of the config's `migrationsList`. */
export async function listedClass(places: Places, index: number): Promise<unknown> {
  const { migrations } = await options(places);
  const entry = migrations?.migrationsList?.[index];
  return typeof entry === 'function' ? entry : (entry as { class?: unknown } | undefined)?.class;
}

async function options({ config, context }: Places): Promise<Options> {
  if (config === null) throw new Error('there is no config file to load');
  const { default: exported } = (await import(config)) as { default: unknown };
  const all = [await exported].flat();
  for (const entry of all) {
    const made = (await (typeof entry === 'function' ? entry(context) : entry)) as Options;
    if ((made.contextName ?? 'default') === context || all.length === 1) return made;
  }
  throw new Error(`the config has no context ${context}`);
}

async function open(places: Places, run: (query: SentQuery) => Promise<Answer>): Promise<{ em: object }> {
  const { MikroORM } = (await import(places.core)) as {
    MikroORM: {
      init(options: object): Promise<{ em: { getPlatform(): { quoteValue(value: unknown): string } } }>;
    };
  };
  const { Kysely: _, ...kysely } = (await import(
    pathToFileURL(createRequire(fileURLToPath(places.sql)).resolve('kysely')).href
  )) as Record<string, new (db?: unknown) => object>;
  const quote = (value: unknown): string => orm.em.getPlatform().quoteValue(value);
  const connection = {
    async executeQuery({ sql, parameters }: { sql: string; parameters: readonly unknown[] }) {
      const text =
        parameters.length === 0 ? sql : sql.replace(/\$(\d+)/g, (_, n) => quote(parameters[Number(n) - 1]));
      const { rows, affectedRows } = await run({ sql: text, params: null });
      return { rows, numAffectedRows: BigInt(affectedRows) };
    },
    // biome-ignore lint/correctness/useYield: there is nothing to stream
    async *streamQuery(): AsyncGenerator<never> {
      throw new Error('streaming is not possible on the shadow');
    },
  };
  const nested = { n: 0 };
  const plain = (sql: string) => run({ sql, params: null });
  const driver = {
    init: async () => {},
    acquireConnection: async () => connection,
    releaseConnection: async () => {},
    destroy: async () => {},
    beginTransaction: async () => void (await plain(`savepoint "sandbox_${++nested.n}"`)),
    commitTransaction: async () => void (await plain(`release savepoint "sandbox_${nested.n--}"`)),
    rollbackTransaction: async () => void (await plain(`rollback to savepoint "sandbox_${nested.n--}"`)),
    savepoint: async (_: unknown, name: string) => void (await plain(`savepoint "${name}"`)),
    rollbackToSavepoint: async (_: unknown, name: string) =>
      void (await plain(`rollback to savepoint "${name}"`)),
    releaseSavepoint: async (_: unknown, name: string) => void (await plain(`release savepoint "${name}"`)),
  };
  const dialect = {
    createDriver: () => driver,
    createAdapter: () => new (kysely.PostgresAdapter as new () => object)(),
    createQueryCompiler: () => new (kysely.PostgresQueryCompiler as new () => object)(),
    createIntrospector: (db: unknown) => new (kysely.PostgresIntrospector as new (db: unknown) => object)(db),
  };
  const orm = await MikroORM.init({
    ...(await options(places)),
    driverOptions: dialect,
    ensureDatabase: false,
    allowGlobalContext: true,
    debug: false,
    logger: () => {},
    extensions: [],
  });
  return orm;
}
