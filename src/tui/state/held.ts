import type { Dialog, State } from './model.ts';

/** A held key repeats within this time, ms. */
const repeatsWithin = 700;

/** Whether `key` is still held down from opening the dialog: the key that opened it must not confirm it. */
export const isHeld = (state: State, dialog: Dialog, key: string): boolean =>
  dialog.openedBy === key &&
  state.previousKey.key === key &&
  state.now - state.previousKey.at < repeatsWithin;

export const heldNotice = 'the key was held down: release it and press it again';
