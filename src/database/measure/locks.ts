import { type LockMode, lockModes as order } from '../../values/findings.ts';
import type { Ask, Tables } from './tables.ts';

/** PostgreSQL's lock modes by their names in pg_locks. */
export const lockModes: Readonly<Record<string, LockMode>> = {
  AccessShareLock: 'ACCESS SHARE',
  RowShareLock: 'ROW SHARE',
  RowExclusiveLock: 'ROW EXCLUSIVE',
  ShareUpdateExclusiveLock: 'SHARE UPDATE EXCLUSIVE',
  ShareLock: 'SHARE',
  ShareRowExclusiveLock: 'SHARE ROW EXCLUSIVE',
  ExclusiveLock: 'EXCLUSIVE',
  AccessExclusiveLock: 'ACCESS EXCLUSIVE',
};

/** Whether one mode is stronger than another. */
export const isStronger = (one: LockMode, other: LockMode): boolean =>
  order.indexOf(one) > order.indexOf(other);

/** A lock that is held at one moment. */
export interface Held {
  readonly oid: string;
  readonly mode: LockMode;
}

interface Row {
  readonly oid: string;
  readonly mode: string;
}

/** The table locks held by the current transaction, from all its statements so far. */
export async function ownLocks(ask: Ask, tables: Tables): Promise<Held[]> {
  return heldOf(await ask<Row>(`${select} and l.pid = pg_backend_pid()`), tables);
}

/** The table locks held by other sessions in this database, except maintenance. */
export async function othersLocks(ask: Ask, tables: Tables): Promise<Held[]> {
  const others = `l.pid in (select pid from pg_stat_activity
    where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid())`;
  return heldOf(await ask<Row>(`${select} and ${others}`), tables);
}

const select = `select l.relation::text as oid, l.mode from pg_locks l
  where l.locktype = 'relation' and l.granted
    and l.database = (select oid from pg_database where datname = current_database())`;

/** The strongest lock on each table. A dropped table is locked, but no longer in the catalog. */
function heldOf(rows: readonly Row[], tables: Tables): Held[] {
  const strongest = new Map<string, LockMode>();
  for (const { oid, mode: name } of rows) {
    const mode = lockModes[name];
    if (mode === undefined || !tables.has(oid)) continue;
    const before = strongest.get(oid);
    if (before === undefined || isStronger(mode, before)) strongest.set(oid, mode);
  }
  return [...strongest].map(([oid, mode]) => ({ oid, mode }));
}
