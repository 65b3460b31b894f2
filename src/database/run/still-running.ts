import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../foundation/failure.ts';
import type { MigrationSource } from '../../project/files/migration-source.ts';
import { plainStatements } from '../../project/files/plain-statements.ts';
import type { Project } from '../../project/project.ts';
import type { Session } from '../../values/run.ts';
import type { Monitor } from '../connect/monitor.ts';
import { describeSession, type SessionRow, sessionColumns, sessionOf } from '../connect/sessions.ts';

const pollMs = 300;
/** Shorter than what the server keeps of a query (`track_activity_query_size`), characters. */
const compared = 200;

/** How to wait for a revision. */
export interface Waiting {
  /** How long, ms. */
  readonly wait: number;
  readonly signal: AbortSignal;
  /** Its statements that are known besides those in its file. */
  readonly statements?: readonly string[];
  onWaiting(holder: Session, waitedMs: number): void;
}

/**
 * Waits while the server still runs a statement of this revision, up or down. After a run was killed, its server
 * process may continue for a while. Behind a pooler no lock shows that, because its statements belong to no session of
 * ours.
 * @throws Failure `run-in-progress` after the time to wait; the signal's reason if it is aborted
 */
export async function untilEnded(
  project: Project,
  monitor: Monitor,
  revision: string,
  { wait, signal, statements = [], onWaiting }: Waiting,
): Promise<void> {
  const source = project.sources().migrations.find(({ id }) => id === revision);
  const texts = [...statements, ...(source ? inFile(source) : [])].map(sql =>
    sql
      .replace(/^[\s;]+/, '')
      .slice(0, compared)
      .trimEnd(),
  );
  if (texts.length === 0) return;
  const started = performance.now();
  for (;;) {
    signal.throwIfAborted();
    const [row] = await monitor.query<SessionRow>(
      `select a.pid, ${sessionColumns} from pg_stat_activity a
        where a.datname = current_database() and a.state = 'active' and a.pid <> pg_backend_pid()
          and rtrim(left(ltrim(a.query, E' \\n\\r\\t;'), ${compared}), E' \\n\\r\\t') = any($1::text[]) limit 1`,
      [texts],
    );
    if (!row) return;
    const holder = sessionOf(row);
    const waitedMs = Math.round(performance.now() - started);
    if (waitedMs >= wait) {
      throw new Failure({
        code: 'run-in-progress',
        message: `The server is still running a statement of ${revision}: ${describeSession(holder)}.`,
        next: `Wait for it to finish, or end it: select pg_cancel_backend(${holder.pid})`,
      });
    }
    onWaiting(holder, waitedMs);
    await sleep(Math.min(pollMs, wait - waitedMs), undefined, { signal }).catch(() => {});
  }
}

/** The statements in a file that queues nothing but text. */
function inFile({ id, path, source }: MigrationSource): readonly string[] {
  const plain = path !== null && source !== null ? plainStatements(id, path, source) : null;
  return plain ? [...plain.up, ...plain.down].map(({ sql }) => sql) : [];
}
