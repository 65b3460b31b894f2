import type { LintReport } from '../../../engine/api.ts';
import type { Dialog, Loaded } from '../../state/model.ts';

/**
 * A run in progress, and its result. The run itself is in the state and continues when this dialog is closed.
 */
export interface RunDialog extends Dialog {
  readonly kind: 'run';
  /** After a failure on existing rows: how many there are. */
  readonly counted: Loaded<LintReport> | null;
}

export const runDialog = (openedBy: string): RunDialog => ({ kind: 'run', counted: null, top: 0, openedBy });
