import type { Dialog } from '../../state/model.ts';

/** A run as it goes, and how it ended. The run itself is in the state: it goes on when this is closed. */
export interface RunDialog extends Dialog {
  readonly kind: 'run';
}

export const runDialog = (openedBy: string): RunDialog => ({ kind: 'run', top: 0, openedBy });
