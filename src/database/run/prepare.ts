import { Failure } from '../../foundation/failure.ts';
import { connectionIdOf } from '../../project/connections.ts';
import { applicationName } from '../lock.ts';
import { sqlState } from '../sql-failure.ts';
import type { ObservedConnection, Piped } from './observed.ts';
import type { PipedResult, PipedStatement } from './pipeline.ts';
import { notBoolean, requireSql } from './require-sql.ts';
import { localPath } from './search-path.ts';
import { keepSettings } from './session-settings.ts';
import type { RunState } from './state.ts';

/**
 * A setting that lasts as long as the batch's transaction: it is gone if a revision ended that transaction.
 */
const mark = 'migtui.batch';

/** How often the server checks whether its client is still connected. */
const clientCheck = '1s';

/** The settings of the batch, as the server prints them: they differ if a revision changed any. */
const settings = `concat_ws(' ', current_setting('lock_timeout'), current_setting('statement_timeout'),
  current_setting('client_encoding'), current_setting('session_replication_role'), current_setting('role'))`;

const allSettings = `concat_ws(' ', ${settings}, current_setting('search_path'))`;

/** The first statements of a batch's transaction; `readOpening` reads their answers. */
export function openingStatements(run: RunState): readonly PipedStatement[] {
  return [
    {
      sql: `select pg_backend_pid()::text as pid, set_config('${mark}', $1, true), case when $2::boolean then
              set_config('client_connection_check_interval', '${clientCheck}', true) end`,
      parameters: [run.id, String(run.monitor?.server.detectsLostClients === true)],
    },
    {
      sql: `select ($1::boolean and not pg_try_advisory_xact_lock($2::bigint))::text as held`,
      parameters: [String(run.monitor !== null), run.keys.batch],
    },
    ...withoutTemporary(run),
    ...settingStatements(run),
    { sql: `select ${settings} as settings` },
  ];
}

/** The targets of a fleet share sessions, so that one would find the temporary tables of another. */
export function withoutTemporary({ context }: RunState): readonly PipedStatement[] {
  return context.shared ? [{ sql: 'discard temp' }] : [];
}

/**
 * Takes the lock of the batch in a transaction, and the one of the run if the run does not hold it, and sets what its
 * statements expect. Fails unless it gets them and the server accepts writes.
 */
export function lockingStatement(run: RunState): PipedStatement {
  const locks = run.guard ? [run.keys.batch] : [run.keys.run, run.keys.batch];
  const { lockTimeout, statementTimeout } = run.settings;
  const path = localPath(run.context.project);
  const set: [string, string][] = [
    ['application_name', applicationName(run.id)],
    ['lock_timeout', `${lockTimeout}ms`],
    ...(statementTimeout === null
      ? []
      : [['statement_timeout', `${statementTimeout}ms`] as [string, string]]),
    ...(run.monitor?.server.detectsLostClients
      ? [['client_connection_check_interval', clientCheck] as [string, string]]
      : []),
    ...beginning(run).map((sql): [string, string] => ['client_encoding', /'([\w-]*)'/.exec(sql)?.[1] ?? '']),
    ...(path ? [['search_path', path] as [string, string]] : []),
  ];
  const first = locks.length + 1;
  const values = set.map((_, at) => `set_config($${2 * at + first}, $${2 * at + first + 1}, true)`);
  return {
    sql: `select pg_backend_pid()::text as pid, ${requireSql(
      `${locks.map((_, at) => `pg_try_advisory_xact_lock($${at + 1}::bigint)`).join(' and ')}
         and not pg_is_in_recovery() and current_setting('transaction_read_only') = 'off'`,
      'another run is in progress, or the server is read-only',
    )}, ${values.join(', ')}, set_config('${mark}', ${allSettings}, true)`,
    parameters: [...locks, ...set.flat()],
  };
}

/** A trigger or a function that a step called has changed the settings, and later steps were sent already. */
export class SettingsChanged extends Error {}

const unlessSettings = (are: string, parameters: readonly string[] = []): Piped => ({
  sql: `select ${requireSql(are, 'the settings have changed')}`,
  parameters,
  failure: error => (sqlState(error) === notBoolean ? new SettingsChanged() : error),
});

/** Fails with SettingsChanged unless the settings are those that `lockingStatement` made in this transaction. */
export function sameSettingsStatement(): Piped {
  return unlessSettings(`current_setting('${mark}', true) = ${allSettings}`);
}

/**
 * Fails with SettingsChanged unless a step has left the settings of the batch, and its transaction, as they were: the
 * next step was sent already.
 * @param wanted from `readOpening`
 */
export function settingsLeftStatement(run: RunState, wanted: string): Piped {
  const same = `current_setting('${mark}', true) is not distinct from $1 and ${settings} = $2`;
  return unlessSettings(same, [run.id, wanted]);
}

