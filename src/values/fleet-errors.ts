import type { FailureInfo } from '../foundation/failure.ts';
import type { FleetResult, FleetTargetResult } from './fleet-run.ts';

/**
 * The failures of a result with their targets, the most frequent first. Failures that differ only in the names of the
 * target are the same.
 * @param namesOf a target's names, which its message may contain
 */
export function errorsIn(
  results: readonly FleetTargetResult[],
  namesOf: (target: string) => readonly string[],
): FleetResult['errors'] {
  const errors = new Map<string, { failure: FailureInfo; targets: string[] }>();
  for (const { target, outcome, failure } of results) {
    if (outcome !== 'failed' || !failure) continue;
    const names = namesOf(target).filter(name => name !== '');
    const key = names.reduce(
      (left, name) => left.replaceAll(name, '*'),
      `${failure.code} ${failure.message}`,
    );
    const error = errors.get(key) ?? { failure, targets: [] };
    error.targets.push(target);
    errors.set(key, error);
  }
  return [...errors.values()].sort((a, b) => b.targets.length - a.targets.length);
}
