import { AsyncLocalStorage } from 'node:async_hooks';
import { Failure } from '../foundation/failure.ts';
import type { NetworkOptions, Waiting } from '../values/network.ts';
import { type CancelConnection, type Cancelled, sendCancelRequest } from './cancel-request.ts';
import { type KyselyClient, keptOpen } from './kept-open.ts';
import { noAnswer } from './no-answer.ts';

/*
 * Every connection to a server is one of these: a pg client that never waits forever. Each statement has the
 * answer timeout unless it is run inside `answerWithin(null, …)`, so no migtui query can be sent without one.
 */

/** Time limit for opening a connection, ms. */
export const defaultConnectTimeout = 10_000;
/** Time limit for the answer to a small query, ms. */
export const defaultAnswerTimeout = 15_000;

/** A wait is reported after this time, and again at this interval, ms. */
const reportAfter = 2_000;
const reportInterval = 5_000;
/** Time limit for closing a connection gracefully before the socket is destroyed, ms. */
const closeTimeout = 1_000;
/** TCP keepalive: idle time before the other side is checked, ms. */
const keepAliveAfter = 10_000;

const networks = new WeakMap<object, NetworkOptions>();

/** The time limits for the server of an ORM. */
export const networkOf = (orm: object): NetworkOptions => networks.get(orm) ?? {};

/** Sets the time limits of an ORM, for `networkOf`. */
export function waitsAs<Orm extends object>(orm: Orm, options: NetworkOptions): Orm {
  networks.set(orm, options);
  return orm;
}

const limits = new AsyncLocalStorage<number | null>();

/**
 * Runs work in which each statement has this time limit instead of the answer timeout.
 * @param ms null: no limit, for example for a statement of a revision
 */
export function answerWithin<T>(ms: number | null, work: () => T): T {
  return limits.run(ms, work);
}

const senders = new AsyncLocalStorage<{ id: number | null }>();

/** What the other side, a server or a pooler, calls the connection that `work` queries: `processID` of pg. */
export async function connectionIdOf(work: () => Promise<unknown>): Promise<number | null> {
  const sender: { id: number | null } = { id: null };
  await senders.run(sender, work);
  return sender.id;
}

/**
 * The limit for queries that may read much: counting rows, comparing whole schemas, creating a database, ms.
 */
export const longAnswer = 10 * 60_000;

/** The part of a pg client's API that is used. */
interface Client extends Cancelled {
  readonly connectionParameters?: { readonly query_timeout?: unknown };
  readonly connection: CancelConnection & { readonly stream: { destroy(error?: Error): unknown } };
  connect(callback?: (...args: unknown[]) => void): unknown;
  query(...args: unknown[]): unknown;
  end(callback?: () => void): unknown;
  once(event: string, listener: (error?: Error) => void): unknown;
  /** Set by a pool that has lent it. */
  release?: (destroy?: boolean) => void;
}

export type ClientClass = new (options?: { readonly connectionTimeoutMillis?: number }) => Client;

/** All connections of one project. */
export class Connections {
  readonly #options: NetworkOptions;
  readonly #Client: ClientClass | null;
  readonly #open = new Set<Client>();
  /** Set when nothing may be opened anymore. */
  #closed: Failure | null = null;
  #timesMessages = false;
  /** A pooler answers instead of the server. */
  pooled = false;

  /** @param Client of the pg that the project's MikroORM uses; null if it uses none (PGlite) */
  constructor(options: NetworkOptions, Client: ClientClass | null) {
    this.#options = options;
    this.#Client = Client;
  }

  /**
   * The driver may limit the time of each message, however many statements it has: `query_timeout` in the config, or a
   * client of its own.
   */
  get timesMessages(): boolean {
    return this.#timesMessages;
  }

