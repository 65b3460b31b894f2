import type { MikroORM } from '@mikro-orm/core';
import { Failure } from '../../foundation/failure.ts';
import type { Project } from '../../project/project.ts';
import type { Query } from '../journal/table.ts';
import { clientOf, holdConnection, rawQuery } from '../run/kysely.ts';
import { addressOf } from './address.ts';
import { refusalOf } from './refusal.ts';

/** Additional connections: for the lock, monitoring, cancelling and the journal. */
export interface Monitor {
  readonly server: Server;
  /** Outside any transaction; parameters are `$1`, `$2`, … */
  readonly query: Query;
  /** A READ COMMITTED transaction regardless of the server's default: an idle one holds no snapshot. */
  begin(): Promise<MonitorTransaction>;
  close(): Promise<void>;
}

/** A transaction on a separate connection. */
export interface MonitorTransaction {
  /** Without parameters, so that no snapshot is held between statements. */
  readonly query: <Row extends object>(sql: string) => Promise<Row[]>;
  /** Never rejects: if the connection is gone, the transaction was rolled back. */
  rollback(): Promise<void>;
}

/** Properties of the server that a run needs. */
export interface Server {
  /** `server_version_num`, such as 180004. */
  readonly version: number;
  /** It can detect that a client disconnected (`client_connection_check_interval`). */
  readonly detectsLostClients: boolean;
  /** A pooler (PgBouncer and others) shares its connections, so session state cannot be used. */
  readonly pooled: boolean;
}

/** Runs queries with `$1`, `$2`, … on any free connection of a connected ORM, outside transactions. */
export function queryOn(orm: MikroORM): Query {
  return async (sql, params = []) => {
    const { raw, release } = await holdConnection(orm);
    try {
      return (await raw.executeQuery(rawQuery(sql, params))).rows as never;
    } finally {
      release();
    }
  };
}

/**
 * Opens them; null for PGlite, which has a single connection.
 * @param max maximum number of connections; a run needs 2, and one more while it is cancelled
 * @throws Failure, the same as when reading the state: the server may have stopped since then
 */
export async function openMonitor(project: Project, max = 3): Promise<Monitor | null> {
  const orm = await project.beside({ max });
  if (!orm) return null;
  const refused = (error: unknown): Failure =>
    new Failure(refusalOf(error, addressOf(project)).failure, { cause: error });
  await orm.connect().catch(error => {
    throw refused(error);
  });
  const client = clientOf(orm);
  const query = queryOn(orm);
  // A client from the config (`driverOptions`) belongs to the project and must not be closed here.
  const own = client !== clientOf(project.orm);
  try {
    const server = await inspect(orm, query);
    project.connections.pooled = server.pooled;
    return {
      server,
      query,
      async begin() {
        const { raw, release } = await holdConnection(orm);
        const ask: MonitorTransaction['query'] = async sql =>
          (await raw.executeQuery(rawQuery(sql))).rows as never;
        const rollback = (): Promise<void> =>
          ask('rollback')
            .catch(() => {})
            .then(release);
        try {
          await ask('start transaction isolation level read committed');
        } catch (error) {
          release();
          throw error;
        }
        return { query: ask, rollback };
      },
      async close() {
        if (own) await orm.close(true);
      },
    };
  } catch (error) {
    if (own) await orm.close(true).catch(() => {});
    throw refused(error);
  }
}

async function inspect(orm: MikroORM, query: Monitor['query']): Promise<Server> {
  const [row] = await query<{ version: number; built: string }>(
    `select current_setting('server_version_num')::int as version, version() as built`,
  );
  const version = row?.version ?? 0;
  return {
    version,
    detectsLostClients: version >= 140_000 && !/windows|mingw|visual c/i.test(row?.built ?? ''),
    pooled: await isPooled(orm),
  };
}

/** Detects a pooler: it answers with a process id of its own. */
export async function isPooled(orm: MikroORM): Promise<boolean> {
  interface Client {
    readonly processID?: number | null;
    query(sql: string): Promise<{ rows: { pid: number }[] }>;
    release(): void;
  }
  try {
    const connection = orm.em.getConnection() as unknown as {
      getNativeClient(): Promise<{ connect(): Promise<Client> }>;
    };
    const client = await (await connection.getNativeClient()).connect();
    try {
      const { rows } = await client.query('select pg_backend_pid() as pid');
      return client.processID != null && client.processID !== rows[0]?.pid;
    } finally {
      client.release();
    }
  } catch {
    // A client from the config.
    return false;
  }
}
