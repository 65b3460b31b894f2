import { addressOf } from '../database/address.ts';
import { isUnreachable, refusalOf } from '../database/refusal.ts';
import { Failure } from '../foundation/failure.ts';
import type { Project } from '../project/project.ts';

/**
 * The failure a person sees for anything thrown below the engine: a database that was lost on the way is that;
 * what else is no `Failure` is a bug and says so.
 */
export function asFailure(error: unknown, project?: Project): Failure {
  if (error instanceof Failure) return error;
  if (project && isUnreachable(error)) {
    return new Failure(refusalOf(error, addressOf(project)).failure, { cause: error });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new Failure(
    { code: 'internal', message, next: 'This is a bug in migtui; please report it with the log.' },
    { cause: error },
  );
}
