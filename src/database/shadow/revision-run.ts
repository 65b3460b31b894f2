import type { MigrationsOptions, MikroORM } from '@mikro-orm/core';
import type { Migration, MigrationStorage } from '@mikro-orm/migrations';
import { Failure, type FailureInfo } from '../../foundation/failure.ts';
import type { Previewer } from '../../preview/previewer.ts';
import type { RunQuery, Statement } from '../../preview/recording.ts';
import type { MigrationSource } from '../../project/files/migration-source.ts';
import type { Project } from '../../project/project.ts';
import { searchPath } from '../run/search-path.ts';
import type { Ask, ScratchRoles } from './roles.ts';

/** One revision run on the shadow. */
export interface ReplayStep {
  readonly revision: string;
  readonly action: 'up' | 'down';
}

/** SQLSTATEs of a missing table, column, function, type or schema. */
const missing = ['42P01', '42703', '42883', '42704', '3F000'];

const withBaseline =
  'If this object existed before the first revision, add it to the shadow with --baseline, or shadow.baseline in the settings (output of pg_dump --schema-only). Otherwise fix that revision, then try again.';

/** A revision that fails on the shadow. */
export class ReplayFailure extends Failure {
  readonly revision: string;
  readonly action: 'up' | 'down';
  /** The database's error message. */
  readonly reason: FailureInfo;
  /** The database's error, with what to do if something is missing that no revision of the history creates. */
  readonly advised: FailureInfo;

  constructor({ revision, action }: ReplayStep, reason: FailureInfo, options?: { cause: unknown }) {
    const message = `${revision} does not run${action === 'down' ? ' down' : ''} on the shadow: ${reason.message}`;
    const isMissing = missing.includes(reason.sql?.sqlState ?? '');
    const next = isMissing ? withBaseline : 'Fix that revision, then try again.';
    super({ ...reason, code: 'replay-failed', message, next }, options);
    this.revision = revision;
    this.action = action;
    this.reason = reason;
    this.advised = isMissing ? { ...reason, next } : reason;
  }
}

/**
 * SQLSTATEs of errors that depend on the server and its roles, not on the revision: connections, privileges, resources,
 * locks, cancelled statements.
 */
const ofServer = /^(08|25|28|40|42501|53|54|55|57|58|F0|XX)/;

/** Whether a failure may be gone the next time, though the files are the same: it must not be cached. */
export function mayPass(failure: FailureInfo | null): boolean {
  if (failure === null || failure.code === 'no-down') return false;
  const state = failure.sql?.sqlState;
  return state === undefined || ofServer.test(state);
}

/** After this time without a statement, a revision is considered deadlocked with itself, ms. */
const timeoutMs = 120_000;

/** The part of a driver that runs statements. */
type Execute = (sql: unknown, params?: unknown, method?: string, ctx?: unknown) => Promise<unknown>;

/** A wrapper around the statements of revisions. */
export interface Around {
  /**
   * Runs a statement.
   * @param sql null: it is not text
   * @param ctx its transaction; undefined: none
   * @param run with the transaction to use
   */
  readonly statement: (
    sql: string | null,
    ctx: unknown,
    run: (ctx: unknown) => Promise<unknown>,
  ) => Promise<unknown>;
}

/**
 * Runs revisions on one scratch database, through the user's own MigrationRunner, and logs them there. The
 * revisions' code runs in an isolated process that can only reach that database.
 */
export class RevisionRunner {
  readonly #project: Project;
  readonly #previewer: Previewer;
  readonly #orm: MikroORM;
  readonly #options: MigrationsOptions;
  readonly #schema: string | undefined;
  readonly #driver: MikroORM['driver'];
  readonly #timeoutMs: number;
  #storage: MigrationStorage | null = null;
  #statement: string | undefined;
  #lastActivity = 0;

  /**
   * @param schema in which the revisions run; null: the default
   * @param around a server with enough connections, on which statements have no time limit
   * @param roles of the scratch database
   */
  constructor(
    project: Project,
    previewer: Previewer,
    orm: MikroORM,
    schema: string | null,
    around: Around | null = null,
    roles: ScratchRoles | null = null,
  ) {
    this.#project = project;
    this.#previewer = previewer;
    this.#orm = orm;
    const driver = around ? withAround(orm.driver, around) : orm.driver;
    this.#driver = roles ? withRoles(driver, roles) : driver;
    this.#timeoutMs = around ? Number.POSITIVE_INFINITY : timeoutMs;
    this.#schema = schema ?? undefined;
    const { schema: _, ...options } = orm.config.get('migrations') as MigrationsOptions & { schema?: string };
    this.#options = options;
    const before = orm.config.get('onQuery') as (sql: string, params: readonly unknown[]) => string;
    orm.config.set('onQuery', (sql, params) => {
      this.#lastActivity = Date.now();
      this.#statement = before(sql, params);
      return this.#statement;
    });
  }

