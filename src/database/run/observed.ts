import { answerWithin } from '../../project/connections.ts';
import type { Query } from '../journal/table.ts';
import { type CompiledQuery, type QueryResult, type RawConnection, rawQuery } from './kysely.ts';
import { canBePiped, NoPipeline, type PipedResult, type PipedStatement, sendPipeline } from './pipeline.ts';

/** Receives every statement that a revision sends. */
export interface StatementObserver {
  /** @throws to refuse the statement before it is sent */
  check(sql: string): void;
  /** The server is running it now. */
  sent(sql: string): void;
  done(ms: number, rows: number | null): void;
  failed(sql: string, error: unknown): void;
}

/** A statement of `ObservedConnection.pipeline`. */
export interface Piped extends PipedStatement {
  /** It belongs to a revision and is observed as such. */
  readonly ofRevision?: boolean | undefined;
  /** Observes it instead of the connection's observer. */
  readonly observer?: StatementObserver | undefined;
  /** Called when it is done. Must not throw. */
  readonly answered?: ((result: PipedResult) => void) | undefined;
  /** The error to throw instead of PostgreSQL's. */
  readonly failure?: ((error: unknown) => unknown) | undefined;
}

/**
 * A completed statement: of a revision, or one of ours that changes something. `error`: PostgreSQL's error.
 */
export interface ExecutedStatement {
  readonly sql: string;
  readonly ms: number;
  readonly error: string | null;
}

/**
 * The pool connection that everything in a revision uses, whatever its code calls: `addSql`, `execute`, the
 * entity manager, or the driver itself. So nothing runs outside its transaction, nothing waits for a lock of
 * its own transaction, and every statement is observed.
 */
export class ObservedConnection implements RawConnection {
  observer: StatementObserver | null = null;
  readonly #raw: RawConnection;
  readonly #onStatement: (statement: ExecutedStatement) => void;
  #closed: Error | null = null;
  #pipes = true;

  /** @param onStatement receives every statement except those that only read or change session settings */
  constructor(raw: RawConnection, onStatement: (statement: ExecutedStatement) => void = () => {}) {
    this.#raw = raw;
    this.#onStatement = onStatement;
  }

