import type { Configuration, MikroORM, Transaction } from '@mikro-orm/core';
import type { Migration, MigrationRunner, MigrationStorage } from '@mikro-orm/migrations';
import type { AbstractSqlDriver } from '@mikro-orm/sql';
import type { MigrationClass } from '../../project/files/migration-source.ts';
import type { Project } from '../../project/project.ts';
import { ledgerTable } from '../ledger.ts';
import { clientOf, holdConnection } from './kysely.ts';
import { type ExecutedStatement, ObservedConnection, type Piped } from './observed.ts';
import { pinnedDialect } from './pinned-dialect.ts';
import type { PipedResult } from './pipeline.ts';

/** One connection with MikroORM's own runner and storage: a batch runs on it. */
export interface Work {
  readonly connection: ObservedConnection;
  readonly runner: MigrationRunner;
  readonly storage: MigrationStorage;
  /** A migration instance on this connection, created like in the stock migrator. */
  instance(Class: MigrationClass): Migration;
  /** A statement as MikroORM sends it: without placeholders, and after the config's `onQuery`. */
  format(sql: string): string;
  /**
   * Receives the statements that a migration has queued before the runner sends them; true: they have been
   * run. Not called if one of them is not text, or if MikroORM logs queries.
   */
  queued: ((statements: readonly string[]) => Promise<boolean>) | null;
  /** Inside a batch's transaction: the transaction itself. Otherwise: a new one. */
  transactional(use: (tx: Transaction) => Promise<void>): Promise<void>;
}

/** A batch's transaction that is ended explicitly. */
export interface TransactionalWork extends Work {
  /** The answers to the first statements of the transaction. */
  readonly opened: readonly PipedResult[];
  /** How long they took, ms. */
  readonly roundTrip: number;
  /** @param last run before the commit, and sent together with it @returns their answers */
  commit(last?: readonly Piped[]): Promise<readonly PipedResult[]>;
  rollback(): Promise<void>;
}

/**
 * Begins a transaction on a connection of the pool.
 * @param onStatement receives the statements that change something
 * @param opening its first statements, sent together with BEGIN
 */
export async function beginWork(
  project: Project,
  onStatement?: (statement: ExecutedStatement) => void,
  opening: readonly Piped[] = [],
): Promise<TransactionalWork> {
  const orm = await project.full();
  // The project may use a different database from the config of its entities.
  const client = clientOf(project.orm);
  const { raw, release } = await holdConnection(project.orm);
  const connection = new ObservedConnection(raw, onStatement);
  try {
    // With the default isolation of the server or the role, rows that the journal commits in the meantime
    // could not be changed.
    const sent = performance.now();
    const [, ...opened] = await connection.pipeline([
      { sql: 'start transaction isolation level read committed' },
      ...opening,
    ]);
    const roundTrip = performance.now() - sent;
    const driver = await pinnedDriver(orm, pinnedDialect(client, connection, true));
    const tx = await driver.getConnection().begin();
    const parts = servicesOf(project, driver, orm.config);
    parts.runner.setMasterMigration(tx);
    parts.storage.setMasterMigration(tx);
    return Object.assign(parts, {
      connection,
      opened,
      roundTrip,
      transactional: (use: (tx: Transaction) => Promise<void>) => use(tx),
      async commit(last: readonly Piped[] = []) {
        const answers = await connection.pipeline([...last, { sql: 'commit' }]);
        release();
        return answers;
      },
      async rollback() {
        try {
          await connection.query('rollback');
        } finally {
          release();
        }
      },
    });
  } catch (error) {
    await connection.query('rollback').catch(() => {});
    release();
    throw error;
  }
}