  /** The statement that was sent last. */
  get statement(): string | undefined {
    return this.#statement;
  }

  /** @throws errors of the revision or the database; Failure `no-down` | `replay-stuck` */
  async run({ revision, action }: ReplayStep, source: MigrationSource): Promise<void> {
    const { modules } = this.#project;
    const { irreversible, transactional, statements } = await this.#previewer.replay(source, action);
    if (irreversible) throw new Failure({ code: 'no-down', message: 'it has no down()' });
    const migration = this.#migration(
      transactional,
      statements ?? (run => this.#previewer.run(source, action, run)),
    );
    const runner = new modules.migrations.MigrationRunner(
      this.#driver as never,
      this.#options,
      this.#orm.config as never,
    );
    runner.setRunSchema(this.#schema);
    const storage = await this.#log();
    await this.#withDeadlockDetection(
      runner.run(migration, action, async tx => {
        if (action === 'up') await storage.logMigration({ name: revision }, tx);
        else await storage.unlogMigration({ name: revision }, tx);
      }),
    );
  }

  /** A migration with the effects of the revision, without its code. */
  #migration(
    transactional: boolean,
    work: readonly Statement[] | ((run: RunQuery) => Promise<readonly Statement[]>),
  ): Migration {
    const { migrations, core } = this.#project.modules;
    // MikroORM's runner sets the schema for the statements that code queues, but not while the code runs.
    const enter =
      typeof work === 'function'
        ? (searchPath({ schema: this.#schema ?? null, orm: this.#orm })?.enter ?? [])
        : [];
    const driver = this.#driver as unknown as {
      execute(sql: string, params: unknown, method: 'run', ctx: unknown): Promise<unknown>;
    };
    class Replayed extends migrations.Migration {
      override isTransactional(): boolean {
        return transactional;
      }

      override async up(): Promise<void> {
        const { ctx } = this as unknown as { ctx?: never };
        const run: RunQuery = async ({ sql, params }) => {
          const { rows = [], affectedRows = 0 } = (await driver.execute(
            sql,
            (params ?? []) as never,
            'run',
            ctx,
          )) as {
            rows?: object[];
            affectedRows?: number;
          };
          return { rows, affectedRows };
        };
        for (const sql of enter) await run({ sql, params: undefined });
        for (const { sql, params } of typeof work === 'function' ? await work(run) : work) {
          this.addSql(params === undefined ? sql : core.raw(sql, params as never));
        }
      }

      override down(): Promise<void> {
        return this.up();
      }
    }
    return new Replayed(driver as never, this.#orm.config as never);
  }

  async #log(): Promise<MigrationStorage> {
    if (!this.#storage) {
      const { MigrationStorage } = this.#project.modules.migrations;
      this.#storage = new MigrationStorage(this.#orm.driver as never, this.#options);
      this.#storage.setRunSchema(this.#schema);
      await this.#storage.ensureTable();
    }
    return this.#storage;
  }

  /** PGlite has one connection: code that opens a second transaction inside its own would wait forever. */
  async #withDeadlockDetection(work: Promise<void>): Promise<void> {
    this.#lastActivity = Date.now();
    let timer: NodeJS.Timeout | undefined;
    const stuck = new Promise<never>((_, reject) => {
      timer = setInterval(() => {
        if (Date.now() - this.#lastActivity < this.#timeoutMs) return;
        reject(
          new Failure({
            code: 'replay-stuck',
            message: 'it waits for something that the shadow does not have, such as a second connection',
          }),
        );
      }, 1_000);
    });
    try {
      await Promise.race([work, stuck]);
    } finally {
      clearInterval(timer);
    }
  }
}

/** The same driver with a wrapper around each statement. */
function withAround(driver: MikroORM['driver'], around: Around): MikroORM['driver'] {
  return withExecute(
    driver,
    run =>
      (sql, params, method = 'all', ctx = undefined) =>
        around.statement(typeof sql === 'string' ? sql : null, ctx, inside =>
          run(sql, params, method, inside),
        ),
  );
}

/** The same driver; the roles that a statement needs are created first. */
function withRoles(driver: MikroORM['driver'], roles: ScratchRoles): MikroORM['driver'] {
  return withExecute(driver, run => async (sql, params, method = 'all', ctx = undefined) => {
    if (typeof sql !== 'string') return run(sql, params, method, ctx);
    const ask: Ask = text => run(text, [], 'all', ctx) as Promise<object[]>;
    const prepared = await roles.prepare(sql, ask);
    return prepared === '' ? run('select', [], method, ctx) : run(prepared, params, method, ctx);
  });
}

function withExecute(driver: MikroORM['driver'], change: (run: Execute) => Execute): MikroORM['driver'] {
  const execute = change((...args) => (driver as unknown as { execute: Execute }).execute(...args));
  return new Proxy(driver, {
    get(target, name) {
      if (name === 'execute') return execute;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
