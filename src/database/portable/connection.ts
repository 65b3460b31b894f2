import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { MikroORM } from '@mikro-orm/core';
import type { AbstractSqlConnection } from '@mikro-orm/sql';
import { redact } from '../../foundation/secrets/redactor.ts';
import type { Project } from '../../project/project.ts';
import { type Address, addressOf } from '../connect/address.ts';
import type { Connection } from '../connect/connection.ts';
import { type Refusal, refusalOf } from '../connect/refusal.ts';
import { databaseFile, isAbsent } from './address.ts';
import { productOf } from './products.ts';

/** Connects to a database other than PostgreSQL; only a run creates a missing file. */
export async function connect(project: Project, { create = false } = {}): Promise<Connection | Refusal> {
  const { orm } = project;
  const address = addressOf(project);
  if (isAbsent(project)) {
    if (!create) {
      return {
        state: 'missing',
        failure: {
          code: 'database-missing',
          message: `There is no database file ${address.label} yet.`,
          next: 'The first upgrade creates it.',
        },
      };
    }
    mkdirSync(dirname(databaseFile(project) as string), { recursive: true });
  }
  try {
    await orm.connect();
    const query = queryOn(orm);
    await query(productOf(project.kind).session || 'select 1 as one');
    return { orm, address, query, close: () => orm.close(true) };
  } catch (error) {
    await orm.close(true).catch(() => {});
    return refused(error, address);
  }
}

/** Runs queries with `?` for parameters, outside transactions. */
export function queryOn(orm: MikroORM): Connection['query'] {
  const connection = orm.em.getConnection() as unknown as AbstractSqlConnection;
  return async (sql, params = []) => (await connection.execute(sql, [...params], 'all')) as never;
}

/** The drivers' error codes for a refused connection. */
const refusals: Readonly<Record<string, readonly [state: Refusal['state'], next: string]>> = {
  ER_BAD_DB_ERROR: ['missing', 'Create it (create database …), or check dbName in the MikroORM config.'],
  ER_ACCESS_DENIED_ERROR: ['refused', 'Check user and password in the MikroORM config or its environment.'],
  ER_DBACCESS_DENIED_ERROR: ['refused', 'Grant it, or use another user in the MikroORM config.'],
  ER_CON_COUNT_ERROR: ['refused', 'Try again when the server has a free connection.'],
};

function refused(error: unknown, address: Address): Refusal {
  const { code = '', message } = error as { code?: string; message: string };
  const known = refusals[code];
  if (!known) return refusalOf(error, address);
  const [state, next] = known;
  return {
    state,
    failure: {
      code: state === 'missing' ? 'database-missing' : 'database-refused',
      message: `${address.label}: ${redact(message.split('\n')[0] ?? code)}`,
      next,
    },
  };
}