/**
 * Sets what every step of a batch's transaction expects: the timeouts, and MikroORM's own settings for
 * migrations.
 */
export function settingStatements(run: RunState): readonly PipedStatement[] {
  return [timeouts(run, true), ...beginning(run).map(sql => ({ sql }))];
}

/** What MikroORM begins every migration with. */
function beginning({ context }: RunState): readonly string[] {
  const { orm } = context.connection;
  const helper = orm.driver.getPlatform().getSchemaHelper() as {
    getSchemaBeginning(charset: string, disableForeignKeys?: boolean): string;
  };
  return helper
    .getSchemaBeginning(orm.config.get('charset') as string, false)
    .split('\n')
    .filter(setsNames);
}

/**
 * The server process of the batch, and whether it has the batch lock.
 * @returns the settings of the batch
 * @throws Failure `run-in-progress` if another run's batch is open
 */
export function readOpening(run: RunState, answers: readonly PipedResult[]): string {
  const [entered, lock] = answers;
  run.control.pid = Number(entered?.rows[0]?.pid) || null;
  if (lock?.rows[0]?.held === 'true') throw batchHeld();
  return answers.at(-1)?.rows[0]?.settings ?? '';
}

/** The statements of a revision as MikroORM sends them, without its `set names` and blank ones. */
export function statementsOfRevision(sql: readonly string[]): readonly Piped[] {
  return sql
    .filter(text => text.trim() !== '')
    .filter((text, at) => at > 0 || !setsNames(text))
    .map(text => ({ sql: text, ofRevision: true }));
}

/** MikroORM starts every migration with this. */
function setsNames(sql: string): boolean {
  return /^set names '[\w-]*';?$/i.test(sql.trim());
}

/**
 * The same for a revision without a transaction, on a dedicated connection. Behind a pooler, session state
 * would affect other clients, and the server process may change with every statement, so nothing is set
 * there.
 * @returns restores the session
 */
export async function enterSession(
  run: RunState,
  { query }: ObservedConnection,
): Promise<() => Promise<void>> {
  if (run.monitor?.server.pooled) {
    run.control.poolerId = await connectionIdOf(() => query('select 1'));
    run.context.emit({
      kind: 'notice',
      code: 'pooled',
      message:
        'Connected through a pooler: revisions without a transaction run without timeouts set by migtui.',
    });
    return async () => {};
  }
  for (const { sql } of withoutTemporary(run)) await query(sql);
  const restore = run.context.shared ? await keepSettings(query) : async () => {};
  const checks = run.monitor?.server.detectsLostClients === true;
  const names = [
    'lock_timeout',
    'statement_timeout',
    ...(checks ? ['client_connection_check_interval'] : []),
  ];
  const [row] = await query<{ pid: number; before: string[] }>(
    `select pg_backend_pid() as pid, array(select current_setting(n) from unnest($1::text[]) with ordinality as u(n, at) order by at) as before`,
    [names],
  );
  if (run.monitor) {
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
    if (run.monitor) await query('select pg_advisory_unlock($1::bigint)', [run.keys.batch]);
    await restore();
  };
}

/** Timeouts for a step: a revision may have set others for itself, but not for the next one. */
export async function setTimeouts(
  run: RunState,
  { query }: ObservedConnection,
  local: boolean,
): Promise<void> {
  if (!local && run.monitor?.server.pooled) return;
  const { sql, parameters } = timeouts(run, local);
  await query(sql, parameters);
}

function timeouts({ settings: { lockTimeout, statementTimeout } }: RunState, local: boolean): PipedStatement {
  return {
    sql: `select set_config('lock_timeout', $1, $3::boolean),
            case when $2::text is not null then set_config('statement_timeout', $2, $3::boolean) end`,
    parameters: [
      `${lockTimeout}ms`,
      statementTimeout === null ? null : `${statementTimeout}ms`,
      String(local),
    ],
  };
}

/**
 * Fails with `transaction-ended` if the revision that just ran ended the batch's transaction, so that the
 * rest of the pipeline is not run. Returns the settings after it.
 */
export function transactionStatement(run: RunState): Piped {
  return {
    sql: `select ${requireSql(`current_setting('${mark}', true) is not distinct from '${run.id}'`, 'ended')},
                 ${settings} as settings`,
    failure: error => (sqlState(error) === notBoolean ? transactionEnded() : error),
  };
}

/** A revision's SQL ends its own transaction. */
export function transactionEnded(): Failure {
  return new Failure({
    code: 'transaction-ended',
    message: 'It ends the transaction it runs in (commit or rollback in its own SQL).',
    next: 'Remove commit and rollback from it, or let isTransactional() return false.',
  });
}

function batchHeld(): Failure {
  return new Failure({
    code: 'run-in-progress',
    message: 'A batch of another run is still open in the database.',
    next: 'Try again in a moment; if this persists, the killed run is still executing its last statement.',
  });
}
