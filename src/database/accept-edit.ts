import { Failure } from '../foundation/failure.ts';
import { fileChecksums } from '../project/files/sources.ts';
import { queryOn } from './connect/monitor.ts';
import { editedRevisions, ledgerName } from './journal/reader.ts';
import { journalTable } from './journal/table.ts';
import { JournalWriter } from './journal/writer.ts';
import { readLedger } from './ledger.ts';
import { type RevisionChange, underLock } from './resolve-revision.ts';
import { reportingQuery } from './run/observed.ts';

/**
 * Accepts the file of an applied revision although it was edited after it was applied: the journal records
 * its new checksum, the old one, who accepted it and when. Nothing else is written. Only the journal knows
 * the checksum of the applied file, so without a journal there is nothing to accept.
 * @throws Failure `nothing-to-accept` | `run-in-progress` | `database-read-only`, or what PostgreSQL refused
 */
export async function acceptEdit(request: RevisionChange): Promise<void> {
  const { project, connection, table, revision, checksum, onStatement } = request;
  const query = queryOn(connection.orm);
  const { applied } = await readLedger(connection, table);
  const files = fileChecksums(project.sources().migrations);
  const edited = await editedRevisions(query, table, applied, files);
  if (checksum === null || !edited.includes(revision)) {
    throw new Failure({
      code: 'nothing-to-accept',
      message: `${revision} has no recorded edit. Nothing was written.`,
      next: '"migtui check --only edited" lists edited revisions. Without the journal, edits are not noticed.',
    });
  }
  await underLock(request, async run => {
    const ask = reportingQuery(query, onStatement);
    const [last] = await ask<{ checksum: string }>(
      `select "checksum" from ${journalTable} where "ledger" = $1 and "revision" = $2 and "outcome" in ('done', 'settled')
        order by "seq" desc limit 1`,
      [ledgerName(table), revision],
    );
    const accepted = { before: last?.checksum ?? '', after: checksum };
    const plan = { steps: [{ revision, action: 'log' as const }], tips: [], accepted };
    const journal = new JournalWriter(run, ledgerName(table), plan);
    await journal.resolved(ask, { index: 0, revision, action: 'log', Class: null, checksum });
  });
}
