import type { Project } from '../project/project.ts';
import type { Settlement } from '../values/journal.ts';
import type { Connection } from './connection.ts';
import { ledgerName } from './journal/reader.ts';
import { journalAllowed, journalState } from './journal/table.ts';
import { JournalWriter } from './journal/writer.ts';
import { type LedgerTable, readLedger } from './ledger.ts';
import { acquireGuard, lockKeys } from './lock.ts';
import { clearMark } from './marks.ts';
import { takesNoWrites } from './read-only.ts';
import type { Heard } from './run/observed.ts';
import { beginWork } from './run/work.ts';
import { openSide, queryOn, type Side } from './side.ts';
import { sqlFailure } from './sql-failure.ts';
import { nothingToSettle, readUnsettled } from './unsettled.ts';

/** How long a settlement waits for a run that is going on, ms. */
const patience = 5_000;

/**
 * Writes down what a person found out about a revision that stopped half-way: the log row stands exactly when it is
 * applied, and the revision is no longer named. Runs nothing of the revision itself.
 * @param checksum of the revision's file now, where there is one
 * @param hear is told the statements that change something
 * @throws Failure `nothing-to-settle` | `run-in-progress` | `database-read-only`, or what PostgreSQL refused
 */
export async function settle(
  project: Project,
  connection: Connection,
  table: LedgerTable,
  revision: string,
  as: Settlement,
  checksum: string | null,
  hear?: (statement: Heard) => void,
): Promise<void> {
  const outside = queryOn(connection.orm);
  const unsettled = await readUnsettled(outside, table);
  if (!unsettled.some(one => one.revision === revision)) throw nothingToSettle(revision, unsettled);
  if ((await readLedger(connection, table)).readOnly) throw takesNoWrites();
  const run = crypto.randomUUID();
  const { secrets } = connection.address;
  let side: Side | null = null;
  try {
    side = await openSide(project);
    const guard =
      side &&
      (await acquireGuard(side, {
        run,
        keys: lockKeys(table),
        wait: patience,
        signal: new AbortController().signal,
        secrets,
        onWaiting: () => {},
        onLost: () => {},
      }));
    try {
      await write(project, connection, table, revision, as, checksum, run, hear);
    } finally {
      await guard?.release();
    }
  } catch (error) {
    throw sqlFailure(error, undefined, secrets);
  } finally {
    await side?.close();
  }
}

async function write(
  project: Project,
  connection: Connection,
  table: LedgerTable,
  revision: string,
  as: Settlement,
  checksum: string | null,
  run: string,
  hear?: (statement: Heard) => void,
): Promise<void> {
  const work = await beginWork(project, hear);
  const { query } = work.connection;
  try {
    await work.storage.ensureTable();
    const [row] = await query<{ logged: boolean }>(
      `select exists (select from ${table.sql} where regexp_replace(name, '\\.[jt]s$', '') = $1) as logged`,
      [revision],
    );
    if (as === 'applied' && !row?.logged) await work.storage.logMigration({ name: revision });
    if (as === 'not-applied' && row?.logged) await work.storage.unlogMigration({ name: revision });
    await clearMark(query, table, revision);
    if (journalAllowed(project) && (await journalState(query)) === 'present') {
      const action = as === 'applied' ? 'log' : 'unlog';
      const plan = { steps: [{ revision, action }], tips: [] } as const;
      const journal = new JournalWriter(run, ledgerName(table), plan, connection.address.secrets);
      await journal.settled(query, { index: 0, revision, action, Class: null, checksum });
    }
    await work.commit();
  } catch (error) {
    await work.rollback().catch(() => {});
    throw error;
  }
}
