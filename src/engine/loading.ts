import { Failure, type Problem } from '../foundation/failure.ts';
import type { MigrationSource } from '../project/files/migration-source.ts';
import type { Session } from './session.ts';

/** Why a migration's file cannot be loaded: it throws when it is imported, or exports no migration. */
const codes = ['migration-broken', 'no-migration-class'];

/**
 * A file that cannot be loaded, as a problem.
 * @param error thrown by `Session.record`
 * @throws the error itself if it has another cause
 */
export function loadProblem(revision: string, error: unknown): Problem {
  if (!(error instanceof Failure) || !codes.includes(error.code)) throw error;
  return { code: error.code, message: error.message, revision };
}

/** The failure of everything that needs these files. */
export function cannotLoad(problems: readonly Problem[]): Failure {
  const [first] = problems;
  return new Failure({
    code: 'migration-broken',
    message:
      problems.length === 1
        ? (first?.message ?? '')
        : `${problems.length} migrations cannot be loaded, so nothing runs.`,
    next: 'Fix the files; nothing was run.',
    ...(problems.length > 1 && { problems }),
    candidates: problems.flatMap(({ revision }) => revision ?? []),
  });
}

/** The result of loading files of migrations. */
export interface Loaded {
  /** The migrations that cannot be loaded. */
  readonly problems: readonly Problem[];
  /** Those whose preview had to be stopped, so that it is not known whether they can be loaded. */
  readonly unknown: readonly { readonly revision: string; readonly why: string }[];
}

/** Tries to load migrations. */
export async function tryToLoad(session: Session, sources: Iterable<MigrationSource>): Promise<Loaded> {
  const problems: Problem[] = [];
  const unknown: { revision: string; why: string }[] = [];
  for (const source of sources) {
    try {
      const { stopped } = await session.record(source, 'up');
      if (stopped) unknown.push({ revision: source.id, why: stopped });
    } catch (error) {
      problems.push(loadProblem(source.id, error));
    }
  }
  return { problems, unknown };
}
