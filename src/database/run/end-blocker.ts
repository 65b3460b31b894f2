import { Failure } from '../../foundation/failure.ts';
import type { SessionEnding } from '../../values/run.ts';
import type { Monitor } from '../connect/monitor.ts';
import { sqlFailure } from '../sql-failure.ts';

const calls = { cancel: 'pg_cancel_backend', terminate: 'pg_terminate_backend' } as const;

/**
 * Ends the statement or the session of a process that blocks the run. The check and the end are one
 * statement, so a process that no longer blocks the run is left alone.
 * @param pid the server process of the run
 * @throws Failure `not-blocking` | `cannot-end-session`
 */
export async function endBlocker(
  { query }: Monitor,
  pid: number,
  blocker: number,
  how: SessionEnding,
): Promise<void> {
  let ended: readonly { readonly sent: boolean }[];
  try {
    ended = await query(
      `select ${calls[how]}(b.pid) as sent
         from (select distinct unnest(pg_blocking_pids($1)) as pid) b
        where b.pid = $2 and b.pid > 0`,
      [pid, blocker],
    );
  } catch (error) {
    const { message } = sqlFailure(error, undefined);
    throw new Failure({
      code: 'cannot-end-session',
      message: `PostgreSQL refuses to end pid ${blocker}: ${message}`,
      next: 'Use the same role, or a member of pg_signal_backend. Only a superuser can end sessions of superusers.',
    });
  }
  if (!ended[0]) throw notBlocking(blocker);
}

/** The process is gone, or no longer blocks the run. */
export function notBlocking(pid: number): Failure {
  return new Failure({
    code: 'not-blocking',
    message: `pid ${pid} does not block this run, so its session was not ended.`,
    next: 'The run continues, or shows what blocks it now.',
  });
}
