import { scriptOf } from '../../panes/detail/sql-tab.ts';
import { commandOf, here } from '../../state/command-line.ts';
import { ask, type Change, only } from '../../state/effect.ts';
import { heldNotice, isHeld } from '../../state/held.ts';
import { logged } from '../../state/log.ts';
import type { State } from '../../state/model.ts';
import { startRun } from '../../state/run.ts';
import { close, copied, copiedText, notified, open, replaceTop, topDialog } from '../../state/stack.ts';
import { inDialogs, on, why } from '../commands.ts';
import { runDialog } from '../run/dialog.ts';
import { type PlanDialog, runsMigrations, whyName, whyNotRun } from './rules.ts';

/** Enter in the plan: runs it, unless the key is still held down. */
function confirmPlan(state: State, dialog: PlanDialog, key: string): Change {
  if (isHeld(state, dialog, key)) return notified(state, heldNotice, 'warning');
  if (dialog.loaded.is !== 'ready') return only(state);
  const preview = dialog.loaded.value;
  const { always, ...how } = state.settings.backup;
  const confirm = whyName(dialog) === null ? undefined : dialog.typed.text;
  const options = {
    ...state.settings.run,
    ...(dialog.backup && runsMigrations(preview) && { backup: how }),
    ...(confirm !== undefined && { confirm }),
  };
  const [asked, ticket, effect] = ask(close(state), { call: 'run', args: [preview, options] });
  const running = open({ ...asked, run: startRun(preview, ticket, state.now) }, runDialog(key));
  const flag = dialog.backup === always ? false : dialog.backup ? '--backup' : '--no-backup';
  return [logged(running, 'command', here(state, commandOf(dialog.request, flag, '--yes'))), [effect]];
}

/** Why no step can be shown; null if one can. */
const whyNoSteps = (_: State, { loaded }: PlanDialog): string | null =>
  loaded.is === 'loading'
    ? 'still planning'
    : loaded.is === 'failed' || loaded.value.steps.length === 0
      ? 'no steps'
      : null;

const toggleStep = (dialog: PlanDialog): PlanDialog => {
  const unfolded = new Set(dialog.unfolded);
  if (!unfolded.delete(dialog.cursor)) unfolded.add(dialog.cursor);
  return { ...dialog, unfolded };
};

const moveStep = (by: number) =>
  on<PlanDialog>('plan', (state, dialog) => {
    const steps = dialog.loaded.is === 'ready' ? dialog.loaded.value.steps.length : 0;
    const moved = replaceTop(state, {
      ...dialog,
      cursor: Math.max(0, Math.min(steps - 1, dialog.cursor + by)),
    });
    return only(moved);
  });

const allSteps = (dialog: PlanDialog): PlanDialog => {
  const steps = dialog.loaded.is === 'ready' ? dialog.loaded.value.steps : [];
  const open = dialog.unfolded.size < steps.length;
  return { ...dialog, unfolded: new Set(open ? steps.keys() : []) };
};

/** The plan before it runs. */
export const planCommands = inDialogs([
  {
    id: 'confirm',
    keys: ['enter'],
    where: ['plan'],
    title: 'run it',
    about: 'run exactly this plan',
    footer: 1,
    danger: true,
    disabled: why<PlanDialog>('plan', whyNotRun),
    run: on<PlanDialog>('plan', confirmPlan),
  },
  {
    id: 'next-step',
    keys: ['down', 'j'],
    where: ['plan'],
    title: 'next step',
    about: 'the next step of the plan',
    run: moveStep(1),
  },
  {
    id: 'previous-step',
    keys: ['up', 'k'],
    where: ['plan'],
    title: 'previous step',
    about: 'the previous step',
    run: moveStep(-1),
  },
  {
    id: 'step-sql',
    keys: ['tab', 'space', 'l', 'right'],
    where: ['plan'],
    title: 'SQL',
    about: 'show or hide the SQL of the step',
    footer: 2,
    disabled: why<PlanDialog>('plan', whyNoSteps),
    run: on<PlanDialog>('plan', (state, dialog) => only(replaceTop(state, toggleStep(dialog)))),
  },
  {
    id: 'all-sql',
    keys: ['shift+tab', 'a'],
    where: ['plan'],
    title: 'all SQL',
    about: 'show or hide the SQL of every step',
    footer: 3,
    disabled: why<PlanDialog>('plan', whyNoSteps),
    run: on<PlanDialog>('plan', (state, dialog) => only(replaceTop(state, allSteps(dialog)))),
  },
  {
    id: 'copy-plan',
    keys: ['y'],
    where: ['plan'],
    title: 'copy command',
    about: 'copy the command that shows this plan',
    footer: 4,
    hidden: state => {
      const dialog = topDialog(state);
      return dialog?.kind === 'plan' && dialog.loaded?.is === 'loading';
    },
    run: on<PlanDialog>('plan', (state, dialog) => copiedText(state, here(state, commandOf(dialog.request)))),
  },
  {
    id: 'copy-sql',
    keys: ['Y'],
    where: ['plan'],
    title: 'copy SQL',
    about: 'copy the SQL of every step',
    run: on<PlanDialog>('plan', (state, dialog) =>
      dialog.loaded.is === 'ready'
        ? copied(state, scriptOf(dialog.loaded.value.steps.flatMap(step => step.preview.sql)), 'the SQL')
        : only(state),
    ),
  },
]);
