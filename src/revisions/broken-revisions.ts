import { Failure, type Problem } from '../foundation/failure.ts';

/**
 * The failure of everything that needs the revisions on disk while they have problems.
 * @param message what does not work because of them
 */
export function brokenRevisions(message: string, problems: readonly Problem[]): Failure {
  return new Failure({
    code: 'broken-revisions',
    message,
    next: 'Fix the files, then try again.',
    problems,
  });
}