  /**
   * Adds the limits to a config's `driverOptions`. Values that the config sets are kept, and a custom client
   * or dialect is not changed.
   * @param answerTimeout for statements of this pool, ms; default: from the options
   */
  limit(driverOptions: unknown, answerTimeout?: number): unknown {
    if (typeof driverOptions === 'function') {
      return () => this.limit((driverOptions as () => unknown)(), answerTimeout);
    }
    const theirs = (driverOptions ?? {}) as { readonly Client?: ClientClass };
    if ('getExecutor' in theirs || 'createDriver' in theirs) this.#timesMessages = true;
    if ('getExecutor' in theirs) return keptOpen(driverOptions as KyselyClient);
    if (!this.#Client || 'createDriver' in theirs) return driverOptions;
    return {
      keepAlive: true,
      keepAliveInitialDelayMillis: keepAliveAfter,
      ...theirs,
      Client: this.#limited(theirs.Client ?? this.#Client, answerTimeout),
    };
  }

  /**
   * Destroys every connection: pending answers are rejected.
   * @param final nothing is opened afterwards, because the program ends
   */
  abandon(final: boolean): void {
    if (final) this.#closed = abandoned();
    for (const client of this.#open) client.connection.stream.destroy(abandoned());
  }

  /**
   * Destroys the connection of a server process whose answer was lost. All connections if a pooler hides
   * which one that is.
   */
  lose(pid: number, limit: number): void {
    const open = [...this.#open];
    const its = open.filter(client => client.processID === pid);
    for (const client of its.length > 0 ? its : open) {
      client.connection.stream.destroy(noAnswer(placeOf(client), 'answer', limit));
    }
  }

  /** Cancels the statement of the connection that a pooler calls `id` (`processID` of the client). */
  async cancelThroughPooler(id: number): Promise<void> {
    const client = [...this.#open].find(({ processID }) => processID === id);
    if (client && this.#Client) await sendCancelRequest(client, new this.#Client().connection);
  }

  #limited(Base: ClientClass, ownAnswerTimeout?: number): ClientClass {
    const open = this.#open;
    const closed = (): Failure | null => this.#closed;
    const timesMessages = (): void => {
      this.#timesMessages = true;
    };
    const start = this.#start.bind(this);
    const { connectTimeout: asked, answerTimeout = defaultAnswerTimeout } = this.#options;
    return class LimitedClient extends Base {
      readonly #connectTimeout: number;
      /** Why the server ended it. pg only says that it is not queryable. */
      #lost: Error | null = null;

      constructor(options?: { readonly connectionTimeoutMillis?: number }) {
        super(options);
        this.once('error', error => {
          this.#lost = new Error(`Connection terminated: ${error?.message ?? 'by the server'}`);
        });
        if (Number(this.connectionParameters?.query_timeout) > 0) timesMessages();
        this.#connectTimeout = asked ?? (options?.connectionTimeoutMillis || defaultConnectTimeout);
      }

      override connect(callback?: (...args: unknown[]) => void): unknown {
        const reason = closed();
        if (reason) {
          if (!callback) return Promise.reject(reason);
          process.nextTick(callback, reason);
          return undefined;
        }
        open.add(this);
        this.once('end', () => {
          open.delete(this);
          giveBack(this);
        });
        const done = start(this, 'connection', this.#connectTimeout);
        if (callback) {
          return super.connect((...args) => {
            done();
            callback(...args);
          });
        }
        return settled(super.connect(), done);
      }

      override query(...args: unknown[]): unknown {
        if (this.#lost) return rejected(args[0], this.#lost);
        const limit = limits.getStore();
        const sender = senders.getStore();
        if (sender) sender.id = this.processID;
        const result = super.query(...args);
        const short = ownAnswerTimeout ?? answerTimeout;
        if (limit !== null) {
          return settled(result, start(this, 'answer', endsTransaction(args[0]) ? short : (limit ?? short)));
        }
        // migtui's statements that were sent together with those of a revision: before and after them.
        const { begun, limited } = (args[0] ?? {}) as Partial<Record<'begun' | 'limited', Promise<void>>>;
        if (begun) settled(begun, start(this, 'answer', short));
        void limited?.then(() => settled(result, start(this, 'answer', short)));
        return result;
      }

      /** A server that does not respond never closes the connection, and a pool would wait for it. */
      override end(callback?: () => void): unknown {
        const timer = setTimeout(() => this.connection.stream.destroy(), closeTimeout);
        this.once('end', () => clearTimeout(timer));
        return super.end(() => {
          clearTimeout(timer);
          callback?.();
        });
      }
    };
  }

  /** Watches a wait: reports it when it is long, and destroys the connection when it exceeds the limit. */
  #start(client: Client, what: Waiting['for'], limit: number): () => void {
    const where = placeOf(client);
    const started = performance.now();
    let timer: NodeJS.Timeout;
    const next = (pause: number): void => {
      const left = limit > 0 ? limit - (performance.now() - started) : Number.POSITIVE_INFINITY;
      timer = setTimeout(tick, Math.max(0, Math.min(pause, left)));
    };
    const tick = (): void => {
      const waited = performance.now() - started;
      if (limit > 0 && waited >= limit) {
        client.connection.stream.destroy(noAnswer(where, what, limit, this.pooled));
        return;
      }
      this.#options.onWaiting?.({ for: what, where, ms: Math.round(waited) });
      next(reportInterval);
    };
    next(reportAfter);
    return () => clearTimeout(timer);
  }
}

/** The answer of a lost connection to a query. */
function rejected(query: unknown, error: Error): unknown {
  const submitted = query as { handleError?(error: Error): void } | null;
  if (typeof submitted?.handleError !== 'function') return Promise.reject(error);
  process.nextTick(() => submitted.handleError?.(error));
  return query;
}

/** Reading may take long; ending its transaction does not. */
const endsTransaction = (query: unknown): boolean =>
  /^(?:commit|rollback)$/.test(String((query as { text?: unknown } | undefined)?.text ?? query));

/**
 * Removes a lost connection from its pool. Kysely does not release it if neither commit nor rollback are
 * answered, and the pool would wait for it when it is closed, or when all its connections are in use.
 */
function giveBack(client: Client): void {
  const { release } = client;
  if (!release) return;
  client.release = () => {};
  try {
    release.call(client, true);
  } catch {
    // It was released before.
  }
}

/**
 * Calls `done` when a promise settles, or at the end that a pipeline reports; anything else (a cursor) has
 * none.
 */
function settled(result: unknown, done: () => void): unknown {
  const end = result instanceof Promise ? result : (result as { ended?: unknown } | undefined)?.ended;
  if (end instanceof Promise) end.then(done, done);
  else done();
  return result;
}

const placeOf = ({ host, port }: Client): string => `${host}:${port}`;

function abandoned(): Failure {
  return new Failure({
    code: 'no-answer',
    message: 'The connection was closed because the server did not answer.',
    next: 'When the server is back, run "migtui status" to see what is applied.',
  });
}
