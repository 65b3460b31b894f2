import { confirmPlan, toggleStep } from '../../dialogs/plan.ts';
import { type PlanDialog, whyNotRun } from '../../dialogs/plan-rules.ts';
import { revealSelected } from '../../dialogs/scrolling.ts';
import { replaceTop } from '../../dialogs/stack.ts';
import { scriptOf } from '../../panes/detail/sql-tab.ts';
import { only } from '../../state/effect.ts';
import { commandOf, here } from '../headless.ts';
import { copied } from '../looking.ts';
import { inDialogs, on, why } from './on.ts';

const moveStep = (by: number) =>
  on('plan', (state, dialog) => {
    const steps = dialog.loaded.is === 'ready' ? dialog.loaded.value.steps.length : 0;
    const moved = replaceTop(state, {
      ...dialog,
      cursor: Math.max(0, Math.min(steps - 1, dialog.cursor + by)),
    });
    return only(revealSelected(moved));
  });

const allSteps = (dialog: PlanDialog): PlanDialog => {
  const steps = dialog.loaded.is === 'ready' ? dialog.loaded.value.steps : [];
  const open = dialog.unfolded.size < steps.length;
  return { ...dialog, unfolded: new Set(open ? steps.keys() : []) };
};

/** The plan before it runs. */
export const planningCommands = inDialogs([
  {
    id: 'confirm',
    keys: ['enter'],
    where: ['plan'],
    title: 'run it',
    about: 'run exactly this plan',
    footer: 1,
    danger: true,
    disabled: why('plan', whyNotRun),
    run: on('plan', confirmPlan),
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
    about: 'the step before',
    run: moveStep(-1),
  },
  {
    id: 'step-sql',
    keys: ['tab', 'space', 'l', 'right'],
    where: ['plan'],
    title: 'SQL',
    about: 'show or hide the SQL of the step',
    footer: 2,
    run: on('plan', (state, dialog) => only(replaceTop(state, toggleStep(dialog)))),
  },
  {
    id: 'all-sql',
    keys: ['shift+tab', 'a'],
    where: ['plan'],
    title: 'all SQL',
    about: 'show or hide the SQL of every step',
    footer: 3,
    run: on('plan', (state, dialog) => only(replaceTop(state, allSteps(dialog)))),
  },
  {
    id: 'copy-plan',
    keys: ['y'],
    where: ['plan'],
    title: 'copy command',
    about: 'copy the command that shows this plan',
    footer: 4,
    run: on('plan', (state, dialog) =>
      copied(state, here(state, commandOf(dialog.request, false)), 'the command'),
    ),
  },
  {
    id: 'copy-sql',
    keys: ['Y'],
    where: ['plan'],
    title: 'copy SQL',
    about: 'copy the SQL of every step',
    run: on('plan', (state, dialog) =>
      dialog.loaded.is === 'ready'
        ? copied(state, scriptOf(dialog.loaded.value.steps.flatMap(step => step.preview.sql)), 'the SQL')
        : only(state),
    ),
  },
]);
