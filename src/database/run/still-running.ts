import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../foundation/failure.ts';
import { describeSession, type SessionRow, sessionColumns, sessionOf } from '../connect/sessions.ts';
import type { LoadedStep } from './context.ts';
import type { RunState } from './state.ts';

const pollMs = 300;
/** Shorter than what the server keeps of a query (`track_activity_query_size`), characters. */
const compared = 200;

/**
 * Waits while the server still runs a statement of this revision. After a run was killed, its server process may
 * continue for a while. Behind a pooler no lock shows that, because its statements belong to no session of ours.
 * @throws Failure `run-in-progress` after the time to wait for other runs; why the run was cancelled
 */
export async function untilEnded(run: RunState, { index, revision }: LoadedStep): Promise<void> {
  const { monitor, context, settings, control } = run;
  const texts = (context.preview.steps[index]?.preview.sql ?? []).map(sql =>
    sql
      .replace(/^[\s;]+/, '')
      .slice(0, compared)
      .trimEnd(),
  );
  if (!monitor || texts.length === 0) return;
  const started = performance.now();
  for (;;) {
    control.check();
    const [row] = await monitor.query<SessionRow>(
      `select a.pid, ${sessionColumns} from pg_stat_activity a
        where a.datname = current_database() and a.state = 'active' and a.pid <> pg_backend_pid()
          and rtrim(left(ltrim(a.query, E' \\n\\r\\t;'), ${compared}), E' \\n\\r\\t') = any($1::text[]) limit 1`,
      [texts],
    );
    if (!row) return;
    const holder = sessionOf(row);
    const waitedMs = Math.round(performance.now() - started);
    if (waitedMs >= settings.lockWait) {
      throw new Failure({
        code: 'run-in-progress',
        message: `The server is still running a statement of ${revision}: ${describeSession(holder)}.`,
        next: `Wait for it to finish, wait longer (--lock-wait), or end it: select pg_cancel_backend(${holder.pid})`,
      });
    }
    context.emit({ kind: 'waiting', holder, waitedMs });
    await sleep(Math.min(pollMs, settings.lockWait - waitedMs), undefined, {
      signal: control.waiting.signal,
    }).catch(() => {});
  }
}
