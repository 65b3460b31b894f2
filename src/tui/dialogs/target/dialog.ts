import { emptyField, fieldOf, type TextField } from '../../../drawing/text/field.ts';
import type { PlanRequest, Preview } from '../../../engine/api.ts';
import { type Change, only } from '../../state/effect.ts';
import type { Dialog, Loaded, State } from '../../state/model.ts';
import { close, replaceTop } from '../../state/stack.ts';
import { openPlan } from '../plan/plan.ts';
import { type Candidate, candidatesFor } from './candidates.ts';

/** The target prompt. Completes while typing, and shows a preview of the plan. */
export interface TargetDialog extends Dialog {
  readonly kind: 'target';
  readonly command: PlanRequest['command'];
  readonly field: TextField;
  /** The selected candidate; null: the typed text is used. */
  readonly cursor: number | null;
  /** Empty the log before stamping. */
  readonly purge: boolean;
  /** The timer that waits for a pause in typing; older ones are ignored. */
  readonly token: number;
  readonly loaded: Loaded<Preview> | null;
  /** The request of the loaded plan. */
  readonly loadedFor: string;
}

/** The pause in typing after which the plan is requested, ms. */
const pause = 120;

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

/** The target that Enter would use. */
export function chosenTarget(dialog: TargetDialog, state: State): string {
  const candidate = dialog.cursor === null ? undefined : candidatesOf(dialog, state)[dialog.cursor];
  return candidate?.target ?? dialog.field.text.trim();
}

export const requestOf = (dialog: TargetDialog, target: string): PlanRequest => ({
  command: dialog.command,
  targets: target.split(/\s+/),
  ...(dialog.purge && { purge: true }),
});

/** The dialog after its target changed: the plan is requested after a pause. */
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
