import { Failure } from '../foundation/failure.ts';
import type { InterruptedRevision } from '../values/overview.ts';
import { journalState, journalTable, msOf, type Query } from './journal/table.ts';
import type { LedgerTable } from './ledger.ts';
import { type Mark, readMarks } from './marks.ts';

/** INVALID indexes, whose build did not finish, `schema.index`. */
export async function invalidIndexes(query: Query): Promise<string[]> {
  const rows = await query<{ name: string }>(
    `select n.nspname || '.' || c.relname as name
       from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
      where not i.indisvalid and c.relkind = 'i' and n.nspname <> 'pg_toast'
      order by 1`,
  );
  return rows.map(row => row.name);
}

/** Runs in progress, by the first characters of their id. */
export async function liveRuns(query: Query): Promise<Set<string>> {
  const rows = await query<{ run: string }>(
    `select substring(application_name from '^migtui ([0-9a-f]{8}) ') as run
       from pg_stat_activity where application_name ~ '^migtui [0-9a-f]{8} '`,
  );
  return new Set(rows.map(row => row.run));
}

/**
 * Revisions that started outside a transaction and were neither finished nor resolved. Writes nothing.
 * @param running id of a run of this process, which is not reported
 * @param ended id of a run that has just ended: its marks count although its connection may still be visible
 */
export async function readInterrupted(
  query: Query,
  table: LedgerTable,
  running?: string | undefined,
  ended?: string | undefined,
): Promise<readonly InterruptedRevision[]> {
  const begun = await readBegun(query, table);
  if (begun.length === 0) return [];
  const live = await liveRuns(query);
  const dead = begun.filter(({ run }) => run === ended || (run !== running && !live.has(run.slice(0, 8))));
  if (dead.length === 0) return [];
  const invalid = await invalidIndexes(query);
  return dead.map(({ revision, action, since, who, error, invalidBefore }) => ({
    revision,
    action,
    since,
    who,
    error,
    invalidIndexes: invalid.filter(name => !invalidBefore.includes(name)),
  }));
}

/** From the marks; from the journal if the role does not own the migrations table and could not set them. */
async function readBegun(query: Query, table: LedgerTable): Promise<readonly Mark[]> {
  const { marks, writable } = await readMarks(query, table);
  if (writable || marks.length > 0 || (await journalState(query)) !== 'present') return marks;
  const [log] = await query<{ present: boolean; readable: boolean }>(
    `select to_regclass($1) is not null as present,
            coalesce(has_table_privilege(to_regclass($1), 'select'), false) as readable`,
    [table.sql],
  );
  // Without the table, nothing of an earlier run is applied or interrupted: the database was emptied.
  if (!log?.present) return marks;
  const rows = await query<Omit<Mark, 'since' | 'invalidBefore'> & { since: string }>(
    `select * from (
       select distinct on ("revision") "revision", "action", "run"::text as run, ${msOf('"started"')} as since, "outcome",
              "transactional", "os_user" || '@' || "host" as who, "error"
         from ${journalTable} where "ledger" = $1 order by "revision", "seq" desc) as last
      where not "transactional" and "outcome" in ('started', 'failed')${log.readable ? ` and ${isUnfinished(table)}` : ''}`,
    [`${table.schema}.${table.name}`],
  );
  return rows.map(row => ({ ...row, since: new Date(Number(row.since)).toISOString(), invalidBefore: [] }));
}

/** The log row is as before the step: the step has not reached its end since. */
const isUnfinished = (table: LedgerTable): string =>
  `("action" = 'down') = exists (
     select from ${table.sql} log where regexp_replace(log.name::text, '[.][jt]s$', '') = last."revision")`;

/** The failure for a revision that was not interrupted. */
export function nothingToResolve(revision: string, interrupted: readonly InterruptedRevision[]): Failure {
  return new Failure({
    code: 'nothing-to-settle',
    message: `${revision} was not interrupted: nothing was written.`,
    next: '"migtui status" lists interrupted revisions. To change other log rows, use migtui stamp.',
    candidates: interrupted.map(one => one.revision),
  });
}
