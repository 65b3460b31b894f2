import { type Change, only } from '../state/effect.ts';
import type { Dialog, State } from '../state/model.ts';
import { replaceTop, topDialog } from '../state/stack.ts';
import type { DialogType, TypeOf } from './dialog.ts';
import { placeDialog } from './place.ts';

/** Scrolls the top dialog; one with a cursor scrolls with its cursor instead. */
export function scrollDialogTo(state: State, top: number, typeOf: TypeOf): Change {
  const dialog = topDialog(state);
  if (!dialog) return only(state);
  const { body, bodyRows } = placeDialog(state, dialog, typeOf(dialog));
  const most = Math.max(0, body.length - bodyRows);
  return only(replaceTop(state, { ...dialog, top: Math.max(0, Math.min(top, most)) }));
}

export function scrollDialog(state: State, rows: number, typeOf: TypeOf): Change {
  const dialog = topDialog(state);
  return dialog
    ? scrollDialogTo(state, placeDialog(state, dialog, typeOf(dialog)).top + rows, typeOf)
    : only(state);
}

/** A page of the top dialog, minus one line for orientation. */
export function pageOf(state: State, typeOf: TypeOf): number {
  const dialog = topDialog(state);
  return dialog ? Math.max(1, placeDialog(state, dialog, typeOf(dialog)).bodyRows - 1) : 1;
}

/** Scrolls only as far as needed to show the line at the cursor and the lines after it. */
export function revealSelected(state: State, type: DialogType<Dialog>): State {
  const dialog = topDialog(state);
  if (!dialog) return state;
  const { selected, top, bodyRows, body } = placeDialog(state, dialog, type);
  if (selected === null) return state;
  const gap = Math.min(2, Math.floor((bodyRows - 1) / 2));
  const low = selected - (bodyRows - 1 - gap);
  const next = Math.max(low, Math.min(selected - gap, top));
  return replaceTop(state, { ...dialog, top: Math.max(0, Math.min(next, body.length - bodyRows)) });
}

/** Whether the top dialog has more lines than fit. */
export function scrolls(state: State, typeOf: TypeOf): boolean {
  const dialog = topDialog(state);
  if (!dialog) return false;
  const { body, bodyRows } = placeDialog(state, dialog, typeOf(dialog));
  return body.length > bodyRows;
}
