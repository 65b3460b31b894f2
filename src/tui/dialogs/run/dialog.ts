import type { LintReport } from '../../../engine/api.ts';
import type { Dialog, Loaded } from '../../state/model.ts';

/** A run as it goes, and how it ended. The run itself is in the state: it goes on when this is closed. */
export interface RunDialog extends Dialog {
  readonly kind: 'run';
  /** After a failure on rows: how many are in the way. */
  readonly counted: Loaded<LintReport> | null;
}

export const runDialog = (openedBy: string): RunDialog => ({ kind: 'run', counted: null, top: 0, openedBy });
