import type { Backup } from '../../values/backup.ts';
import type { RunNotes } from '../../values/journal.ts';
import type { Preview, RunOptions } from '../../values/run.ts';
import { journalAllowed, type Query } from '../journal/table.ts';
import { ensureJournal, JournalWriter, reconcileJournal } from '../journal/writer.ts';
import { sqlFailure } from '../sql-failure.ts';
import type { RunContext } from './context.ts';

/**
 * The journal of a run, created if it does not exist. If it cannot be created, a warning is sent and the run
 * continues without it.
 * @param outside runs outside the transaction of the run
 * @returns null if runs are not recorded
 */
export async function openJournal(
  run: string,
  { project, table, preview, emit, options, shared }: RunContext,
  outside: Query,
  backup: Backup | undefined,
): Promise<JournalWriter | null> {
  if (!journalAllowed(project) || preview.plan.steps.length === 0) return null;
  const ledger = `${table.schema}.${table.name}`;
  try {
    if (!shared?.reconcile) await ensureJournal(outside);
    if (!shared?.reconcile || shared.reconcile.has(ledger)) await reconcileJournal(outside, ledger);
    return new JournalWriter(run, ledger, { ...preview.plan, ...notesOf(preview, options, backup) });
  } catch (error) {
    const { message } = sqlFailure(error, undefined);
    emit({
      kind: 'notice',
      code: 'no-journal',
      message: `This run is not recorded in the journal: ${message}`,
    });
    return null;
  }
}

/** What the journal stores with the plan. */
function notesOf({ request }: Preview, { tag }: RunOptions, backup: Backup | undefined): RunNotes {
  const { kind, run } = request.past ?? {};
  return {
    ...(backup && { backup }),
    ...(tag && { tag }),
    ...(kind && run && { [kind === 'undo' ? 'undoes' : 'redoes']: run }),
  };
}
