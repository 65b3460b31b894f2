import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { MikroORM } from '@mikro-orm/core';
import { makeFolder } from '../../foundation/make-folder.ts';
import { redactor } from '../../foundation/secrets/redactor.ts';
import { isEmbedded, type Project } from '../../project/project.ts';
import { findLedgerSchema, ledgerTable } from '../ledger.ts';
import { type Address, addressOf } from './address.ts';
import { failOnCrash } from './embedded-crash.ts';
import { queryOn } from './monitor.ts';
import { type Refusal, refusalOf } from './refusal.ts';

/** A connected database. */
export interface Connection {
  readonly orm: MikroORM;
  readonly address: Address;
  /** Runs a statement outside any transaction and returns its rows. Parameters are `$1`, `$2`, … */
  query<Row extends object>(sql: string, params?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

/**
 * Connects without creating anything: a missing database is reported, not created.
 * @param create create a missing embedded folder (runs do, reads do not)
 */
export async function connect(project: Project, { create = false } = {}): Promise<Connection | Refusal> {
  const { orm } = project;
  const address = addressOf(project);
  if (address.folder && !existsSync(resolve(address.folder, 'PG_VERSION')) && !create) {
    return {
      state: 'missing',
      failure: {
        code: 'database-missing',
        message: `No database in ${address.label.replace('embedded ', '')} yet.`,
        next: 'The first upgrade creates it.',
      },
    };
  }
  let release = (): void => {};
  try {
    if (address.folder) {
      // SQLite is loaded only for embedded databases.
      const { lockEmbedded } = await import('./embedded-lock.ts');
      makeFolder(address.folder);
      release = lockEmbedded(address.folder);
    }
    await orm.connect();
    await prepareClient(orm);
    const connection: Connection = {
      orm,
      address,
      query: queryOn(orm),
      async close() {
        await orm.close(true);
        release();
      },
    };
    project.ledgerSchema = await findLedgerSchema(connection.query, ledgerTable(project));
    return connection;
  } catch (error) {
    release();
    await orm.close(true).catch(() => {});
    return refusalOf(error, address);
  }
}

/** The driver may find a password by itself; it is known after a client has used it. PGlite has none, but may crash. */
async function prepareClient(orm: MikroORM): Promise<void> {
  interface Client {
    readonly password?: unknown;
    readonly user?: string;
    readonly database?: string;
  }
  interface Pool {
    on?(event: 'connect', listener: (client: Client) => void): void;
  }
  const driver = orm.em.getConnection() as unknown as { getNativeClient?(): Promise<Pool> };
  // A client from the config has no pool.
  const pool = await driver.getNativeClient?.().catch(() => null);
  if (isEmbedded(orm)) failOnCrash(pool);
  pool?.on?.('connect', ({ password, user, database }) => redactor.learn(password, [user, database]));
}

/** Distinguishes a refusal from a connection. */
export function isRefusal(value: Connection | Refusal): value is Refusal {
  return 'state' in value;
}
