import { isRefusal } from '../database/connect/connection.ts';
import { queryOn } from '../database/connect/monitor.ts';
import { readInterrupted } from '../database/interrupted.ts';
import { editedRevisions } from '../database/journal/reader.ts';
import { journalStatus } from '../database/journal/table.ts';
import { fileChecksums } from '../project/files/sources.ts';
import type { InterruptedRevision, JournalStatus } from './api.ts';
import { notOn } from './available.ts';
import type { Session, State } from './session.ts';

/** What migtui itself stores in a database. */
export interface Bookkeeping {
  readonly journal: JournalStatus;
  /** Applied revisions whose file has changed since they were applied. */
  readonly edited: readonly string[];
  /** Revisions without a transaction that were interrupted. */
  readonly unsettled: readonly InterruptedRevision[];
}

const nothing: Bookkeeping = { journal: { state: 'unknown', hint: null }, edited: [], unsettled: [] };

/** Reads it, writing nothing. */
export async function bookkeeping({ project, dialect, table }: Session, state: State): Promise<Bookkeeping> {
  const { database, applied, sources } = state;
  if (isRefusal(database)) return nothing;
  const without = dialect.unavailable.find(({ feature }) => feature === 'journal');
  if (without) return { ...nothing, journal: { state: 'off', hint: notOn(project.kind, without) } };
  const query = queryOn(database.orm);
  const checksums = fileChecksums(sources.migrations);
  return {
    journal: await journalStatus(project, query),
    edited: await editedRevisions(query, table, applied, checksums),
    unsettled: await readInterrupted(query, table),
  };
}
