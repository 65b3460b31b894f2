import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { MikroORM } from '@mikro-orm/core';
import { Failure, type FailureInfo } from '../foundation/failure.ts';
import { redact } from '../foundation/redact.ts';
import { isEmbedded, type Project } from '../project/project.ts';
import { lockEmbedded } from './embedded-lock.ts';

/** Where the database is, in words that may be shown: never with a password. */
export interface Address {
  readonly kind: 'postgresql' | 'pglite';
  readonly name: string;
  /** `user@host:port/name`, or the embedded folder. */
  readonly label: string;
  /** Passwords to keep out of every text. */
  readonly secrets: readonly string[];
  /** Absolute folder of an embedded database on disk; null on a server or in memory. */
  readonly folder: string | null;
}

/** A connected database. */
export interface Connection {
  readonly orm: MikroORM;
  readonly address: Address;
  /** Runs a statement and gives its rows; outside any transaction. */
  query<Row extends object>(sql: string, params?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

/** Why a database could not be opened: the state to show, and the failure. */
export interface Refusal {
  readonly state: 'unreachable' | 'refused' | 'missing' | 'locked';
  readonly failure: FailureInfo;
}

/** Reads the address out of the project's config without connecting. */
export function addressOf({ orm, root }: Project): Address {
  if (isEmbedded(orm)) {
    const driverOptions = orm.config.get('driverOptions') as { dataDir?: string } | undefined;
    const location = driverOptions?.dataDir ?? orm.config.get('dbName') ?? 'memory://';
    const inMemory = location.startsWith('memory:');
    const folder = inMemory ? null : resolve(root, location.replace(/^file:\/\//, ''));
    const name = inMemory ? 'memory' : basename(folder as string);
    return {
      kind: 'pglite',
      name,
      label: inMemory ? 'in memory' : `embedded ${location}`,
      secrets: [],
      folder,
    };
  }
  const connection = orm.em.getConnection();
  const { host, port, user, password, database } = connection.getConnectionOptions() as {
    host?: string;
    port?: number;
    user?: string;
    password?: string | (() => unknown);
    database?: string;
  };
  const name = database ?? orm.config.get('dbName') ?? 'postgres';
  const place = host?.startsWith('/') || !host ? 'local' : port && port !== 5432 ? `${host}:${port}` : host;
  return {
    kind: 'postgresql',
    name,
    label: `${user ? `${user}@` : ''}${place}/${name}`,
    secrets: typeof password === 'string' && password !== '' ? [password] : [],
    folder: null,
  };
}

/**
 * Connects without creating anything: a database that is not there is told, not made.
 * @param create let a missing embedded folder be made (a run does, looking does not)
 */
export async function connect(project: Project, { create = false } = {}): Promise<Connection | Refusal> {
  const { orm } = project;
  const address = addressOf(project);
  if (address.folder && !existsSync(resolve(address.folder, 'PG_VERSION')) && !create) {
    return {
      state: 'missing',
      failure: {
        code: 'database-missing',
        message: `There is no embedded database in ${address.label.replace('embedded ', '')} yet.`,
        next: 'The first upgrade makes it.',
      },
    };
  }
  let release = (): void => {};
  try {
    if (address.folder) {
      const { mkdirSync } = await import('node:fs');
      mkdirSync(address.folder, { recursive: true });
      release = lockEmbedded(address.folder);
    }
    await orm.connect();
    const connection: Connection = {
      orm,
      address,
      query: (sql, params = []) => orm.em.getConnection().execute(sql, params as unknown[], 'all') as never,
      async close() {
        await orm.close(true);
        release();
      },
    };
    await connection.query('select 1');
    return connection;
  } catch (error) {
    release();
    await orm.close(true).catch(() => {});
    return refusalOf(error, address);
  }
}

/** Tells a refusal from a connection. */
export function isRefusal(value: Connection | Refusal): value is Refusal {
  return 'state' in value;
}

function refusalOf(error: unknown, address: Address): Refusal {
  if (error instanceof Failure) return { state: 'locked', failure: error.info };
  const { code, message } = rootCause(error);
  const said = redact(message, address.secrets);
  if (code === '3D000') {
    return {
      state: 'missing',
      failure: {
        code: 'database-missing',
        message: `The server has no database "${address.name}".`,
        next: `Create it (createdb ${address.name}), or check dbName in the MikroORM config. An upgrade offers to create it.`,
      },
    };
  }
  if (code && /^(28|53|42501)/.test(code)) {
    return {
      state: 'refused',
      failure: {
        code: 'database-refused',
        message: `${address.label} refused the connection: ${said}`,
        next: 'Check user and password in the MikroORM config or its environment.',
      },
    };
  }
  return {
    state: 'unreachable',
    failure: {
      code: 'database-unreachable',
      message: `${address.label} cannot be reached: ${said || code || 'no answer'}`,
      next: 'Start the server, or check host and port in the MikroORM config.',
    },
  };
}

function rootCause(error: unknown): { code: string | undefined; message: string } {
  let at = error as { code?: string; message?: string; cause?: unknown; errors?: unknown[] };
  for (let depth = 0; depth < 5; depth++) {
    if (at.code && at.message) break;
    const inner = at.cause ?? at.errors?.[0];
    if (!inner) break;
    at = inner as typeof at;
  }
  return { code: at.code, message: (at.message ?? String(error)).split('\n')[0] as string };
}
