import { type Change, only } from '../state/effect.ts';
import type { Notice, State } from '../state/model.ts';
import type { Dialog } from './dialog.ts';

/** How long a notice stays, ms. */
const noticeTime = 5_000;

export const topDialog = (state: State): Dialog | null => state.dialogs.at(-1) ?? null;

export const open = (state: State, dialog: Dialog): State => ({
  ...state,
  dialogs: [...state.dialogs, dialog],
});

export const close = (state: State): State => ({ ...state, dialogs: state.dialogs.slice(0, -1) });

export const closeAll = (state: State): State => ({ ...state, dialogs: [] });

/** The top dialog exchanged for another, or for a changed one. */
export const replaceTop = (state: State, dialog: Dialog): State => ({
  ...state,
  dialogs: [...state.dialogs.slice(0, -1), dialog],
});

/** A dialog exchanged wherever it is in the stack. */
export const replace = (state: State, old: Dialog, dialog: Dialog): State => ({
  ...state,
  dialogs: state.dialogs.map(one => (one === old ? dialog : one)),
});

export function notify(state: State, text: string, level: Notice['level'] = 'info'): State {
  return { ...state, notice: { text, level, until: state.now + noticeTime } };
}

export const notified = (state: State, text: string, level: Notice['level'] = 'info'): Change =>
  only(notify(state, text, level));
