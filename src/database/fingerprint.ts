import { createHash } from 'node:crypto';
import type { Plan } from '../revisions/plan.ts';

/**
 * Identifies what a preview was computed from: the applied revisions, the plan, and the file of each of its steps.
 * @param applied ids the database has logged, in any order
 * @param checksums by revision id; a class of a `migrationsList` has none
 * @returns SHA-256, hex
 */
export function fingerprintOf(
  applied: Iterable<string>,
  plan: Plan,
  checksums: ReadonlyMap<string, string | null>,
): string {
  const value = [
    [...applied].sort(),
    plan.steps.map(({ revision, action }) => [revision, action, checksums.get(revision) ?? null]),
    plan.tips,
  ];
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
