import { Failure, type FailureInfo } from '../../foundation/failure.ts';
import { redact } from '../../foundation/secrets/redactor.ts';
import { noAnswerIn } from '../../project/no-answer.ts';
import { isConnectionLoss } from '../sql-failure.ts';
import type { Address } from './address.ts';
import { connectionProblem, tooSlow } from './connection-problem.ts';

/** Why a database could not be opened: the state for display, and the failure. */
export interface Refusal {
  readonly state: 'unreachable' | 'refused' | 'missing' | 'locked';
  readonly failure: FailureInfo;
}

const network =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT|EACCES|EPIPE)$/;

/** The refusal for an error thrown while connecting. */
export function refusalOf(error: unknown, address: Address): Refusal {
  const silent = noAnswerIn(error);
  if (silent) {
    const { message, next } = silent;
    return {
      state: 'unreachable',
      failure: {
        code: 'database-unreachable',
        message: `${address.label} cannot be reached: ${message.replace(/\.$/, '')}.`,
        next,
      },
    };
  }
  if (error instanceof Failure) return { state: 'locked', failure: error.info };
  const { code = '', message } = rootCause(error);
  const errorText = redact(message) || code || 'no answer';
  const { label, name } = address;
  const problem = connectionProblem(errorText, code, label) ?? tooSlow(errorText, code);
  if (problem) return { state: 'refused', failure: problem };
  if (code === '3D000') {
    return {
      state: 'missing',
      failure: {
        code: 'database-missing',
        message: `The server has no database "${name}".`,
        next: `Create it (createdb ${name}), or check dbName in the MikroORM config. An upgrade offers to create it.`,
      },
    };
  }
  // SASL: pg's message for a missing password.
  if (/^(28|53|42501)/.test(code) || /^SASL:/.test(errorText)) {
    return {
      state: 'refused',
      failure: {
        code: 'database-refused',
        message: `${label} refused the connection: ${errorText}`,
        next: nextFor(code, errorText, address),
      },
    };
  }
  return {
    state: 'unreachable',
    failure: {
      code: 'database-unreachable',
      message: `${label} cannot be reached: ${errorText}`,
      next: nextFor(code, errorText, address),
    },
  };
}

/** Whether there is no server, or it is no longer reachable. */
export const isUnreachable = (error: unknown): boolean =>
  isConnectionLoss(error) || network.test(rootCause(error).code ?? '');

function nextFor(code: string, errorText: string, { name }: Address): string {
  if (/no encryption|requires SSL|SSL (is )?(required|off)/i.test(errorText)) {
    return 'The server wants SSL: set driverOptions: { ssl: true } in the MikroORM config.';
  }
  if (/does not support SSL/i.test(errorText)) {
    return 'Remove ssl from driverOptions in the MikroORM config, or turn it on in the server.';
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS/.test(code)) {
    return 'Trust its certificate: driverOptions: { ssl: { ca } } in the MikroORM config, or NODE_EXTRA_CA_CERTS.';
  }
  if (code === '42501') {
    return `Grant it (grant connect on database "${name}" to the role), or use another role in the MikroORM config.`;
  }
  if (code.startsWith('57P')) return 'Try again in a moment.';
  if (code.startsWith('28') || /^SASL:/.test(errorText)) {
    return 'Check user and password in the MikroORM config or its environment.';
  }
  if (network.test(code)) return 'Start the server, or check host and port in the MikroORM config.';
  return 'Check how the MikroORM config connects: clientUrl, host, password, driverOptions.';
}

/** The innermost error with a message. */
function rootCause(error: unknown): { code: string | undefined; message: string } {
  let at = error as { code?: string; message?: string; cause?: unknown; errors?: unknown[] };
  for (let depth = 0; depth < 5; depth++) {
    if (at.code && at.message) break;
    const inner = at.cause ?? at.errors?.[0];
    if (!inner) break;
    at = inner as typeof at;
  }
  return { code: at.code, message: (at.message ?? String(error)).split('\n')[0] as string };
}
