import type { Plan } from './plan.ts';
import { listed, TargetError } from './target-error.ts';

/**
 * `-N` means the last N that were applied. Where the log has another order than the revisions (a gap that was filled
 * later, or a folder that MikroORM ran in another order), a walk down the graph would undo something else, so the
 * user must
 * choose.
 * @param target as it was written; only a bare `-N` is judged, a name says what it means
 * @param plan that the target came to
 * @param logged applied revisions of the graph, in the order they were logged
 * @throws TargetError `ambiguous-walk`
 */
export function refuseOtherOrder(target: string, { steps, tips }: Plan, logged: readonly string[]): void {
  if (!/^\s*-\d+\s*$/.test(target)) return;
  const leaving = new Set(steps.map(step => step.revision));
  const last = logged.slice(logged.length - leaving.size);
  const others = last.filter(id => !leaving.has(id));
  if (others.length === 0) return;
  const taken = steps.map(step => step.revision);
  throw new TargetError(
    'ambiguous-walk',
    `"${target}" is ambiguous: by the log ${listed(others)} ${others.length === 1 ? 'was' : 'were'} applied last, ` +
      `but ${listed(taken)} ${taken.length === 1 ? 'stands' : 'stand'} on top of the history. ` +
      `To undo ${taken.length === 1 ? 'it' : 'them'}, name the revision to keep: ` +
      `\`migtui downgrade ${tips[0] ?? 'base'}\``,
    tips.length > 0 ? tips : ['base'],
  );
}
