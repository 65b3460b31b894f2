import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Places } from './orm.ts';
import type { SentQuery } from './protocol.ts';

/** Thrown when code asks for something that cannot be determined without a database. */
export class Unknowable extends Error {}

/** Replaces MikroORM's driver for a migration. */
export interface StandIn {
  readonly driver: object;
  readonly config: object;
}

export interface Connected {
  /** Runs a statement, or records it; resolves with rows. */
  execute(query: SentQuery): Promise<unknown>;
  /** Something was requested that makes the statements incomplete or uncertain. */
  reportIncomplete(why: string): void;
  /** Entities and query builders work: their statements are run, not recorded. */
  readonly live: boolean;
  readonly platform: Places['platform'];
  /** MikroORM with the project's entities, whose statements go through `execute`; created on first use. */
  orm(): Promise<{ em: object }>;
}

/**
 * A driver without a database: statements of the migration go to `connected`, everything else does not exist.
 * All ways to send statements are covered: the migration's `execute`, the driver, its connection, and the
 * entity manager's `execute`.
 */
export function standIn(
  connected: Connected,
  queryOf: (query: unknown, params?: unknown) => SentQuery,
): StandIn {
  const execute = async (query: unknown, params?: unknown): Promise<unknown> => {
    const rows = await connected.execute(queryOf(query, params));
    return connected.live ? rows : watched(connected);
  };
  const refuse = (what: string) => (): never => {
    const why = `uses ${what}, whose SQL is known only when it runs`;
    connected.reportIncomplete(why);
    throw new Unknowable(why);
  };
  const connection: object = only('the database connection', refuse, {
    execute,
    executeDump: async (source: unknown) => execute(source),
    transactional: async (work: (tx: object) => unknown) => work({}),
    isConnected: async () => true,
    checkConnection: async () => ({ ok: true }),
    loadFile: undefined,
  });
  const manager: object = only(
    'the entity manager',
    refuse,
    {
      execute,
      getConnection: () => connection,
      getDriver: () => driver,
      setTransactionContext: () => {},
      isInTransaction: () => true,
      fork: () => manager,
      transactional: async (work: (em: object) => unknown) => work(manager),
      clear: () => {},
      flush: async () => {},
    },
    connected.live ? name => throughOrm(connected, name) : undefined,
  );
  const driver: object = only('the database driver', refuse, {
    execute,
    getConnection: () => connection,
    createEntityManager: () => manager,
    getPlatform: () => platformOf(connected.platform),
    config: undefined,
  });
  return {
    driver,
    config: only('the MikroORM config', refuse, { get: () => undefined, getAll: () => ({}) }),
  };
}

/** An object with these members that reports access to any other. */
function only(
  what: string,
  refuse: (what: string) => () => never,
  members: Record<string, unknown>,
  otherwise?: (name: string) => unknown,
): object {
  return new Proxy(Object.create(null) as object, {
    get(_, key) {
      if (typeof key === 'symbol' || key === 'then' || key === 'toJSON') return undefined;
      if (key in members) return members[key];
      return otherwise ? otherwise(key) : refuse(`${what} (${key})`);
    },
    has: (_, key) => key in members,
    set: () => false,
    getPrototypeOf: () => null,
  });
}

/** Calls a method of the real entity manager once it exists. */
function throughOrm(connected: Connected, name: string): unknown {
  return async (...args: unknown[]) => {
    const { em } = await connected.orm();
    const method = (em as Record<string, unknown>)[name];
    if (typeof method !== 'function') throw new Unknowable(`uses the entity manager (${name})`);
    return Reflect.apply(method, em, args);
  };
}

/** An empty result that reports when it is read. */
function watched({ reportIncomplete }: Connected): unknown {
  return new Proxy([], {
    get(target, key) {
      if (key !== 'then' && key !== 'constructor') reportIncomplete('reads rows to decide what to run');
      return Reflect.get(target, key);
    },
  });
}

/** MikroORM's platform, for code that uses it for quoting. */
function platformOf({ url, name }: Places['platform']): unknown {
  const Platform = (createRequire(url)(fileURLToPath(url)) as Record<string, new () => object>)[name];
  if (!Platform) throw new Unknowable(`uses the platform ${name}`);
  return new Platform();
}
