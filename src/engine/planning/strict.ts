import { Failure } from '../../foundation/failure.ts';
import type { Plan } from '../../revisions/plans/plan.ts';
import type { Preview, StrictRule, Warning } from '../api.ts';
import type { Bookkeeping } from '../bookkeeping.ts';
import type { Session, State } from '../session.ts';

/** What each rule forbids, and how to resolve it. */
const rules: Readonly<Record<StrictRule, { readonly problem: string; readonly next: string }>> = {
  missing: {
    problem: 'applied revisions have no file',
    next: 'Restore the files from version control, or stamp the database to revisions that exist.',
  },
  'out-of-order': {
    problem: 'revisions are pending below applied ones',
    next: 'Run them with --no-strict, or move them to the top: give a file without "revises" a later time in its name, or change "revises".',
  },
  edited: {
    problem: 'the files of applied revisions were edited',
    next: 'Undo the edit, or accept it with "migtui resolve <revision> --accept-edit".',
  },
};

/**
 * The rules of the `strict` setting that this plan violates, one warning with code `strict` for each.
 */
export function strictness(
  { options }: Pick<Session, 'options'>,
  { graph, applied }: State,
  { edited }: Bookkeeping,
  plan: Plan,
): Warning[] {
  if (!isChecked(plan)) return [];
  const broken: Readonly<Record<StrictRule, readonly string[]>> = {
    missing: graph.missing(applied.keys()),
    'out-of-order': graph.gaps(applied.keys()),
    edited,
  };
  return (options.strict ?? [])
    .filter(rule => broken[rule].length > 0)
    .map(rule => ({
      code: 'strict',
      message: `The strict rule "${rule}" forbids this run: ${rules[rule].problem}. ${rules[rule].next}`,
      revisions: broken[rule],
    }));
}

/** Whether the rules apply: a stamp only corrects the log. */
export function isChecked({ steps }: Plan): boolean {
  return steps.some(({ action }) => action === 'up' || action === 'down');
}

/**
 * @param outcome what was not done
 * @throws Failure `strict` if the plan violates a rule of the `strict` setting
 */
export function refuseStrict({ warnings }: Pick<Preview, 'warnings'>, outcome = 'Nothing was run.'): void {
  const [first, ...more] = warnings.filter(({ code }) => code === 'strict');
  if (!first) return;
  throw new Failure({
    code: 'strict',
    message: [first, ...more].map(({ message }) => message).join(' '),
    next: `${outcome} The setting "strict" or --strict enables this check; --no-strict skips it for one run.`,
    candidates: [first, ...more].flatMap(({ revisions }) => revisions),
  });
}