  async executeQuery(query: CompiledQuery): Promise<QueryResult> {
    if (this.#closed) throw this.#closed;
    const { observer } = this;
    if (!observer || isBookkeeping(query.sql)) return this.#own(query);
    observer.check(query.sql);
    observer.sent(query.sql);
    const started = performance.now();
    try {
      // Statements of revisions have no time limit; the monitor detects lost answers.
      const result = await answerWithin(null, () => this.#raw.executeQuery(query));
      this.#report(query.sql, started, null);
      observer.done(performance.now() - started, countOf(result));
      return result;
    } catch (error) {
      observer.failed(query.sql, error);
      this.#report(query.sql, started, error);
      throw error;
    }
  }

  /** Statements that MikroORM and migtui add. */
  #own(query: CompiledQuery): Promise<QueryResult> {
    const send = (): Promise<QueryResult> => this.#raw.executeQuery(query);
    return isBookkeeping(query.sql) ? send() : sendAndReport(query.sql, this.#onStatement, send);
  }

  #report(sql: string, started: number, error: unknown): void {
    report(this.#onStatement, sql, started, error);
  }

  async *streamQuery(query: CompiledQuery, chunkSize?: number): AsyncIterableIterator<QueryResult> {
    if (this.#closed) throw this.#closed;
    this.observer?.check(query.sql);
    this.observer?.sent(query.sql);
    const started = performance.now();
    try {
      yield* this.#raw.streamQuery(query, chunkSize);
      this.observer?.done(performance.now() - started, null);
      this.#report(query.sql, started, null);
    } catch (error) {
      this.observer?.failed(query.sql, error);
      this.#report(query.sql, started, error);
      throw error;
    }
  }

  /** migtui's own statements: not observed as a revision's, and still possible after `close`. */
  readonly query: Query = async (sql, parameters = []) =>
    (await this.#own(rawQuery(sql, parameters))).rows as never;

  /**
   * Sends statements together, if the driver can, and waits for all answers; otherwise one after the other.
   * After a failure, the rest is not run. Use this only inside a transaction: outside of one, a pipeline
   * creates its own.
   * @throws the error of the first that failed, or its `failure`
   */
  async pipeline(statements: readonly Piped[]): Promise<readonly PipedResult[]> {
    const observers = statements.map(({ sql, ofRevision, observer = this.observer }) =>
      ofRevision && !isBookkeeping(sql) ? observer : null,
    );
    const before = this.#closed;
    if (before && statements.some(({ ofRevision }) => ofRevision)) throw before;
    for (const [at, observer] of observers.entries()) observer?.check((statements[at] as Piped).sql);
    const results: PipedResult[] = [];
    while (results.length < statements.length) {
      // It was closed while an earlier part ran: the transaction is being rolled back.
      if (this.#closed && this.#closed !== before) throw this.#closed;
      const from = results.length;
      let to = from;
      while (this.#pipes && to < statements.length && mayBePiped(statements[to] as Piped)) to++;
      if (to - from < 2) to = from + 1;
      const part = statements.slice(from, to);
      const received = (at: number, result: PipedResult, started: number): void => {
        // Nobody waits for these answers anymore.
        if (this.#closed !== before) return;
        const { sql, ofRevision, answered } = part[at] as Piped;
        results.push(result);
        observers[from + at]?.done(performance.now() - started, result.count);
        if (!isBookkeeping(sql) && (ofRevision || !onlyLooks(sql))) this.#report(sql, started, null);
        answered?.(result);
      };
      let started = performance.now();
      const next = (): void => {
        started = performance.now();
        const at = results.length;
        if (at < to && this.#closed === before) observers[at]?.sent((statements[at] as Piped).sql);
      };
      next();
      try {
        if (part.length === 1) {
          const { sql, parameters } = part[0] as Piped;
          const result = await this.#raw.executeQuery(rawQuery(sql, parameters));
          received(0, { rows: result.rows as PipedResult['rows'], count: countOf(result) }, started);
        } else {
          // Statements of revisions have no time limit; `Pipeline.limited` tells when they are done.
          const send = () =>
            sendPipeline(
              this.#raw,
              part.map(one => ({ ...one, unlimited: one.ofRevision, atOnce: one.atOnce ?? one.ofRevision })),
              {
                onDone: (at, result) => {
                  received(at, result, started);
                  next();
                },
              },
            );
          const limited = part.every(({ ofRevision }) => !ofRevision);
          const error = await (limited ? send() : answerWithin(null, send));
          if (error !== null) throw error;
        }
      } catch (error) {
        if (error instanceof NoPipeline) {
          this.#pipes = false;
          continue;
        }
        const at = results.length;
        const { sql, failure } = statements[at] as Piped;
        observers[at]?.failed(sql, error);
        if (!isBookkeeping(sql)) this.#report(sql, started, error);
        throw failure ? failure(error) : error;
      }
    }
    return results;
  }

  /** Sends nothing from now on: code of an abandoned revision may still be running. */
  close(reason: Error): void {
    this.#closed ??= reason;
  }
}

const mayBePiped = ({ sql, ofRevision }: Piped): boolean => !ofRevision || canBePiped(sql);

function countOf({ numAffectedRows, rows }: QueryResult): number | null {
  return numAffectedRows === undefined ? rows.length || null : Number(numAffectedRows);
}

/** Statements that MikroORM adds around a revision's own. */
function isBookkeeping(sql: string): boolean {
  return /^\s*(set names\b|savepoint "?trx\d+|release savepoint "?trx\d+|rollback to (savepoint )?"?trx\d+)/i.test(
    sql,
  );
}

/** Reads, takes an advisory lock, or changes session settings. */
const onlyLooks = (sql: string): boolean => /^\s*(select|with)\b/i.test(sql);

/** The same query; changes are passed to `onStatement`. */
export function reportingQuery(
  query: Query,
  onStatement: (statement: ExecutedStatement) => void = () => {},
): Query {
  return (sql, parameters) => sendAndReport(sql, onStatement, () => query(sql, parameters)) as never;
}

/** Sends a statement, and reports it unless it only reads. */
async function sendAndReport<T>(
  sql: string,
  onStatement: (statement: ExecutedStatement) => void,
  send: () => Promise<T>,
): Promise<T> {
  if (onlyLooks(sql)) return send();
  const started = performance.now();
  try {
    const result = await send();
    report(onStatement, sql, started, null);
    return result;
  } catch (error) {
    report(onStatement, sql, started, error);
    throw error;
  }
}

function report(
  onStatement: (statement: ExecutedStatement) => void,
  sql: string,
  started: number,
  error: unknown,
): void {
  const errorText = error === null ? null : error instanceof Error ? error.message : String(error);
  onStatement({ sql, ms: Math.round(performance.now() - started), error: errorText });
}
