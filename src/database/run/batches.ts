import type { Action } from '../../revisions/plans/plan.ts';
import type { Batch } from '../../values/run.ts';

/** What the batching needs to know about a step. */
export interface CutStep {
  readonly action: Action;
  /** False: the revision's `isTransactional()` returns false. */
  readonly transactional: boolean;
}

export interface CutOptions {
  /** MikroORM's `migrations.transactional`; false: nothing runs in a transaction. */
  readonly transactional: boolean;
  /** MikroORM's `migrations.allOrNothing`. */
  readonly allOrNothing: boolean;
  /** `--transaction all|each`, which overrides `allOrNothing`. */
  readonly override?: 'all' | 'each' | undefined;
}

/**
 * Divides a plan into transactions, in its order. A revision that cannot run in a transaction is a separate
 * batch, so no other transaction is open while it runs. Steps that only write log rows need no batch of their
 * own.
 */
export function cutBatches(steps: readonly CutStep[], options: CutOptions): Batch[] {
  const all = options.override ? options.override === 'all' : options.allOrNothing;
  const batches: { transactional: boolean; steps: number[] }[] = [];
  let open: { transactional: boolean; steps: number[] } | null = null;
  steps.forEach(({ action, transactional }, index) => {
    const rowOnly = action === 'log' || action === 'unlog';
    if (!rowOnly && !(transactional && options.transactional)) {
      batches.push({ transactional: false, steps: [index] });
      open = null;
    } else if (open && (all || rowOnly)) {
      open.steps.push(index);
    } else {
      open = { transactional: true, steps: [index] };
      batches.push(open);
    }
  });
  return batches;
}
