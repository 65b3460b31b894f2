import { Failure } from '../foundation/failure.ts';
import type { Waiting } from '../values/network.ts';

/**
 * The failure after waiting too long for a server.
 * @param limit ms
 * @param pooled a pooler answers instead of it
 */
export function noAnswer(where: string, what: Waiting['for'], limit: number, pooled = false): Failure {
  const seconds = limit < 1_000 ? `${limit} ms` : `${Math.round(limit / 1_000)} s`;
  return what === 'connection'
    ? new Failure({
        code: 'no-answer',
        message: `${where} did not answer within ${seconds}`,
        next: 'Check host and port: a firewall may drop the packets, or something other than PostgreSQL may be listening there. A slow server needs a longer connectTimeout (settings).',
      })
    : new Failure({
        code: 'no-answer',
        message: `${where} has not answered for ${seconds}.`,
        next: pooled ? noServerConnection : checkNetwork,
      });
}

const checkNetwork =
  'Check the network between here and there, and the server; then run it again: migtui first checks what was not finished. A slow server needs a longer answerTimeout (settings).';

const noServerConnection =
  'The pooler may have no free connection to the server: a run needs 3 (pool_size of PgBouncer). Otherwise check the network and the server. Then run it again: migtui first checks what was not finished.';

/** Whether this is, or was caused by, a server that did not answer in time. */
export function noAnswerIn(error: unknown): Failure | undefined {
  let at = error;
  for (let depth = 0; depth < 6 && typeof at === 'object' && at !== null; depth++) {
    if (at instanceof Failure && at.code === 'no-answer') return at;
    const { code, message, next, cause, previous } = at as Partial<Failure> & { previous?: unknown };
    // MikroORM's own errors have the fields of the original error.
    if (code === 'no-answer') return new Failure({ code, message: message ?? '', next }, { cause: at });
    at = cause ?? previous;
  }
  return undefined;
}
