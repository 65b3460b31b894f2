import { splitSync } from '../../safety/parse.ts';
import type { RawConnection } from './kysely.ts';

/*
 * Statements sent together, with one wait for all answers. They use PostgreSQL's extended protocol with a
 * single Sync at the end: the server runs them in order and skips the rest after the first failure.
 */

/** A statement; parameters are `$1`, `$2`, … and are sent as text. */
export interface PipedStatement {
  readonly sql: string;
  readonly parameters?: readonly (string | null)[] | undefined;
  /**
   * The server answers as soon as it is done, not together with the last one, so that the running statement
   * is known.
   */
  readonly atOnce?: boolean | undefined;
  /** It has no time limit, because it belongs to a revision. */
  readonly unlimited?: boolean | undefined;
}

/** The answer to a statement. Values are in PostgreSQL's text format. */
export interface PipedResult {
  readonly rows: readonly Readonly<Record<string, string | null>>[];
  /** Changed rows of INSERT, UPDATE, DELETE and MERGE; number of rows returned by queries; otherwise null. */
  readonly count: number | null;
}

/** Called as the answers arrive, in order. Must not throw. */
export interface PipelineListener {
  onDone(index: number, result: PipedResult): void;
}

/** The driver of this connection does not support pipelines: nothing was sent. */
export class NoPipeline extends Error {}

/** The part of `pg`'s connection that sends protocol messages. */
interface ProtocolConnection {
  readonly stream?: { cork?(): void; uncork?(): void };
  parse(message: { text: string }): void;
  bind(message: { values: readonly (string | null)[] }): void;
  describe(message: { type: 'P' }): void;
  execute(message: object): void;
  flush(): void;
  sync(): void;
  sendCopyFail(reason: string): void;
}

/**
 * Sends statements through a Kysely connection of the `pg` driver.
 * @returns the error of the first statement that failed; `listener` has been called for those before it
 * @throws NoPipeline
 */
export async function sendPipeline(
  raw: RawConnection,
  statements: readonly PipedStatement[],
  listener: PipelineListener,
): Promise<unknown> {
  if (raw.constructor.name !== 'PostgresConnection') throw new NoPipeline();
  const pipeline = new Pipeline(statements, listener);
  // Kysely passes the text on to `client.query`, which accepts objects that submit themselves, such as
  // cursors.
  await raw.executeQuery({
    sql: pipeline as unknown as string,
    parameters: [],
    query: { kind: 'RawNode' },
    queryId: { queryId: 'migtui_pipeline' },
  });
  const error = await pipeline.ended;
  if (error instanceof NoPipeline) throw error;
  return error;
}

/** A Submittable in `pg`: it writes its own messages and receives the answers. */
class Pipeline {
  readonly ended: Promise<unknown>;
  /**
   * Resolves when the statements before the first one without a time limit are done: these have the answer timeout.
   * Undefined: the server does not answer them before the others.
   */
  readonly begun: Promise<void> | undefined;
  /** Resolves when the statements without a time limit are done; the rest has the answer timeout. */
  readonly limited: Promise<void>;
  /** `pg` replaces it if there is a `query_timeout`. */
  callback: (error?: unknown) => void = () => {};
  // Kysely reads these from the result.
  readonly command = '';
  readonly rowCount = null;
  readonly rows = [];
  readonly #statements: readonly PipedStatement[];
  readonly #listener: PipelineListener;
  #end!: (error: unknown) => void;
  #begin: () => void = () => {};
  #limit!: () => void;
  /** The index of the first statement without a time limit, and of the first one after all of these. */
  readonly #from: number;
  readonly #to: number;
  #index = 0;
  #names: readonly string[] = [];
  #rows: Record<string, string | null>[] = [];

  constructor(statements: readonly PipedStatement[], listener: PipelineListener) {
    this.#statements = statements;
    this.#listener = listener;
    this.ended = new Promise(resolve => {
      this.#end = resolve;
    });
    this.#from = statements.findIndex(({ unlimited }) => unlimited);
    this.#to = statements.findLastIndex(({ unlimited }) => unlimited) + 1;
    if (statements[this.#from - 1]?.atOnce) {
      this.begun = new Promise(resolve => {
        this.#begin = resolve;
      });
    }
    this.limited = new Promise(resolve => {
      this.#limit = resolve;
    });
    if (this.#to === 0) this.#limit();
  }

  submit(connection: ProtocolConnection): Error | null {
    const { parse, bind, describe, execute, flush, sync } = connection;
    if (![parse, bind, describe, execute, flush, sync].every(method => typeof method === 'function')) {
      return new NoPipeline();
    }
    connection.stream?.cork?.();
    try {
      for (const { sql, parameters = [], atOnce, unlimited } of this.#statements) {
        connection.parse({ text: sql });
        connection.bind({ values: parameters });
        // Rows of revisions are only counted.
        if (!unlimited) connection.describe({ type: 'P' });
        connection.execute({});
        if (atOnce) connection.flush();
      }
      connection.sync();
    } finally {
      connection.stream?.uncork?.();
    }
    return null;
  }

  handleRowDescription({ fields }: { fields: readonly { name: string }[] }): void {
    this.#names = fields.map(({ name }) => name);
  }

  handleDataRow({ fields }: { fields: readonly (string | null)[] }): void {
    this.#rows.push(Object.fromEntries(this.#names.map((name, at) => [name, fields[at] ?? null])));
  }

  handleCommandComplete({ text }: { text: string }): void {
    const changed = /^(?:INSERT \d+|UPDATE|DELETE|MERGE) (\d+)/.exec(text)?.[1];
    this.#done(changed === undefined ? this.#rows.length || null : Number(changed));
  }

  handleEmptyQuery(): void {
    this.#done(null);
  }

  handlePortalSuspended(): void {}

  handleCopyInResponse(connection: ProtocolConnection): void {
    connection.sendCopyFail('No source stream defined');
  }

  handleCopyData(): void {}

  handleError(error: unknown): void {
    this.#begin();
    this.callback(error);
    this.#end(error);
  }

  handleReadyForQuery(): void {
    this.callback();
    this.#end(null);
  }

  #done(count: number | null): void {
    const result = { rows: this.#rows, count };
    this.#rows = [];
    this.#names = [];
    this.#listener.onDone(this.#index++, result);
    if (this.#index === this.#from) this.#begin();
    if (this.#index === this.#to) this.#limit();
  }
}

/** Longer texts that contain a semicolon are not parsed just to be sent faster, characters. */
const parsed = 100_000;

/**
 * Whether a text can be part of a pipeline: it is a single statement, as the extended protocol requires, and
 * does not read from the client. The grammar must be loaded (`loadParser`).
 */
export function canBePiped(sql: string): boolean {
  if (/\bcopy\b/i.test(sql) && /\bstdin\b/i.test(sql)) return false;
  const semicolon = sql.indexOf(';');
  if (semicolon < 0 || sql.slice(semicolon + 1).trim() === '') return true;
  return sql.length <= parsed && splitSync(sql)?.length === 1;
}
