import type { MikroORM, Transaction } from '@mikro-orm/core';
import type { Migration, MigrationRunner, MigrationStorage } from '@mikro-orm/migrations';
import type { AbstractSqlDriver } from '@mikro-orm/sql';
import type { MigrationClass } from '../../project/files/migration-source.ts';
import type { Project } from '../../project/project.ts';

/** Receives the statements of a migration. */
export interface Observer {
  /** Throws if the run must stop. */
  sent(sql: string): void;
  done(ms: number, rows: number | null): void;
  failed(sql: string): void;
}

/** MikroORM's own runner and storage, with their statements reported. */
export interface Work {
  readonly runner: MigrationRunner;
  readonly storage: MigrationStorage;
  /** Receives each statement that a migration runs; null: none. */
  observer: Observer | null;
  instance(Class: MigrationClass): Migration;
  begin(): Promise<Transaction>;
  commit(tx: Transaction): Promise<void>;
  rollback(tx: Transaction): Promise<void>;
}

/** Runs migrations on any SQL database, like the stock migrator. */
export async function openWork(project: Project): Promise<Work> {
  const orm = await project.full();
  const { MigrationRunner, MigrationStorage } = project.modules.migrations;
  const driver = orm.driver as unknown as AbstractSqlDriver;
  const connection = driver.getConnection();
  const work: Work = {
    observer: null,
    storage: new MigrationStorage(driver, project.options),
    runner: new MigrationRunner(
      observed(driver, orm, () => work.observer),
      project.options,
      orm.config,
    ),
    instance: Class => new Class(observed(driver, orm, () => work.observer) as never, orm.config as never),
    begin: () => connection.begin(),
    commit: tx => connection.commit(tx),
    rollback: tx => connection.rollback(tx),
  };
  return work;
}

/** The driver with its `execute` observed; everything else is unchanged. */
function observed(
  driver: AbstractSqlDriver,
  orm: MikroORM,
  observer: () => Observer | null,
): AbstractSqlDriver {
  const execute = async (...args: Parameters<AbstractSqlDriver['execute']>): Promise<unknown> => {
    const listening = observer();
    if (!listening) return driver.execute(...args);
    const [query, params] = args;
    const sql = (orm.em.getConnection() as unknown as Prepares).prepareQuery(query, params ?? []).formatted;
    listening.sent(sql);
    const began = performance.now();
    try {
      const rows: unknown = await driver.execute(...args);
      listening.done(performance.now() - began, Array.isArray(rows) && rows.length > 0 ? rows.length : null);
      return rows;
    } catch (error) {
      listening.failed(sql);
      throw error;
    }
  };
  return new Proxy(driver, {
    get(target, key) {
      if (key === 'execute') return execute;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

interface Prepares {
  prepareQuery(query: unknown, params: unknown): { formatted: string };
}
