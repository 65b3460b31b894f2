import { failureLines } from '../../drawing/text/failure.ts';
import { emptyField, fieldOf, type TextField } from '../../drawing/text/field.ts';
import { type Line, line } from '../../drawing/text/span.ts';
import type { PlanRequest, Preview } from '../../engine/api.ts';
import { ask, type Change, only } from '../state/effect.ts';
import type { Loaded, State } from '../state/model.ts';
import { nameOf } from '../state/select.ts';
import { type Candidate, candidatesFor } from './candidates.ts';
import type { DialogBase, DialogPart } from './dialog.ts';
import { fieldSpans } from './field-line.ts';
import { openPlan } from './plan.ts';
import { actionStyles, counted } from './plan-lines.ts';
import { close, replace, replaceTop } from './stack.ts';

/** Where to? Completes as one types, and shows the plan that would come of it. */
export interface TargetDialog extends DialogBase {
  readonly kind: 'target';
  readonly command: PlanRequest['command'];
  readonly field: TextField;
  /** The candidate under the cursor; null: what is typed counts. */
  readonly cursor: number | null;
  /** Empty the log before stamping. */
  readonly purge: boolean;
  /** The timer that waits for a pause in typing; older ones mean nothing. */
  readonly token: number;
  readonly loaded: Loaded<Preview> | null;
  /** What the loaded plan is for. */
  readonly loadedFor: string;
}

/** A pause in typing after which the plan is asked for, ms. */
const pause = 120;
const shownSteps = 8;

export function targetDialog(command: PlanRequest['command'], openedBy: string): TargetDialog {
  return {
    kind: 'target',
    command,
    field: emptyField,
    cursor: null,
    purge: false,
    token: 0,
    loaded: null,
    loadedFor: '',
    top: 0,
    openedBy,
  };
}

export const candidatesOf = (dialog: TargetDialog, state: State): readonly Candidate[] =>
  candidatesFor(state, dialog.command, dialog.field.text);

/** What Enter would take. */
export function chosenTarget(dialog: TargetDialog, state: State): string {
  const candidate = dialog.cursor === null ? undefined : candidatesOf(dialog, state)[dialog.cursor];
  return candidate?.target ?? dialog.field.text.trim();
}

const requestOf = (dialog: TargetDialog, target: string): PlanRequest => ({
  command: dialog.command,
  targets: target.split(/\s+/),
  ...(dialog.purge && { purge: true }),
});

/** The dialog after what it names has changed: its plan is asked for after a pause. */
export function retarget(state: State, dialog: TargetDialog): Change {
  const target = chosenTarget(dialog, state);
  if (target === '') return only(replaceTop(state, { ...dialog, loaded: null, loadedFor: '' }));
  const token = state.lastTicket + 1;
  return [
    replaceTop({ ...state, lastTicket: token }, { ...dialog, token }),
    [{ type: 'later', ms: pause, topic: 'preview', token }],
  ];
}

export function complete(state: State, dialog: TargetDialog): Change {
  const candidate = candidatesOf(dialog, state)[dialog.cursor ?? 0];
  return candidate
    ? retarget(state, { ...dialog, field: fieldOf(candidate.target), cursor: null })
    : only(state);
}

/** Enter: shows the plan in full. */
export function acceptTarget(state: State, dialog: TargetDialog, key: string): Change {
  const target = chosenTarget(dialog, state);
  if (target === '') return only(state);
  const known =
    dialog.loadedFor === target && dialog.loaded?.is === 'ready' ? dialog.loaded.value : undefined;
  return openPlan(close(state), requestOf(dialog, target), key, known);
}

function previewLines(dialog: TargetDialog, state: State, columns: number): Line[] {
  const target = chosenTarget(dialog, state);
  if (target === '') return [line('Type a target, or choose one with the arrows.', 'dim')];
  const { loaded } = dialog;
  if (!loaded || loaded.is === 'loading') return [line('making the plan …', 'dim')];
  if (loaded.is === 'failed') return failureLines(loaded.failure, columns);
  const { steps } = loaded.value;
  if (steps.length === 0) return [line('nothing to do: the database is already there', 'dim')];
  return [
    line(
      `${counted(steps.length, 'step')}${loaded.value.destructive ? ', destroys data' : ''}`,
      loaded.value.destructive ? 'danger' : 'strong',
    ),
    ...steps
      .slice(0, shownSteps)
      .map(
        (step): Line => [
          { text: `  ${step.action.padEnd(6)}`, style: actionStyles[step.action] },
          { text: nameOf(state, step.revision) },
        ],
      ),
    ...(steps.length > shownSteps ? [line(`  and ${steps.length - shownSteps} more`, 'dim')] : []),
  ];
}

const titles = { upgrade: 'Upgrade to', downgrade: 'Downgrade to', stamp: 'Stamp as' } as const;

export const targetPart: DialogPart<TargetDialog> = {
  scopes: () => ['target'],
  title: dialog => titles[dialog.command],
  width: () => 84,
  head: (dialog, _state) => [
    [
      { text: 'target ', style: 'dim' },
      ...fieldSpans(dialog.field),
      ...(dialog.purge ? [{ text: '   and forget every other row (purge)', style: 'danger' as const }] : []),
    ],
    [],
  ],
  body(dialog, state) {
    const candidates = candidatesOf(dialog, state);
    return candidates.length === 0
      ? [line('no known target has this in its name', 'dim')]
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
      replace(asked, dialog, { ...dialog, loaded: { is: 'loading', ticket }, loadedFor: target }),
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
