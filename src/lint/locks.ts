import { type LockMode, lockModes } from '../values/findings.ts';

/** The stronger of two locks. */
export function stronger(a: LockMode | null, b: LockMode | null): LockMode | null {
  if (a === null || b === null) return a ?? b;
  return lockModes.indexOf(a) >= lockModes.indexOf(b) ? a : b;
}

/** What has to wait while a table has this lock. */
export function blockedBy(lock: LockMode | null): ('reads' | 'writes')[] {
  if (lock === 'ACCESS EXCLUSIVE') return ['reads', 'writes'];
  return lock === 'SHARE' || lock === 'SHARE ROW EXCLUSIVE' || lock === 'EXCLUSIVE' ? ['writes'] : [];
}
