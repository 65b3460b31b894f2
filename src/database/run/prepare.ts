import { Failure } from '../../foundation/failure.ts';
import type { ObservedConnection } from './observed.ts';
import type { RunState } from './state.ts';

/** A setting of ours that lives as long as the batch's transaction: gone when a revision ended that transaction. */
const mark = 'migtui.batch';

/** First statement of a batch's transaction: whose process it is, and the mark of the transaction. */
export async function enterTransaction(run: RunState, connection: ObservedConnection): Promise<void> {
  const [row] = await connection.query<{ pid: number }>(
    'select pg_backend_pid() as pid, set_config($1, $2, true)',
    [mark, run.id],
  );
  run.control.pid = row?.pid ?? null;
}

/** Timeouts for a step: a revision may have set its own for itself, not for the next one. */
export async function setTimeouts(
  { settings }: RunState,
  connection: ObservedConnection,
  local: boolean,
): Promise<void> {
  const { lockTimeout, statementTimeout } = settings;
  await connection.query(
    `select set_config('lock_timeout', $1, $3),
            case when $2::text is not null then set_config('statement_timeout', $2, $3) end`,
    [`${lockTimeout}ms`, statementTimeout === null ? null : `${statementTimeout}ms`, local],
  );
}

/** @throws Failure `transaction-ended` when the revision that just ran ended the batch's transaction by itself */
export async function requireTransaction(run: RunState, connection: ObservedConnection): Promise<void> {
  const [row] = await connection.query<{ inside: boolean }>(
    'select current_setting($1, true) is not distinct from $2 as inside',
    [mark, run.id],
  );
  if (row?.inside) return;
  throw new Failure({
    code: 'transaction-ended',
    message: 'It ended the transaction it runs in (commit or rollback in its own SQL).',
    next: 'Take commit and rollback out of it, or let isTransactional() return false.',
  });
}
