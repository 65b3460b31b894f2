import { type Change, only } from '../state/effect.ts';
import type { State } from '../state/model.ts';
import { placeDialog } from './place.ts';
import { replaceTop, topDialog } from './stack.ts';

/** Scrolls the dialog on top; one with a cursor scrolls with its cursor instead. */
export function scrollDialogTo(state: State, top: number): Change {
  const dialog = topDialog(state);
  if (!dialog) return only(state);
  const { body, bodyRows } = placeDialog(state, dialog);
  const most = Math.max(0, body.length - bodyRows);
  return only(replaceTop(state, { ...dialog, top: Math.max(0, Math.min(top, most)) }));
}

export function scrollDialog(state: State, rows: number): Change {
  const dialog = topDialog(state);
  return dialog ? scrollDialogTo(state, placeDialog(state, dialog).top + rows) : only(state);
}

/** A page of the dialog on top, less a line that stays for orientation. */
export function pageOf(state: State): number {
  const dialog = topDialog(state);
  return dialog ? Math.max(1, placeDialog(state, dialog).bodyRows - 1) : 1;
}

/** Scrolls just as far as it takes to see the line under the cursor, and what follows it. */
export function revealSelected(state: State): State {
  const dialog = topDialog(state);
  if (!dialog) return state;
  const { selected, top, bodyRows, body } = placeDialog(state, dialog);
  if (selected === null) return state;
  const gap = Math.min(2, Math.floor((bodyRows - 1) / 2));
  const low = selected - (bodyRows - 1 - gap);
  const next = Math.max(low, Math.min(selected - gap, top));
  return replaceTop(state, { ...dialog, top: Math.max(0, Math.min(next, body.length - bodyRows)) });
}

/** Whether the dialog on top has more lines than room. */
export function scrolls(state: State): boolean {
  const dialog = topDialog(state);
  if (!dialog) return false;
  const { body, bodyRows } = placeDialog(state, dialog);
  return body.length > bodyRows;
}
