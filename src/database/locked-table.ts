import { Failure } from '../foundation/failure.ts';
import { noAnswerIn } from '../project/no-answer.ts';
import { describeSession, type SessionRow, sessionColumns, sessionOf } from './connect/sessions.ts';
import type { Query } from './journal/table.ts';
import { slowQuery } from './sql-failure.ts';

const code = 'table-locked';

/** Whether this is such a failure. */
export const isTableLocked = (error: unknown): error is Failure =>
  error instanceof Failure && error.code === code;

/**
 * The reason why reading a table was not answered, if that is a lock.
 * @param error of reading it
 * @param table qualified, as SQL
 * @returns Failure `table-locked`; the same error if no session locks the table against readers
 */
export async function lockedOr(error: unknown, query: Query, table: string): Promise<unknown> {
  if (!noAnswerIn(error) && !slowQuery(error)) return error;
  const [row] = await query<SessionRow>(
    `select a.pid, ${sessionColumns} from pg_locks l join pg_stat_activity a using (pid)
      where l.relation = to_regclass($1) and l.granted and l.mode = 'AccessExclusiveLock'
        and l.database = (select oid from pg_database where datname = current_database())`,
    [table],
  ).catch(() => []);
  if (!row) return error;
  const session = sessionOf(row);
  // Without the cause, which says that the server cannot be reached.
  return new Failure({
    code,
    message: `Another session has locked ${table}: ${describeSession(session)}.`,
    next: `Try again when its transaction is over, or end it: select pg_terminate_backend(${session.pid})`,
  });
}
