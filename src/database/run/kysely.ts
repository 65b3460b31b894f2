import type { MikroORM } from '@mikro-orm/core';
import { retryWhenBusy } from '../connect/retry-when-busy.ts';

/*
 * The part of Kysely's API that is used here, from the user's own copy: MikroORM runs every SQL database
 * through a Kysely client, created by `MikroORM.connect()`. Nothing is imported, so there is never a second
 * copy.
 */

export interface CompiledQuery {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  readonly query: object;
  readonly queryId: { readonly queryId: string };
}

export interface QueryResult {
  readonly rows: readonly object[];
  readonly numAffectedRows?: bigint | undefined;
}

/** One connection of the pool. */
export interface RawConnection {
  executeQuery(query: CompiledQuery): Promise<QueryResult>;
  streamQuery(query: CompiledQuery, chunkSize?: number): AsyncIterableIterator<QueryResult>;
}

interface Executor {
  readonly adapter: object;
  compileQuery(node: object, queryId: object): CompiledQuery;
  provideConnection<T>(use: (connection: RawConnection) => Promise<T>): Promise<T>;
}

export interface KyselyClient {
  readonly introspection: object;
  getExecutor(): Executor;
}

/** The client of a connected ORM. */
export function clientOf(orm: MikroORM): KyselyClient {
  return (orm.em.getConnection() as unknown as { getClient(): KyselyClient }).getClient();
}

let counter = 0;

/** A statement in Kysely's form for a connection; parameters are `$1`, `$2`, … */
export function rawQuery(sql: string, parameters: readonly unknown[] = []): CompiledQuery {
  return { sql, parameters, query: { kind: 'RawNode' }, queryId: { queryId: `migtui${++counter}` } };
}

/** A connection of the pool, held until it is released. */
export interface HeldConnection {
  readonly raw: RawConnection;
  release(): void;
}

/**
 * Takes a connection from the pool. Kysely's own transactions do not return their connection if the server
 * ended it (their rollback fails first), and then the pool never closes. Transactions are therefore begun and
 * ended explicitly here.
 */
export function holdConnection(orm: MikroORM): Promise<HeldConnection> {
  const client = clientOf(orm);
  return retryWhenBusy(
    orm,
    () =>
      new Promise((resolve, reject) => {
        client
          .getExecutor()
          .provideConnection(raw => new Promise<void>(release => resolve({ raw, release })))
          .catch(reject);
      }),
  );
}
