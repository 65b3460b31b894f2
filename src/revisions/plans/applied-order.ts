import { listed, TargetError } from '../targets/target-error.ts';
import type { Plan } from './plan.ts';

/**
 * `-N` means the last N revisions that were applied. If the order in the log differs from the order in the
 * graph (a gap was filled later, or MikroORM ran a folder in another order), walking down the graph would
 * undo other revisions. The user must then name a target.
 * @param target as typed; only a bare `-N` is checked, because a name is unambiguous
 * @param plan the plan for the target
 * @param logged applied revisions of the graph, in the order in which they were logged
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
    `"${target}" is ambiguous: ${listed(others)} ${others.length === 1 ? 'was' : 'were'} applied last, but ` +
      `${listed(taken)} ${taken.length === 1 ? 'is the newest applied revision' : 'are the newest applied revisions'} in the history. ` +
      `To undo ${taken.length === 1 ? 'it' : 'them'}, specify the revision to keep: ` +
      `\`migtui downgrade ${tips[0] ?? 'base'}\``,
    tips.length > 0 ? tips : ['base'],
  );
}
