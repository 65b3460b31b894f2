import { Failure } from '../../foundation/failure.ts';
import type { ObservedConnection } from './observed.ts';
import type { RunState } from './state.ts';

/** A setting of ours that lives as long as the batch's transaction: gone when a revision ended that transaction. */
const mark = 'migtui.batch';

/** The server looks this often whether a client that it works for is still there. */
const clientCheck = '1s';

/**
 * First statements of a batch's transaction: whose process it is, the mark of the transaction, and its lock.
 * @throws Failure `run-in-progress` when another run's batch is open
 */
export async function enterTransaction(run: RunState, { query }: ObservedConnection): Promise<void> {
  const [row] = await query<{ pid: number }>(
    `select pg_backend_pid() as pid, set_config($1, $2, true),
            case when $3 then set_config('client_connection_check_interval', '${clientCheck}', true) end`,
    [mark, run.id, run.side?.server.noticesLostClients === true],
  );
  run.control.pid = row?.pid ?? null;
  if (!run.side) return;
  const [lock] = await query<{ mine: boolean }>('select pg_try_advisory_xact_lock($1::bigint) as mine', [
    run.keys.batch,
  ]);
  if (!lock?.mine) throw batchHeld();
}

/**
 * The same for a revision without a transaction, on a connection that is ours alone. Behind a pooler session state
 * would reach other clients, and the process may change with every statement: nothing is set there.
 * @returns puts the session back as it was
 */
export async function enterSession(
  run: RunState,
  { query }: ObservedConnection,
): Promise<() => Promise<void>> {
  if (run.side?.server.pooled) {
    run.context.emit({
      kind: 'notice',
      code: 'pooled',
      message: 'A pooler is in between: revisions without a transaction run without timeouts of migtui.',
    });
    return async () => {};
  }
  const checks = run.side?.server.noticesLostClients === true;
  const names = [
    'lock_timeout',
    'statement_timeout',
    ...(checks ? ['client_connection_check_interval'] : []),
  ];
  const [row] = await query<{ pid: number; before: string[] }>(
    `select pg_backend_pid() as pid, array(select current_setting(n) from unnest($1::text[]) with ordinality as u(n, at) order by at) as before`,
    [names],
  );
  if (run.side) {
    const [lock] = await query<{ mine: boolean }>('select pg_try_advisory_lock($1::bigint) as mine', [
      run.keys.batch,
    ]);
    if (!lock?.mine) throw batchHeld();
    if (checks) await query(`select set_config('client_connection_check_interval', '${clientCheck}', false)`);
  }
  run.control.pid = row?.pid ?? null;
  return async () => {
    for (const [at, name] of names.entries()) {
      await query('select set_config($1, $2, false)', [name, row?.before[at] ?? '0']);
    }
    if (run.side) await query('select pg_advisory_unlock($1::bigint)', [run.keys.batch]);
  };
}

/** Timeouts for a step: a revision may have set its own for itself, not for the next one. */
export async function setTimeouts(
  run: RunState,
  { query }: ObservedConnection,
  local: boolean,
): Promise<void> {
  if (!local && run.side?.server.pooled) return;
  const { lockTimeout, statementTimeout } = run.settings;
  await query(
    `select set_config('lock_timeout', $1, $3),
            case when $2::text is not null then set_config('statement_timeout', $2, $3) end`,
    [`${lockTimeout}ms`, statementTimeout === null ? null : `${statementTimeout}ms`, local],
  );
}

/** @throws Failure `transaction-ended` when the revision that just ran ended the batch's transaction by itself */
export async function requireTransaction(run: RunState, { query }: ObservedConnection): Promise<void> {
  const [row] = await query<{ inside: boolean }>(
    'select current_setting($1, true) is not distinct from $2 as inside',
    [mark, run.id],
  );
  if (!row?.inside) throw transactionEnded();
}

/** A revision's own SQL ends the transaction that it runs in. */
export function transactionEnded(): Failure {
  return new Failure({
    code: 'transaction-ended',
    message: 'It ends the transaction it runs in (commit or rollback in its own SQL).',
    next: 'Take commit and rollback out of it, or let isTransactional() return false.',
  });
}

function batchHeld(): Failure {
  return new Failure({
    code: 'run-in-progress',
    message: 'A batch of another run is still open in the database.',
    next: 'Look again in a moment; if it stays, the run that was killed is still at its last statement.',
  });
}
