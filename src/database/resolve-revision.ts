import type { Project } from '../project/project.ts';
import type { Connection } from './connect/connection.ts';
import { type Monitor, openMonitor, queryOn } from './connect/monitor.ts';
import { takesNoWrites } from './connect/read-only.ts';
import { nothingToResolve, readInterrupted } from './interrupted.ts';
import { ledgerName } from './journal/reader.ts';
import { journalAllowed, journalState } from './journal/table.ts';
import { JournalWriter } from './journal/writer.ts';
import { type LedgerTable, readLedger } from './ledger.ts';
import { acquireGuard, lockKeys } from './lock.ts';
import { clearMark } from './marks.ts';
import { committed } from './run/ending.ts';
import type { ExecutedStatement } from './run/observed.ts';
import { untilEnded } from './run/still-running.ts';
import { beginWork } from './run/work.ts';
import { sqlFailure } from './sql-failure.ts';

/** How long resolving a revision waits for a run in progress, ms. */
const lockWaitMs = 5_000;

/** The revision to resolve. */
export interface RevisionChange {
  readonly project: Project;
  readonly connection: Connection;
  readonly table: LedgerTable;
  readonly revision: string;
  /** Of the revision's current file, if there is one. */
  readonly checksum: string | null;
  /** Receives the statements that change something. */
  readonly onStatement?: ((statement: ExecutedStatement) => void) | undefined;
}

/**
 * Records the user's decision about an interrupted revision: its log row exists if and only if it is
 * applied, and it is no longer reported. Runs nothing of the revision itself.
 * @throws Failure `nothing-to-settle` | `run-in-progress` | `database-read-only`, or what PostgreSQL refused
 */
export async function resolveRevision(request: RevisionChange, as: 'applied' | 'not-applied'): Promise<void> {
  const { connection, table, revision } = request;
  const interrupted = await readInterrupted(queryOn(connection.orm), table);
  if (!interrupted.some(one => one.revision === revision)) throw nothingToResolve(revision, interrupted);
  await underLock(request, async (run, monitor) => {
    if (monitor?.server.pooled) {
      await untilEnded(request.project, monitor, revision, {
        wait: lockWaitMs,
        signal: new AbortController().signal,
        onWaiting: () => {},
      });
    }
    await write(request, as, run);
  });
}

/**
 * Runs a callback while no run is in progress. @throws Failure `run-in-progress` | `database-read-only`, or
 * PostgreSQL's own
 */
export async function underLock(
  { project, connection, table }: Pick<RevisionChange, 'project' | 'connection' | 'table'>,
  work: (run: string, monitor: Monitor | null) => Promise<void>,
): Promise<void> {
  if ((await readLedger(connection, table)).readOnly) throw takesNoWrites();
  const run = crypto.randomUUID();
  let monitor: Monitor | null = null;
  try {
    monitor = await openMonitor(project);
    const guard =
      monitor &&
      (await acquireGuard(monitor, {
        run,
        keys: lockKeys(table),
        wait: lockWaitMs,
        signal: new AbortController().signal,
        onWaiting: () => {},
        onLost: () => {},
      }));
    try {
      await work(run, monitor);
    } finally {
      await guard?.release();
    }
  } catch (error) {
    throw sqlFailure(error, undefined);
  } finally {
    await monitor?.close();
  }
}

async function write(
  { project, table, revision, checksum, onStatement }: RevisionChange,
  as: 'applied' | 'not-applied',
  run: string,
): Promise<void> {
  const work = await beginWork(project, onStatement);
  const { query } = work.connection;
  try {
    await work.storage.ensureTable();
    const [row] = await query<{ logged: boolean }>(
      `select exists (select from ${table.sql} where regexp_replace(name, '[.][jt]s$', '') = $1) as logged`,
      [revision],
    );
    if (as === 'applied' && !row?.logged) await work.storage.logMigration({ name: revision });
    if (as === 'not-applied' && row?.logged) await work.storage.unlogMigration({ name: revision });
    await clearMark(query, table, revision);
    if (journalAllowed(project) && (await journalState(query)) === 'present') {
      const action = as === 'applied' ? 'log' : 'unlog';
      const plan = { steps: [{ revision, action }], tips: [] } as const;
      const journal = new JournalWriter(run, ledgerName(table), plan);
      await journal.resolved(query, { index: 0, revision, action, Class: null, checksum });
    }
    await committed(work.commit());
  } catch (error) {
    await work.rollback().catch(() => {});
    throw error;
  }
}
