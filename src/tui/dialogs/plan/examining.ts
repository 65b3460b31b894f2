import { quoteShell } from '../../../foundation/shell.ts';
import { here } from '../../state/command-line.ts';
import { ask, type Change, only } from '../../state/effect.ts';
import { logged } from '../../state/log.ts';
import type { State } from '../../state/model.ts';
import { open, replaceTop } from '../../state/stack.ts';
import { inDialogs, on, why } from '../commands.ts';
import { openDraft } from '../draft/dialog.ts';
import { rehearsalDialog } from '../rehearsal.ts';
import { type PlanDialog, runsMigrations } from './rules.ts';

/*
 * Checks before a plan runs. Each key has a Ctrl alternative, because letters are text while the database's
 * name is typed.
 */

/** Time limit for counting the failing rows of one statement, ms. */
const countingTime = 5_000;

const notReady = ({ loaded }: PlanDialog): string | null => {
  if (loaded.is === 'loading') return 'still planning';
  return loaded.is === 'failed' ? 'there is no plan' : null;
};

/** Why nothing can be checked: the plan is not there, or it runs no migrations. */
const whyNothing = (_state: State, dialog: PlanDialog): string | null =>
  notReady(dialog) ??
  (dialog.loaded.is === 'ready' && runsMigrations(dialog.loaded.value) ? null : 'it runs no migrations');

/** Shows the rehearsal of the plan; requests it once. */
function rehearse(state: State, dialog: PlanDialog, key: string): Change {
  const known = dialog.rehearsed?.is === 'loading' || dialog.rehearsed?.is === 'ready';
  if (known || dialog.loaded.is !== 'ready') return only(open(state, rehearsalDialog(key)));
  const { request } = dialog.loaded.value;
  const [asked, ticket, effect] = ask(state, { call: 'rehearsePlan', args: [request] });
  const waiting = replaceTop(asked, { ...dialog, rehearsed: { is: 'loading', ticket } });
  const down = request.command === 'downgrade' ? ' --down' : '';
  const command = `migtui rehearse ${request.targets.map(quoteShell).join(' ')}${down}`;
  return [logged(open(waiting, rehearsalDialog(key)), 'command', here(state, command)), [effect]];
}

function whyNoRows(state: State, dialog: PlanDialog): string | null {
  const nothing = whyNothing(state, dialog);
  if (nothing !== null || dialog.loaded.is !== 'ready') return nothing;
  if (dialog.counting?.is === 'loading') return 'the rows are being counted';
  return dialog.loaded.value.steps.some(({ action }) => action === 'up') ? null : 'only for what goes up';
}

function countRows(state: State, dialog: PlanDialog): Change {
  const [asked, ticket, effect] = ask(state, { call: 'lint', args: [{ withRows: countingTime }] });
  return [
    logged(
      replaceTop(asked, { ...dialog, counting: { is: 'loading', ticket } }),
      'command',
      here(state, 'migtui lint --with-rows'),
    ),
    [effect],
  ];
}

const stepAt = ({ loaded, cursor }: PlanDialog) =>
  loaded.is === 'ready' ? loaded.value.steps[cursor] : undefined;

function whyNoSafeForm(state: State, dialog: PlanDialog): string | null {
  const nothing = whyNothing(state, dialog);
  if (nothing !== null) return nothing;
  const step = stepAt(dialog);
  const danger = step?.action === 'up' && step.findings.some(({ severity }) => severity === 'danger');
  return danger ? (state.overview?.project.readOnly ? 'opened read-only' : null) : 'no danger in this step';
}

function draftSafeForm(state: State, dialog: PlanDialog, key: string): Change {
  const revision = stepAt(dialog)?.revision ?? '';
  const command = `migtui lint ${quoteShell(revision)} --fix --yes`;
  return openDraft(state, 'Safe form', { call: 'draftFix', args: [revision] }, command, key);
}

/** The revision that the plan suggests splitting: it adds an enum value and uses it. */
function toSplit({ loaded }: PlanDialog): string | null {
  if (loaded.is !== 'ready') return null;
  const warning = loaded.value.warnings.find(
    ({ code, revisions }) => code === 'new-enum-value' && revisions.length === 1,
  );
  return warning?.revisions[0] ?? null;
}

function draftSplit(state: State, dialog: PlanDialog, key: string): Change {
  const revision = toSplit(dialog) ?? '';
  const command = `migtui revision --split ${quoteShell(revision)} --yes`;
  return openDraft(state, 'Split', { call: 'draftSplit', args: [revision] }, command, key);
}

/** The actions for a plan before it runs. */
export const examiningCommands = inDialogs(
  [
    {
      id: 'rehearse-plan',
      keys: ['R', 'ctrl+r'],
      where: ['plan'],
      title: 'rehearse',
      about: 'run the plan up, down and up again on the shadow database',
      footer: 5,
      disabled: why<PlanDialog>('plan', whyNothing),
      run: on<PlanDialog>('plan', rehearse),
    },
    {
      id: 'plan-backup',
      keys: ['b', 'ctrl+b'],
      where: ['plan'],
      title: 'backup',
      about: 'back up the database before the run, or not',
      footer: 6,
      disabled: why<PlanDialog>('plan', whyNothing),
      run: on<PlanDialog>('plan', (state, dialog) =>
        only(replaceTop(state, { ...dialog, backup: !dialog.backup })),
      ),
    },
    {
      id: 'plan-rows',
      keys: ['w', 'ctrl+t'],
      where: ['plan'],
      title: 'rows',
      about: 'count the rows on which the statements would fail (read-only)',
      footer: 7,
      disabled: why<PlanDialog>('plan', whyNoRows),
      run: on<PlanDialog>('plan', countRows),
    },
    {
      id: 'plan-safe-form',
      keys: ['f', 'ctrl+f'],
      where: ['plan'],
      title: 'safe form',
      about: 'draft the safe form of the dangerous statements of the step',
      footer: 8,
      disabled: why<PlanDialog>('plan', whyNoSafeForm),
      run: on<PlanDialog>('plan', draftSafeForm),
    },
    {
      id: 'plan-split',
      keys: ['x', 'ctrl+x'],
      where: ['plan'],
      title: 'split',
      about: 'split a revision that adds an enum value and uses it',
      footer: 4,
      disabled: why<PlanDialog>('plan', (state, dialog) =>
        toSplit(dialog) === null
          ? 'no revision adds an enum value and uses it'
          : state.overview?.project.readOnly
            ? 'opened read-only'
            : null,
      ),
      run: on<PlanDialog>('plan', draftSplit),
    },
  ],
  'In a plan',
);
