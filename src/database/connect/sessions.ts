import { redact } from '../../foundation/secrets/redactor.ts';
import type { AppliedBy, Session } from '../../values/run.ts';

/** The columns of pg_stat_activity (as `a`) for a Session. */
export const sessionColumns = `a.usename as "user", a.application_name as application,
  coalesce(a.client_hostname, host(a.client_addr)) as host, a.query,
  (extract(epoch from clock_timestamp() - case when a.state = 'active' then a.query_start else a.xact_start end)
    * 1000)::text as age`;

/** A row of `pid` and `sessionColumns`. Rows of other users have nulls if this role may not see them. */
export interface SessionRow {
  readonly pid: number;
  readonly user: string | null;
  readonly application: string | null;
  readonly host: string | null;
  readonly query: string | null;
  readonly age: string | null;
}

/** Maximum length of another session's query in the display, characters. */
const queryLength = 500;

/** The session for display: without passwords, the query shortened. */
export function sessionOf(row: SessionRow): Session {
  const query = row.query ? redact(row.query.slice(0, 4 * queryLength)).trim() : null;
  return {
    pid: row.pid,
    user: row.user || null,
    application: row.application || null,
    host: row.host,
    query: query && query.length > queryLength ? `${query.slice(0, queryLength)}…` : query || null,
    ageMs: Math.max(0, Math.round(Number(row.age ?? 0))),
  };
}

/** The run of a migtui session, from the name of its connection. */
export function runOf({ application }: Session): AppliedBy | null {
  const [, run, who] = /^migtui ([0-9a-f]{8}) (.+)$/.exec(application ?? '') ?? [];
  return run && who ? { run, who } : null;
}

/** A session in a sentence: `pid 4711 (ana, psql, 10.0.0.7)`. */
export function describeSession({ pid, user, application, host }: Session): string {
  const about = [user, application, host].filter(Boolean).join(', ');
  return `pid ${pid}${about ? ` (${about})` : ''}`;
}
