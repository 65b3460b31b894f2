import type { StepResult } from '../../engine/api.ts';
import type { Failure } from '../../foundation/failure.ts';
import type { LoadedStep, RunContext, Settings } from './context.ts';
import type { Control } from './control.ts';

/** A run on its way. */
export interface RunState {
  readonly id: string;
  readonly context: RunContext;
  readonly settings: Settings;
  readonly control: Control;
  readonly steps: readonly LoadedStep[];
  /** By index of the step; replaced as it goes. */
  readonly results: StepResult[];
  /** What the ledger must hold now: changed when a batch is committed. */
  readonly expected: Set<string>;
  /** The failure that ended the run. */
  failure: Failure | null;
}

/** The applied set after these steps. */
export function applySteps(applied: Set<string>, steps: readonly LoadedStep[]): void {
  for (const { revision, action } of steps) {
    if (action === 'up' || action === 'log') applied.add(revision);
    else applied.delete(revision);
  }
}
