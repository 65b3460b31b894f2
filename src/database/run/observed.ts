import { answerWithin } from '../../project/connections.ts';
import type { Query } from '../journal/table.ts';
import {
  type CompiledQuery,
  type KyselyClient,
  type QueryResult,
  type RawConnection,
  rawQuery,
} from './kysely.ts';

/** Hears every statement that a revision sends, and may refuse it by throwing before it is sent. */
export interface StatementObserver {
  before(sql: string): void;
  done(ms: number, rows: number | null): void;
  failed(sql: string, error: unknown): void;
}

/** A statement that has been run: a revision's, or one of ours that changes something. `error`: what PostgreSQL said. */
export interface Heard {
  readonly sql: string;
  readonly ms: number;
  readonly error: string | null;
}

/**
 * One connection of the pool on which everything a revision does takes place, whatever way its code goes:
 * `addSql`, `execute`, the entity manager, or the driver itself. So nothing runs outside its transaction, nothing waits
 * for a lock that its own transaction holds, and every statement is seen.
 */
export class ObservedConnection implements RawConnection {
  observer: StatementObserver | null = null;
  readonly #raw: RawConnection;
  readonly #hear: (statement: Heard) => void;
  #closed: Error | null = null;

  /** @param hear is told every statement but those that only look or set something for the session */
  constructor(raw: RawConnection, hear: (statement: Heard) => void = () => {}) {
    this.#raw = raw;
    this.#hear = hear;
  }

  async executeQuery(query: CompiledQuery): Promise<QueryResult> {
    if (this.#closed) throw this.#closed;
    const { observer } = this;
    if (!observer || isPlumbing(query.sql)) return this.#own(query);
    observer.before(query.sql);
    const started = performance.now();
    try {
      // a statement of a revision may take as long as it likes; the monitor sees whether its answer was lost
      const result = await answerWithin(null, () => this.#raw.executeQuery(query));
      this.#told(query.sql, started, null);
      const rows = result.numAffectedRows === undefined ? result.rows.length || null : result.numAffectedRows;
      observer.done(performance.now() - started, rows === null ? null : Number(rows));
      return result;
    } catch (error) {
      observer.failed(query.sql, error);
      this.#told(query.sql, started, error);
      throw error;
    }
  }

  /** What MikroORM and migtui add of their own. */
  #own(query: CompiledQuery): Promise<QueryResult> {
    const send = (): Promise<QueryResult> => this.#raw.executeQuery(query);
    return isPlumbing(query.sql) ? send() : telling(query.sql, this.#hear, send);
  }

  #told(sql: string, started: number, error: unknown): void {
    tell(this.#hear, sql, started, error);
  }

  async *streamQuery(query: CompiledQuery, chunkSize?: number): AsyncIterableIterator<QueryResult> {
    if (this.#closed) throw this.#closed;
    this.observer?.before(query.sql);
    const started = performance.now();
    try {
      yield* this.#raw.streamQuery(query, chunkSize);
      this.observer?.done(performance.now() - started, null);
      this.#told(query.sql, started, null);
    } catch (error) {
      this.observer?.failed(query.sql, error);
      this.#told(query.sql, started, error);
      throw error;
    }
  }

  /** migtui's own statements: not a revision's, so not observed, and still possible after `close`. */
  readonly query: Query = async (sql, parameters = []) =>
    (await this.#own(rawQuery(sql, parameters))).rows as never;

  /** From now on nothing more is sent: code of a revision that was given up may still be running. */
  close(reason: Error): void {
    this.#closed ??= reason;
  }
}

/** What MikroORM itself adds around a revision's statements. */
function isPlumbing(sql: string): boolean {
  return /^\s*(set names\b|savepoint "?trx\d+|release savepoint "?trx\d+|rollback to (savepoint )?"?trx\d+)/i.test(
    sql,
  );
}

/** Reads, takes an advisory lock, or sets something for the session. */
const onlyLooks = (sql: string): boolean => /^\s*(select|with)\b/i.test(sql);

/** The same query; what it changes is told to `hear`. */
export function heard(query: Query, hear: (statement: Heard) => void = () => {}): Query {
  return (sql, parameters) => telling(sql, hear, () => query(sql, parameters)) as never;
}

/** Sends a statement, and tells it unless it only looks. */
async function telling<T>(sql: string, hear: (statement: Heard) => void, send: () => Promise<T>): Promise<T> {
  if (onlyLooks(sql)) return send();
  const started = performance.now();
  try {
    const result = await send();
    tell(hear, sql, started, null);
    return result;
  } catch (error) {
    tell(hear, sql, started, error);
    throw error;
  }
}

function tell(hear: (statement: Heard) => void, sql: string, started: number, error: unknown): void {
  const said = error === null ? null : error instanceof Error ? error.message : String(error);
  hear({ sql, ms: Math.round(performance.now() - started), error: said });
}

/**
 * A Kysely dialect in which every connection is the given one.
 * @param inTransaction the connection is inside a transaction that somebody else ends: what begins one within it gets a savepoint
 */
export function pinnedDialect(
  client: KyselyClient,
  connection: ObservedConnection,
  inTransaction: boolean,
): object {
  const executor = client.getExecutor();
  // how each open transaction is ended: by a name of a savepoint, by SQL, or by whoever opened it
  const open: string[] = [];
  let savepoints = 0;
  const named = (verb: string, name: string) => connection.query(`${verb} "${name}"`).then(() => {});
  const driver = {
    init: async () => {},
    acquireConnection: async () => connection,
    releaseConnection: async () => {},
    destroy: async () => {},
    async beginTransaction(_: unknown, settings: { isolationLevel?: string; accessMode?: string }) {
      if (inTransaction && open.length === 0) {
        open.push('outer');
        return;
      }
      if (open.length > 0) {
        const name = `migtui_${++savepoints}`;
        await named('savepoint', name);
        open.push(name);
        return;
      }
      const modes = [
        settings.isolationLevel && `isolation level ${settings.isolationLevel}`,
        settings.accessMode,
      ];
      await connection.query(`start transaction ${modes.filter(Boolean).join(' ')}`);
      open.push('sql');
    },
    async commitTransaction() {
      const ending = open.pop();
      if (ending === 'sql') await connection.query('commit');
      else if (ending && ending !== 'outer') await named('release savepoint', ending);
    },
    async rollbackTransaction() {
      const ending = open.pop();
      if (ending === 'sql') await connection.query('rollback');
      else if (ending && ending !== 'outer') await named('rollback to savepoint', ending);
    },
    savepoint: (_: unknown, name: string) => named('savepoint', name),
    rollbackToSavepoint: (_: unknown, name: string) => named('rollback to savepoint', name),
    releaseSavepoint: (_: unknown, name: string) => named('release savepoint', name),
  };
  return {
    createDriver: () => driver,
    createAdapter: () => ({ ...adapterOf(executor.adapter), supportsMultipleConnections: true }),
    createQueryCompiler: () => ({
      compileQuery: (node: object, queryId: object) => executor.compileQuery(node, queryId),
    }),
    createIntrospector: () => client.introspection,
  };
}

/** The client's adapter, whose getters live on its class. */
function adapterOf(adapter: object): Record<string, unknown> {
  const { supportsCreateIfNotExists, supportsTransactionalDdl, supportsReturning, supportsOutput } =
    adapter as Record<string, unknown>;
  return { supportsCreateIfNotExists, supportsTransactionalDdl, supportsReturning, supportsOutput };
}
