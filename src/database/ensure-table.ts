import { readLedger } from './ledger.ts';
import { type RevisionChange, underLock } from './resolve-revision.ts';
import { beginWork } from './run/work.ts';

/**
 * Creates the migrations table if it does not exist, as MikroORM does before its first migration.
 * @returns whether it was created
 * @throws Failure `run-in-progress` | `database-read-only`, or what PostgreSQL refused
 */
export async function ensureTable(request: Omit<RevisionChange, 'revision' | 'checksum'>): Promise<boolean> {
  const { project, connection, table, onStatement } = request;
  if ((await readLedger(connection, table)).table !== 'absent') return false;
  await underLock(request, async () => {
    const work = await beginWork(project, onStatement);
    try {
      await work.storage.ensureTable();
      await work.commit();
    } catch (error) {
      await work.rollback().catch(() => {});
      throw error;
    }
  });
  return true;
}
