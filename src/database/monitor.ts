import type { MikroORM } from '@mikro-orm/core';
import { Failure } from '../foundation/failure.ts';
import type { Project } from '../project/project.ts';
import { addressOf } from './address.ts';
import type { Query } from './journal/table.ts';
import { refusalOf } from './refusal.ts';
import { clientOf, holdConnection, rawQuery } from './run/kysely.ts';

/** Connections beside the one that works: for the lock, for watching, for cancelling, for the journal. */
export interface Monitor {
  readonly server: Server;
  /** Outside any transaction; parameters are `$1`, `$2`, … */
  readonly query: Query;
  /** A READ COMMITTED transaction, whatever the server's default is: an idle one holds no snapshot. */
  begin(): Promise<MonitorTransaction>;
  close(): Promise<void>;
}

/** A transaction on a connection of its own. */
export interface MonitorTransaction {
  /** Without parameters, so that no snapshot is held between two statements. */
  readonly query: <Row extends object>(sql: string) => Promise<Row[]>;
  /** Never rejects: a connection that is gone has rolled back. */
  rollback(): Promise<void>;
}

/** What the server is like, as far as a run must know. */
export interface Server {
  /** `server_version_num`, such as 180004. */
  readonly version: number;
  /** It can notice by itself that a client is gone (`client_connection_check_interval`). */
  readonly noticesLostClients: boolean;
  /** Something between us and the server shares its connections (PgBouncer and others): session state is not ours. */
  readonly pooled: boolean;
}

/** Asks with `$1`, `$2`, … on any free connection of a connected ORM, outside transactions. */
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
 * @param max connections at most; a run needs 2, and one more while it is cancelled
 * @throws Failure, the same as a look's: the server may have gone since then
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
  // a config may bring its own client (`driverOptions`): then it is the project's, and not ours to close
  const own = client !== clientOf(project.orm);
  try {
    return {
      server: await inspect(orm, query),
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
    noticesLostClients: version >= 140_000 && !/windows|mingw|visual c/i.test(row?.built ?? ''),
    pooled: await isPooled(orm),
  };
}

/** Whether a pooler is in between: it answers a client with a process id of its own making. */
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
    // a client that the config brought along
    return false;
  }
}