/** Holds a connection of the pool, outside any transaction, while `use` runs. */
export async function withWork<T>(
  project: Project,
  onStatement: ((statement: ExecutedStatement) => void) | undefined,
  use: (work: Work) => Promise<T>,
): Promise<T> {
  const orm = await project.full();
  // The project may use a different database from the config of its entities.
  const client = clientOf(project.orm);
  const { raw, release } = await holdConnection(project.orm);
  try {
    const connection = new ObservedConnection(raw, onStatement);
    const driver = await pinnedDriver(orm, pinnedDialect(client, connection, false));
    return await use({
      ...servicesOf(project, driver, orm.config),
      connection,
      transactional: async work => {
        await driver.getConnection().transactional(work);
      },
    });
  } finally {
    release();
  }
}

/** A second driver next to the ORM's own: same class, same entities, but restricted to one connection. */
async function pinnedDriver(orm: MikroORM, dialect: object): Promise<AbstractSqlDriver> {
  const Driver = orm.driver.constructor as new (config: Configuration) => AbstractSqlDriver;
  const driver = new Driver(orm.config);
  const inside = driver as unknown as {
    platform: object;
    replicas: object[];
    connection: { options: { driverOptions: object } };
  };
  inside.platform = orm.driver.getPlatform();
  inside.replicas = [];
  inside.connection.options.driverOptions = () => dialect;
  driver.setMetadata(orm.getMetadata());
  await driver.connect({ skipOnConnect: true });
  return driver;
}

function servicesOf(project: Project, driver: AbstractSqlDriver, config: Configuration) {
  const { MigrationRunner, MigrationStorage } = project.modules.migrations;
  const { options } = project;
  const runner = withoutSavepoint(driver, () => new MigrationRunner(driver, options, config));
  const storage = new MigrationStorage(driver, options);
  const { schema } = options as { schema?: string };
  runner.setRunSchema(schema);
  // Without a schema, the table is created and searched for with search_path.
  storage.setRunSchema(schema ?? ledgerTable(project).schema);
  const services: Omit<Work, 'connection' | 'transactional'> = {
    runner,
    storage,
    queued: null,
    format: sql => (driver.getConnection() as unknown as Prepares).prepareQuery(sql, []).formatted,
    instance: (Class: MigrationClass) => new Class(driver as never, config as never),
  };
  offerQueued(runner, config, services);
  return services;
}

interface Prepares {
  prepareQuery(query: string, params: unknown[]): { formatted: string };
}

/** The runner asks for the queued statements and sends them; those that were already run are removed here. */
function offerQueued(
  runner: MigrationRunner,
  config: Configuration,
  services: Pick<Work, 'queued' | 'format'>,
): void {
  interface Inside {
    getQueries?(migration: Migration, method: 'up' | 'down'): Promise<readonly unknown[]>;
  }
  const inside = runner as unknown as Inside;
  const own = inside.getQueries;
  // Another version of MikroORM: it sends them itself.
  if (typeof own !== 'function') return;
  inside.getQueries = async (migration, method) => {
    const queries = await own.call(runner, migration, method);
    const { queued } = services;
    if (!queued || config.getLogger().isEnabled('query')) return queries;
    if (!queries.every(query => typeof query === 'string')) return queries;
    const run = await queued(queries.map(services.format));
    return run ? [] : queries;
  };
}

/**
 * MikroORM's runner puts each migration of a larger transaction into a savepoint. There is none here: a
 * failure rolls the whole batch back anyway, and PostgreSQL has restrictions inside a savepoint, such as a
 * new value of an enum whose type was created in the same transaction.
 */
function withoutSavepoint<T>(driver: AbstractSqlDriver, make: () => T): T {
  const connection = driver.getConnection();
  type Transactional = (
    use: (tx: Transaction) => Promise<unknown>,
    options?: { ctx?: Transaction },
  ) => Promise<unknown>;
  const transactional: Transactional = (use, options = {}) =>
    options.ctx ? use(options.ctx) : connection.transactional(use, options);
  const seen = Object.create(connection, { transactional: { value: transactional } }) as typeof connection;
  // The runner keeps the connection that its driver has when it is created, and uses it for nothing else.
  Object.defineProperty(driver, 'getConnection', { configurable: true, value: () => seen });
  try {
    return make();
  } finally {
    Reflect.deleteProperty(driver, 'getConnection');
  }
}
