import type { DatabaseKind } from '../../values/database-kind.ts';
import type { SettleRequest } from '../settle.ts';
import { readLedger } from './ledger.ts';
import { lockRuns } from './lock.ts';
import { productOf } from './products.ts';
import { openWork } from './work.ts';

/**
 * Makes the migrations table where it is not there yet, as MikroORM would before its first migration.
 * @returns whether it was made
 * @throws Failure `run-in-progress`
 */
export async function ensureTable(
  { project, connection, table }: Omit<SettleRequest, 'revision' | 'checksum'>,
  kind: DatabaseKind,
): Promise<boolean> {
  if ((await readLedger(productOf(kind), connection, table)).table !== 'absent') return false;
  const release = await lockRuns(project, table, { limit: 0 });
  try {
    await (await openWork(project)).storage.ensureTable();
  } finally {
    await release();
  }
  return true;
}
