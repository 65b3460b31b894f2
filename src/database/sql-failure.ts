import { Failure, type FailureInfo, type SqlError } from '../foundation/failure.ts';
import { redact } from '../foundation/secrets/redactor.ts';
import { noAnswerIn } from '../project/no-answer.ts';
import { connectionProblem, tooSlow } from './connect/connection-problem.ts';

/** The properties that drivers add to an error from PostgreSQL. */
interface PostgresError {
  readonly message: string;
  readonly code?: string;
  readonly position?: string | number;
  readonly detail?: string;
  readonly hint?: string;
  readonly where?: string;
  readonly schema?: string;
  readonly table?: string;
  readonly column?: string;
  readonly constraint?: string;
}

/** The SQLSTATE of an error, at any depth in the chain of causes. */
export function sqlState(error: unknown): string | undefined {
  return postgresError(error)?.code;
}

/** The connection is lost: the server rolls back what it was doing, or has just committed it. */
export function isConnectionLoss(error: unknown): boolean {
  if (noAnswerIn(error)) return true;
  const state = sqlState(error);
  const message = error instanceof Error ? error.message : String(error);
  if (state) return /^(08|57P0[1-5]|25P0[34])/.test(state) && !connectionProblem(message, state);
  return /connection (terminated|ended|closed|reset)|ECONNRESET|EPIPE|not queryable|ETIMEDOUT/i.test(message);
}

/** A lock timeout or a deadlock: the same batch may succeed next time. */
export function isRetryableLockError(error: unknown): boolean {
  const state = sqlState(error);
  return state === '55P03' || state === '40P01';
}

/** The failure for a query of this program that was ended by statement_timeout; undefined for any other error. */
export function slowQuery(error: unknown): Failure | undefined {
  const info = tooSlow(postgresError(error)?.message ?? '', sqlState(error));
  return info && new Failure({ ...info, message: redact(info.message) }, { cause: error });
}

/** PostgreSQL's own error for a failed statement; undefined if the error is not from PostgreSQL. */
function sqlErrorOf(error: unknown, statement: string | undefined): SqlError | undefined {
  const from = postgresError(error);
  if (!from) return undefined;
  const clean = (text: string | undefined): string | undefined => text && redact(text);
  const position = statement === undefined ? undefined : positionIn(statement, Number(from.position));
  return {
    sqlState: from.code,
    statement: clean(statement),
    position,
    detail: clean(from.detail),
    hint: clean(from.hint),
    where: clean(from.where),
    table: from.table && [from.schema, from.table].filter(Boolean).join('.'),
    constraint: from.constraint,
  };
}

/**
 * A failure for an error thrown by a migration: `statement-failed` with PostgreSQL's message if a statement
 * failed, `connection-lost`, or `migration-threw` if its own code threw.
 * @param statement the SQL as it was sent
 */
export function sqlFailure(error: unknown, statement: string | undefined): Failure {
  if (error instanceof Failure) return error;
  const silent = noAnswerIn(error);
  if (silent) return silent;
  const sql = sqlErrorOf(error, statement);
  const errorText = postgresError(error)?.message ?? messageOf(error);
  // MikroORM appends the contents of `sql` anyway.
  const message = redact(errorText.split(/\n - (?:detail|hint): /)[0]?.trim() ?? '');
  const problem = connectionProblem(message, sql?.sqlState);
  let info: FailureInfo;
  if (problem) {
    info = problem;
  } else if (isConnectionLoss(error)) {
    info = {
      code: 'connection-lost',
      message: `The connection to the database was lost: ${message}`,
      next: 'Run it again: migtui first checks what was not finished.',
    };
  } else if (sql) {
    info = { code: codes[sql.sqlState ?? ''] ?? 'statement-failed', message, sql };
  } else {
    info = { code: 'migration-threw', message, next: 'Fix the migration file, then run it again.' };
  }
  return new Failure(info, { cause: error });
}

const codes: Readonly<Record<string, string>> = {
  '55P03': 'lock-timeout',
  '57014': 'statement-cancelled',
  '25006': 'database-read-only',
};

/** The innermost error that carries an SQLSTATE. */
function postgresError(error: unknown): PostgresError | undefined {
  let found: PostgresError | undefined;
  let at: unknown = error;
  for (let depth = 0; depth < 6 && typeof at === 'object' && at !== null; depth++) {
    const { code, cause, previous } = at as { code?: unknown; cause?: unknown; previous?: unknown };
    if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code)) {
      found = at as PostgresError;
    }
    at = cause ?? previous;
  }
  return found;
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  return error instanceof Error ? error.message || error.name : String(error);
}

/**
 * PostgreSQL counts characters; JavaScript counts UTF-16 units.
 * @returns 1-based index such that `statement[position - 1]` is that character
 */
function positionIn(statement: string, characters: number): number | undefined {
  if (!Number.isInteger(characters) || characters < 1) return undefined;
  let units = 0;
  let seen = 1;
  for (const character of statement) {
    if (seen++ === characters) return units + 1;
    units += character.length;
  }
  return statement.length + 1;
}
