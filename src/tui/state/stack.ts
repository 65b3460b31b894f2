import { type Change, only } from './effect.ts';
import type { Dialog, Notice, State } from './model.ts';

/** How long a notice is shown, ms. */
const noticeTime = 5_000;

export const topDialog = (state: State): Dialog | null => state.dialogs.at(-1) ?? null;

export const open = <D extends Dialog>(state: State, dialog: D): State => ({
  ...state,
  dialogs: [...state.dialogs, dialog],
});

export const close = (state: State): State => ({ ...state, dialogs: state.dialogs.slice(0, -1) });

export const closeAll = (state: State): State => ({ ...state, dialogs: [] });

/** Replaces the top dialog. */
export const replaceTop = <D extends Dialog>(state: State, dialog: D): State => ({
  ...state,
  dialogs: [...state.dialogs.slice(0, -1), dialog],
});

/** Replaces a dialog anywhere in the stack. */
export const replace = <D extends Dialog>(state: State, old: Dialog, dialog: D): State => ({
  ...state,
  dialogs: state.dialogs.map(one => (one === old ? dialog : one)),
});

export function notify(state: State, text: string, level: Notice['level'] = 'info'): State {
  return { ...state, notice: { text, level, until: state.now + noticeTime } };
}

export const notified = (state: State, text: string, level: Notice['level'] = 'info'): Change =>
  only(notify(state, text, level));

/** Copies a text to the terminal's clipboard, and reports what was copied. */
export const copied = (state: State, text: string, what: string): Change => [
  notify(state, `copied ${what}`),
  [{ type: 'copy', text }],
];

/** The same for a text that is short enough to be shown. */
export const copiedText = (state: State, text: string): Change => copied(state, text, text);
