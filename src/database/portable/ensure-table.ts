import type { DatabaseKind } from '../../values/database-kind.ts';
import type { RevisionChange } from '../resolve-revision.ts';
import { readLedger } from './ledger.ts';
import { lockRuns } from './lock.ts';
import { productOf } from './products.ts';
import { openWork } from './work.ts';

/**
 * Creates the migrations table if it does not exist, as MikroORM does before its first migration.
 * @returns whether it was created
 * @throws Failure `run-in-progress`
 */
export async function ensureTable(
  { project, connection, table }: Omit<RevisionChange, 'revision' | 'checksum'>,
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
