import type { FileChecksums } from '../../project/files/migration-source.ts';
import { quoteIdent } from '../quote.ts';
import { journalTable, msOf, type Query } from './table.ts';

/**
 * Maximum clock difference between a log row and the journal, ms. The row has the start time of its
 * transaction.
 */
export const clockTolerance = 1_000;

interface Row {
  readonly ledger: string;
  readonly revision: string;
  readonly action: string;
  readonly checksum: string | null;
  readonly finished: string;
}

/**
 * `editedRevisions` for many migrations tables at once: applied revisions whose file has changed since they
 * were applied.
 * @param logged the contents of each table, by its name `schema.table`
 * @param checksums of the current files, by id
 * @returns by table; tables without edited revisions are omitted
 */
export async function editedInSchemas(
  query: Query,
  logged: ReadonlyMap<string, readonly string[]>,
  checksums: FileChecksums,
  any: boolean,
): Promise<Map<string, readonly string[]>> {
  const edited = new Map<string, string[]>();
  if (!any || logged.size === 0) return edited;
  const files = [...checksums].map(([revision, checksums]) => ({ revision, checksums }));
  // Those with a different file in their history: usually none.
  const rows = await query<Row>(
    `with suspects as (
       select distinct j."ledger", j."revision" from ${journalTable} j
         join jsonb_to_recordset($1::jsonb) as f("revision" text, "checksums" text[]) on f."revision" = j."revision"
        where j."checksum" <> all (f."checksums") and j."outcome" in ('done', 'settled'))
     select distinct on (j."ledger", j."revision") j."ledger", j."revision", j."action", j."checksum",
            ${msOf('j."finished"')} as finished
       from ${journalTable} j join suspects using ("ledger", "revision")
      where j."outcome" in ('done', 'settled') order by j."ledger", j."revision", j."seq" desc`,
    [JSON.stringify(files)],
  );
  const applied = new Map<string, ReadonlySet<string>>();
  const suspects = rows.filter(({ ledger, revision, action, checksum }) => {
    const ids = logged.get(ledger);
    if (!ids || !isOther(checksum, checksums.get(revision))) return false;
    if (!applied.has(ledger)) applied.set(ledger, new Set(ids));
    return (action === 'up' || action === 'log') && applied.get(ledger)?.has(revision) === true;
  });
  const times = await loggedAt(query, suspects);
  for (const { ledger, revision, finished } of suspects) {
    // A revision that was applied again by another tool since then is not checked.
    const at = times.get(JSON.stringify([ledger, revision]));
    if (at !== undefined && at > Number(finished) + clockTolerance) continue;
    edited.set(ledger, [...(edited.get(ledger) ?? []), revision]);
  }
  return edited;
}

/** Whether the journal's checksum is of another file than the current one; false if one of them is unknown. */
export function isOther(recorded: string | null, current: readonly string[] | undefined): boolean {
  return Boolean(recorded && current && !current.includes(recorded));
}

/** Maximum number of rows per query. */
const together = 100;

/** When revisions were logged, ms since the epoch, by table and revision. */
async function loggedAt(query: Query, suspects: readonly Row[]): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number>();
  for (let from = 0; from < suspects.length; from += together) {
    const some = suspects.slice(from, from + together);
    const parts = some.map(({ ledger }, at) => {
      const dot = ledger.lastIndexOf('.');
      const table = `${quoteIdent(ledger.slice(0, dot))}.${quoteIdent(ledger.slice(dot + 1))}`;
      return `select ${at} as at, ${msOf('min(executed_at::timestamptz)')} as ms from ${table}
               where name in ($${at + 1}, $${at + 1} || '.ts', $${at + 1} || '.js')`;
    });
    const rows = await query<{ at: number; ms: string | null }>(
      parts.join('\nunion all '),
      some.map(({ revision }) => revision),
    ).catch(() => []);
    for (const { at, ms } of rows) {
      const { ledger, revision } = some[at] as Row;
      if (ms !== null) times.set(JSON.stringify([ledger, revision]), Number(ms));
    }
  }
  return times;
}
