import type { Configuration, MikroORM, Transaction } from '@mikro-orm/core';
import type { Migration, MigrationRunner, MigrationStorage } from '@mikro-orm/migrations';
import type { AbstractSqlDriver } from '@mikro-orm/sql';
import type { MigrationClass } from '../../project/classes.ts';
import type { Project } from '../../project/project.ts';
import { ledgerTable } from '../ledger.ts';
import { clientOf, holdConnection } from './kysely.ts';
import { type Heard, ObservedConnection, pinnedDialect } from './observed.ts';

/** One connection with MikroORM's own runner and storage on it: where a batch takes place. */
export interface Work {
  readonly connection: ObservedConnection;
  readonly runner: MigrationRunner;
  readonly storage: MigrationStorage;
  /** A migration as the stock migrator makes it, on this connection. */
  instance(Class: MigrationClass): Migration;
  /** Inside a batch's transaction: the transaction itself. Else: one of its own. */
  transactional(use: (tx: Transaction) => Promise<void>): Promise<void>;
}

/** A batch's transaction that is ended by hand. */
export interface TransactionalWork extends Work {
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/**
 * Begins a transaction on a connection of the pool.
 * @param hear is told the statements that change something
 */
export async function beginWork(
  project: Project,
  hear?: (statement: Heard) => void,
): Promise<TransactionalWork> {
  const orm = await project.full();
  const client = clientOf(orm);
  const { raw, release } = await holdConnection(orm);
  const connection = new ObservedConnection(raw, hear);
  try {
    // with the isolation of the server or the role, rows that the journal commits meanwhile could not be changed
    await connection.query('start transaction isolation level read committed');
    const driver = await pinnedDriver(orm, pinnedDialect(client, connection, true));
    const tx = await driver.getConnection().begin();
    const parts = servicesOf(project, driver, orm.config);
    parts.runner.setMasterMigration(tx);
    parts.storage.setMasterMigration(tx);
    return {
      ...parts,
      connection,
      transactional: use => use(tx),
      async commit() {
        await connection.query('commit');
        release();
      },
      async rollback() {
        try {
          await connection.query('rollback');
        } finally {
          release();
        }
      },
    };
  } catch (error) {
    await connection.query('rollback').catch(() => {});
    release();
    throw error;
  }
}

/** Holds a connection of the pool, outside any transaction, for as long as `use` takes. */
export async function withWork<T>(
  project: Project,
  hear: ((statement: Heard) => void) | undefined,
  use: (work: Work) => Promise<T>,
): Promise<T> {
  const orm = await project.full();
  const client = clientOf(orm);
  const { raw, release } = await holdConnection(orm);
  try {
    const connection = new ObservedConnection(raw, hear);
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

/** A second driver beside the ORM's own: same class, same entities, but on one connection only. */
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
  // without a schema of its own the table is made, and looked for, where search_path leads
  storage.setRunSchema(schema ?? ledgerTable(project).schema);
  return {
    runner,
    storage,
    instance: (Class: MigrationClass) => new Class(driver as never, config as never),
  };
}

/**
 * MikroORM's runner puts each migration of a larger transaction into a savepoint. There is none here: what fails takes
 * the whole batch back anyway, and PostgreSQL allows less inside one, such as a new value of an enum whose type the same
 * transaction made.
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
  // the runner keeps the connection that its driver has when it is made, and asks it for nothing else
  Object.defineProperty(driver, 'getConnection', { configurable: true, value: () => seen });
  try {
    return make();
  } finally {
    Reflect.deleteProperty(driver, 'getConnection');
  }
}
