import { learnNames } from '../../foundation/names-with-lines.ts';
import type { FileChecksums } from '../../project/files/migration-source.ts';
import { slug } from '../../revisions/names.ts';
import type { Action, Plan } from '../../revisions/plans/plan.ts';
import type { JournalEntry, RunNotes } from '../../values/journal.ts';
import type { AppliedBy } from '../../values/run.ts';
import { liveRuns } from '../interrupted.ts';
import type { LedgerTable } from '../ledger.ts';
import { clockTolerance, isOther } from './edited.ts';
import { journalState, journalTable, msOf, type Query } from './table.ts';

/** `plan` as stored, with the notes next to its steps. */
type StoredPlan = Plan & RunNotes;

interface Row {
  readonly run: string;
  readonly revision: string;
  readonly action: Action;
  readonly outcome: JournalEntry['outcome'];
  readonly transactional: boolean;
  readonly started: string;
  readonly finished: string | null;
  readonly ms: number | null;
  readonly database_user: string;
  readonly os_user: string;
  readonly host: string;
  readonly version: string;
  readonly plan: StoredPlan | string | null;
  readonly checksum: string | null;
  readonly error: string | null;
}

/**
 * The runs on this migrations table, newest first. Writes nothing; empty without a journal. A transactional
 * step of a killed run is reported as `rolled back`.
 */
export async function readJournal(query: Query, table: LedgerTable): Promise<readonly JournalEntry[]> {
  if ((await journalState(query)) !== 'present') return [];
  const rows = await query<Row>(
    `select "run"::text as run, "revision", "action", "outcome", "transactional",
            ${msOf('"started"')} as started, ${msOf('"finished"')} as finished, "ms",
            "database_user", "os_user", "host", "version", "plan", "checksum", "error"
       from ${journalTable} where "ledger" = $1 order by "seq" desc`,
    [ledgerName(table)],
  );
  const live = rows.some(({ outcome }) => outcome === 'started') ? await liveRuns(query) : new Set<string>();
  const plans = new Map<string, StoredPlan>();
  for (const { run, plan } of rows) {
    if (plan !== null) plans.set(run, typeof plan === 'string' ? (JSON.parse(plan) as StoredPlan) : plan);
  }
  learnNames(
    rows.flatMap(one => [one.revision, one.os_user, one.host, one.database_user]),
    slug,
  );
  return rows.map(row => {
    const { backup, tag, accepted, undoes, redoes, ...plan } = plans.get(row.run) ?? { steps: [], tips: [] };
    return {
      run: row.run,
      revision: row.revision,
      action: row.action,
      outcome:
        row.outcome === 'started' && row.transactional && !live.has(row.run.slice(0, 8))
          ? 'rolled back'
          : row.outcome,
      started: new Date(Number(row.started)).toISOString(),
      finished: row.finished === null ? null : new Date(Number(row.finished)).toISOString(),
      ms: row.ms,
      who: { databaseUser: row.database_user, osUser: row.os_user, host: row.host, version: row.version },
      plan,
      ...(backup && { backup }),
      ...(tag && { tag }),
      ...(undoes && { undoes }),
      ...(redoes && { redoes }),
      ...(accepted && { accepted }),
      checksum: row.checksum,
      error: row.error,
    };
  });
}

/**
 * Applied revisions whose file has changed since they were applied. Known only if the journal recorded the
 * last time it was applied: a revision that was applied again by another tool since then is not checked.
 * @param applied when each was logged, by id
 * @param checksums of the current files, by id
 */
export async function editedRevisions(
  query: Query,
  table: LedgerTable,
  applied: ReadonlyMap<string, Date | null>,
  checksums: FileChecksums,
): Promise<readonly string[]> {
  if ((await journalState(query)) !== 'present') return [];
  const rows = await query<{
    revision: string;
    action: Action;
    checksum: string | null;
    finished: string;
  }>(
    `select distinct on ("revision") "revision", "action", "checksum", ${msOf('"finished"')} as finished
       from ${journalTable} where "ledger" = $1 and "outcome" in ('done', 'settled')
      order by "revision", "seq" desc`,
    [ledgerName(table)],
  );
  return rows
    .filter(({ revision, action, checksum, finished }) => {
      const logged = applied.get(revision);
      if (!applied.has(revision) || !(action === 'up' || action === 'log')) return false;
      if (logged && logged.getTime() > Number(finished) + clockTolerance) return false;
      return isOther(checksum, checksums.get(revision));
    })
    .map(({ revision }) => revision);
}

/** The last run that ran one of these revisions; null if the journal has none. */
export async function lastRunOf(
  query: Query,
  table: LedgerTable,
  revisions: readonly string[],
): Promise<AppliedBy | null> {
  if ((await journalState(query)) !== 'present') return null;
  const [row] = await query<AppliedBy>(
    `select left("run"::text, 8) as run, "os_user" || '@' || "host" as who
       from ${journalTable} where "ledger" = $1 and "outcome" = 'done' and "revision" = any ($2)
      order by "seq" desc limit 1`,
    [ledgerName(table), revisions],
  );
  return row ?? null;
}

/** The name of the migrations table in the journal: several may share a database. */
export function ledgerName(table: LedgerTable): string {
  return `${table.schema}.${table.name}`;
}
