import { addressOf } from '../database/connect/address.ts';
import { isUnreachable, refusalOf } from '../database/connect/refusal.ts';
import { slowQuery } from '../database/sql-failure.ts';
import { Failure } from '../foundation/failure.ts';
import type { Project } from '../project/project.ts';

/**
 * The failure for an error thrown below the engine: a lost database is reported as such; any other error that
 * is not a `Failure` is reported as a bug.
 */
export function asFailure(error: unknown, project?: Project): Failure {
  if (error instanceof Failure) return error;
  if (project && isUnreachable(error)) {
    return new Failure(refusalOf(error, addressOf(project)).failure, { cause: error });
  }
  const slow = slowQuery(error);
  if (slow) return slow;
  const message = error instanceof Error ? error.message : String(error);
  return new Failure(
    { code: 'internal', message, next: 'This is a bug in migtui; please report it with the log.' },
    { cause: error },
  );
}
