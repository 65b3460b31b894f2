import type { MikroORM } from '@mikro-orm/core';

/*
 * The little of Kysely that is used here, as the user's own copy has it: MikroORM drives every SQL database through
 * a Kysely client, and `MikroORM.connect()` makes it. Nothing is imported, so that there is never a second copy.
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

interface Command {
  execute(): Promise<void>;
}

/** A transaction that is ended by hand. */
export interface ControlledTransaction {
  getExecutor(): Executor;
  commit(): Command;
  rollback(): Command;
}

interface TransactionBuilder {
  setIsolationLevel(level: 'read committed'): TransactionBuilder;
  execute(): Promise<ControlledTransaction>;
}

export interface KyselyClient {
  readonly introspection: object;
  getExecutor(): Executor;
  startTransaction(): TransactionBuilder;
}

/** The client behind an ORM that is connected. */
export function clientOf(orm: MikroORM): KyselyClient {
  return (orm.em.getConnection() as unknown as { getClient(): KyselyClient }).getClient();
}

let counter = 0;

/** A statement as Kysely passes it to a connection; parameters are `$1`, `$2`, … */
export function rawQuery(sql: string, parameters: readonly unknown[] = []): CompiledQuery {
  return { sql, parameters, query: { kind: 'RawNode' }, queryId: { queryId: `migtui${++counter}` } };
}
