import { Failure } from '../../foundation/failure.ts';
import { someNames } from '../../foundation/some-names.ts';

/** Why a target, or a plan for it, was refused. */
export type TargetCode =
  /** No revision, label or branch has this name. */
  | 'unknown-target'
  /** Several revisions match. */
  | 'ambiguous-target'
  /** A single head is required and there are several. */
  | 'multiple-heads'
  /** Relative steps that are possible in several ways. */
  | 'ambiguous-walk'
  /** Not enough revisions above. */
  | 'too-few-steps'
  /** Not enough revisions below. */
  | 'past-base'
  /** `+N` in a downgrade, `-N` in an upgrade. */
  | 'wrong-direction'
  /** The revision is not in the branch of the target. */
  | 'not-in-branch'
  /** One of several targets is an ancestor of another. */
  | 'overlapping-targets'
  /** Nothing is applied above the target, and it is not current. */
  | 'nothing-to-downgrade'
  /** An applied revision that no file declares is in the way. */
  | 'missing-revision'
  /** A branch to be rewritten is already applied. */
  | 'already-applied'
  /** It is inside the range that a squashed revision replaces. */
  | 'replaced-revision'
  /** Not a range, or its ends are not on one line. */
  | 'bad-range';

/** A target that cannot be resolved. The message says what to do next; nothing runs. */
export class TargetError extends Failure {
  declare readonly code: TargetCode;
  /** Valid alternatives: ids, labels, or targets. */
  declare readonly candidates: readonly string[];

  constructor(code: TargetCode, message: string, candidates: readonly string[] = []) {
    super({ code, message, candidates });
    (this as { name: string }).name = 'TargetError';
  }
}

/** Names for a message: the first few, and the number of others. */
export function listed(names: readonly string[]): string {
  return someNames(names, 8);
}

/** The error for applied revisions without a file, with possible solutions. `so` is what cannot be done. */
export function cannotLocate(missing: readonly string[], so: string): TargetError {
  const [are, them] = missing.length === 1 ? ['it is', 'it'] : ['they are', 'them'];
  const message =
    `Cannot find revision ${listed(missing)}: ${are} applied, but no file declares ${them}, so ${so}. ` +
    'Restore the file (look in git, or on another branch). If another project writes to the same table, give each ' +
    'its own `migrations.tableName`. To keep the changes in the database, correct the migrations table with ' +
    '`migtui stamp --purge <current revisions>`.';
  return new TargetError('missing-revision', message, missing);
}
