import type { FailureInfo } from '../../foundation/failure.ts';

/** Messages of PostgreSQL, PgBouncer and the connection pool of this program. */
const full =
  /too many (clients|connections)|remaining connection slots|no more connections allowed|connection limit exceeded/i;

/** Whether no connection was available because all connections of the server or pooler are in use. */
export function isFull(errorText: string, sqlState?: string | undefined): boolean {
  return sqlState === '53300' || full.test(errorText);
}

/**
 * A description of what is between this program and the server and makes a run impossible; undefined if
 * nothing is.
 * @param errorText the message of an error
 * @param place the address, such as `db.example:6432`
 */
export function connectionProblem(
  errorText: string,
  sqlState: string | undefined,
  place = 'the server',
): FailureInfo | undefined {
  if (isFull(errorText, sqlState)) {
    return {
      code: 'too-many-connections',
      message: `There is no free connection on ${place}: ${errorText}`,
      next:
        'Wait until others disconnect, end idle ones (select pid, usename, application_name, state from ' +
        'pg_stat_activity), or raise max_connections (max_client_conn of PgBouncer, the connection limit of the role). ' +
        'A run needs up to 4.',
    };
  }
  if (/statement pooling mode/i.test(errorText)) {
    return {
      code: 'pooler-statement-mode',
      message: 'PgBouncer runs in statement mode (pool_mode = statement), where no transaction is possible.',
      next: 'Connect to PostgreSQL itself, or to a pool with pool_mode = transaction or session.',
    };
  }
  return undefined;
}

/** SQLSTATE of a statement that was cancelled, also by statement_timeout. */
const cancelled = '57014';

/** A query of this program that took longer than the server allows; undefined for any other error. */
export function tooSlow(errorText: string, sqlState: string | undefined): FailureInfo | undefined {
  if (sqlState !== cancelled || !/statement timeout/i.test(errorText)) return undefined;
  return {
    code: 'query-timeout',
    message: `A query of migtui took longer than the statement_timeout of this role or database: ${errorText}`,
    next: 'Raise it (alter role … set statement_timeout), or set it for this connection: driverOptions: { options: "-c statement_timeout=30s" } in the MikroORM config.',
  };
}
