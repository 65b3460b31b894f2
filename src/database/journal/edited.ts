import { quoteIdent } from '../quote.ts';
import { journalTable, msOf, type Query } from './table.ts';

/** How far a clock of the log row may be behind the journal's, ms: the row has the time its transaction began. */
export const slack = 1_000;

interface Row {
  readonly ledger: string;
  readonly revision: string;
  readonly action: string;
  readonly checksum: string | null;
  readonly finished: string;
}

/**
 * `editedRevisions` for many migrations tables at once: applied revisions whose file is not the one that was applied.
 * @param logged what each table holds, by its name `schema.table`
 * @param checksums of the files as they are now, by id
 * @returns by table; those without any are left out
 */
export async function editedInSchemas(
  query: Query,
  logged: ReadonlyMap<string, readonly string[]>,
  checksums: ReadonlyMap<string, string | null>,
  any: boolean,
): Promise<Map<string, readonly string[]>> {
  const edited = new Map<string, string[]>();
  if (!any || logged.size === 0) return edited;
  const files = [...checksums].flatMap(([revision, checksum]) => (checksum ? [{ revision, checksum }] : []));
  // those with any other file in their past: most often none
  const rows = await query<Row>(
    `with suspects as (
       select distinct j."ledger", j."revision" from ${journalTable} j
         join jsonb_to_recordset($1::jsonb) as f("revision" text, "checksum" text) on f."revision" = j."revision"
        where j."checksum" <> f."checksum" and j."outcome" in ('done', 'settled'))
     select distinct on (j."ledger", j."revision") j."ledger", j."revision", j."action", j."checksum",
            ${msOf('j."finished"')} as finished
       from ${journalTable} j join suspects using ("ledger", "revision")
      where j."outcome" in ('done', 'settled') order by j."ledger", j."revision", j."seq" desc`,
    [JSON.stringify(files)],
  );
  const applied = new Map<string, ReadonlySet<string>>();
  const suspects = rows.filter(({ ledger, revision, action, checksum }) => {
    const ids = logged.get(ledger);
    if (!ids || !checksum || checksum === checksums.get(revision)) return false;
    if (!applied.has(ledger)) applied.set(ledger, new Set(ids));
    return (action === 'up' || action === 'log') && applied.get(ledger)?.has(revision) === true;
  });
  const times = await loggedAt(query, suspects);
  for (const { ledger, revision, finished } of suspects) {
    // one that somebody else applied again since then is not judged
    const at = times.get(JSON.stringify([ledger, revision]));
    if (at !== undefined && at > Number(finished) + slack) continue;
    edited.set(ledger, [...(edited.get(ledger) ?? []), revision]);
  }
  return edited;
}

/** So many rows are asked for by one statement. */
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
