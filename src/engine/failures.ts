import { Failure, type Problem } from '../foundation/failure.ts';

/**
 * The failure a person sees for anything thrown below the engine: errors of the graph and of targets carry
 * their data, everything else unexpected keeps its message under the code `internal`.
 */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const { name, message, code, candidates, problems, next } = error as {
    name?: string;
    message?: string;
    code?: string;
    candidates?: readonly string[];
    problems?: readonly Problem[];
    next?: string;
  };
  if (name === 'TargetError' || name === 'GraphError') {
    return new Failure(
      { code: code ?? 'broken-revisions', message: message ?? '', next, candidates, problems },
      { cause: error },
    );
  }
  return new Failure(
    { code: 'internal', message: message ?? String(error), next: 'This is not expected; please report it.' },
    { cause: error },
  );
}
