import { failureLines } from '../../../drawing/text/failure.ts';
import { type Line, line } from '../../../drawing/text/span.ts';
import type { PlanStart, Preview } from '../../../engine/api.ts';
import { ask, only } from '../../state/effect.ts';
import type { Loaded, State } from '../../state/model.ts';
import { nameOf } from '../../state/select.ts';
import { replace } from '../../state/stack.ts';
import type { DialogType } from '../dialog.ts';
import { fieldSpans } from '../field-line.ts';
import { actionStyles, counted, startOf } from '../plan/lines.ts';
import { targetCommands } from './commands.ts';
import { candidatesOf, chosenTarget, complete, requestOf, retarget, type TargetDialog } from './dialog.ts';

/** Maximum number of steps listed. */
const shownSteps = 8;

function previewLines(dialog: TargetDialog, state: State, columns: number): Line[] {
  const target = chosenTarget(dialog, state);
  if (target === '') return [line('Type a target, or choose one with the arrows.', 'dim')];
  const { loaded } = dialog;
  if (!loaded || loaded.is === 'loading') {
    const start = loaded && startOf(requestOf(dialog, target), state);
    if (!start) return [line('planning …', 'dim')];
    return [
      line(`${counted(start.count, 'step')}, checking them …`, 'strong'),
      ...stepList(start.first, start.count, state),
    ];
  }
  if (loaded.is === 'failed') return failureLines(loaded.failure, columns);
  const { steps } = loaded.value;
  if (steps.length === 0) return [line('nothing to do: the database is already there', 'dim')];
  return [
    line(
      `${counted(steps.length, 'step')}${loaded.value.destructive ? ', destroys data' : ''}`,
      loaded.value.destructive ? 'danger' : 'strong',
    ),
    ...stepList(steps, steps.length, state),
  ];
}

/** @param total number of all steps */
const stepList = (steps: PlanStart['first'], total: number, state: State): Line[] => [
  ...steps
    .slice(0, shownSteps)
    .map(
      (step): Line => [
        { text: `  ${step.action.padEnd(6)}`, style: actionStyles[step.action] },
        { text: nameOf(state, step.revision) },
      ],
    ),
  ...(total > shownSteps ? [line(`  and ${total - shownSteps} more`, 'dim')] : []),
];

const titles = { upgrade: 'Upgrade to', downgrade: 'Downgrade to', stamp: 'Stamp as' } as const;

export const targetType: DialogType<TargetDialog> = {
  kind: 'target',
  commands: targetCommands,
  scopes: () => ['target'],
  title: dialog => titles[dialog.command],
  width: () => 84,
  head: (dialog, _state) => [
    [
      { text: 'target ', style: 'dim' },
      ...fieldSpans(dialog.field),
      ...(dialog.purge ? [{ text: '   and delete all other rows (purge)', style: 'danger' as const }] : []),
    ],
    [],
  ],
  body(dialog, state) {
    const candidates = candidatesOf(dialog, state);
    return candidates.length === 0
      ? [line('no matching target', 'dim')]
      : candidates.map(
          ({ target, about }): Line => [
            { text: target, style: 'accent' },
            { text: `  ${about}`, style: 'dim' },
          ],
        );
  },
  selected: dialog => dialog.cursor,
  foot(dialog, state, columns) {
    const lines = previewLines(dialog, state, columns);
    const height = shownSteps + 2;
    return [
      [],
      ...lines.slice(0, height),
      ...Array.from({ length: Math.max(0, height - lines.length) }, (): Line => []),
    ];
  },
  field: dialog => dialog.field,
  typed: (dialog, field, state) => retarget(state, { ...dialog, field, cursor: null }),
  later(dialog, token, state) {
    const target = chosenTarget(dialog, state);
    if (token !== dialog.token || target === '') return only(state);
    const [asked, ticket, effect] = ask(state, { call: 'preview', args: [requestOf(dialog, target)] });
    return [
      replace({ ...asked, planStart: null }, dialog, {
        ...dialog,
        loaded: { is: 'loading', ticket },
        loadedFor: target,
      }),
      [effect],
    ];
  },
  answered(dialog, { ticket, outcome }, state) {
    if (dialog.loaded?.is !== 'loading' || dialog.loaded.ticket !== ticket) return null;
    const loaded: Loaded<Preview> = outcome.ok
      ? { is: 'ready', value: outcome.value as Preview }
      : { is: 'failed', failure: outcome.failure };
    return only(replace(state, dialog, { ...dialog, loaded }));
  },
  clicked: (dialog, at, state) => complete(state, { ...dialog, cursor: at }),
};
