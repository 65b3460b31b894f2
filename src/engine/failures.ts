import { Failure } from '../foundation/failure.ts';

/** The failure a person sees for anything thrown below the engine; what is no `Failure` is a bug and says so. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Failure(
    { code: 'internal', message, next: 'This is not expected; please report it with what the log says.' },
    { cause: error },
  );
}
