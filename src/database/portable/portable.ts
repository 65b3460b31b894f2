import type { DatabaseKind } from '../../values/database-kind.ts';
import type { Dialect } from '../dialect.ts';
import { connect } from './connection.ts';
import { fingerprint, readLedger, tableOf } from './ledger.ts';
import { productOf, unavailableOn } from './products.ts';

/**
 * A database other than PostgreSQL: the features that every SQL driver of MikroORM supports, through MikroORM
 * only.
 */
export function portable(kind: DatabaseKind): Dialect {
  const product = productOf(kind);
  return {
    rollsBackSchema: product.rollsBackSchema,
    makesDatabase: () => product.lock === 'file',
    unavailable: unavailableOn(kind),
    connect,
    table: tableOf,
    readLedger: (connection, table) => readLedger(product, connection, table),
    fingerprint: (connection, table) => fingerprint(product, connection, table),
    startRun: async context => (await import('./run.ts')).startRun(context, kind),
    ensureTable: async request => (await import('./ensure-table.ts')).ensureTable(request, kind),
  };
}
