import { Failure } from '../foundation/failure.ts';

/** Why a target, or a plan for it, was refused. */
export type TargetCode =
  /** No revision, label or branch is written so. */
  | 'unknown-target'
  /** Several revisions could be meant. */
  | 'ambiguous-target'
  /** One head is wanted and there are several. */
  | 'multiple-heads'
  /** Steps that could go more than one way. */
  | 'ambiguous-walk'
  /** Not so many revisions above. */
  | 'too-few-steps'
  /** Not so many revisions below. */
  | 'past-base'
  /** `+N` in a downgrade, `-N` in an upgrade. */
  | 'wrong-direction'
  /** The revision is not in the branch that the target names. */
  | 'not-in-branch'
  /** Of several targets one is an ancestor of another. */
  | 'overlapping-targets'
  /** Nothing that is applied stands on the target, and it is not current. */
  | 'nothing-to-downgrade'
  /** An applied revision that no file declares is in the way. */
  | 'missing-revision'
  /** A branch that is to be rewritten is applied. */
  | 'already-applied'
  /** It is inside of what a squashed revision replaces. */
  | 'replaced-revision'
  /** Not a range, or its ends are not on one line. */
  | 'bad-range';

/** A target that cannot be followed. The message says what to do next; nothing runs. */
export class TargetError extends Failure {
  declare readonly code: TargetCode;
  /** What could be meant instead: ids, labels, or targets to write. */
  declare readonly candidates: readonly string[];

  constructor(code: TargetCode, message: string, candidates: readonly string[] = []) {
    super({ code, message, candidates });
    (this as { name: string }).name = 'TargetError';
  }
}

/** Names for a message: the first few, and how many more. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(', ');
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}

/** The error for applied revisions that no file declares, with the ways out. `so` is what cannot be done. */
export function cannotLocate(missing: readonly string[], so: string): TargetError {
  const message =
    `can't locate revision ${listed(missing)}: applied, but no file declares it, so ${so}. ` +
    'Restore the file (look in git, or on another branch); if another project logs into the same table, give each ' +
    'its own `migrations.tableName`; or, to keep its changes, correct the log with ' +
    '`migtui stamp --purge <current revisions>`.';
  return new TargetError('missing-revision', message, missing);
}
