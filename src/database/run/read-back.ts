import { readLedger } from '../ledger.ts';
import { holderOf } from '../lock.ts';
import { isConnectionLoss, sqlState } from '../sql-failure.ts';
import type { RunState } from './state.ts';

/** Maximum time for a server to be away (a restart), ms. */
const timeoutMs = 10_000;
const every = 200;

/** SQLSTATE of a statement that was hit by a late cancel of ours. */
const cancelled = '57014';

/**
 * The applied revisions, read from the database; `known: false`: it did not answer, and this is the expected
 * state.
 */
export interface Truth {
  readonly applied: ReadonlySet<string>;
  readonly known: boolean;
}

/** Reads the applied set after a run or a lost connection, when no batch of ours can still be in progress. */
export async function readBack(run: RunState): Promise<Truth> {
  const { context, monitor, keys, control } = run;
  // If the run was abandoned, this is abandoned too.
  const deadline = performance.now() + (control.gaveUp ? 500 : timeoutMs);
  for (;;) {
    try {
      const open = monitor && (await holderOf(monitor.query, keys.batch));
      if (!open || performance.now() > deadline) {
        const { applied } = await readLedger(context.connection, context.table, false);
        return { applied: new Set(applied.keys()), known: !open };
      }
    } catch (error) {
      const passing = isConnectionLoss(error) || isStarting(error) || sqlState(error) === cancelled;
      if (!passing || performance.now() > deadline) return { applied: run.expected, known: false };
    }
    await new Promise(resolve => setTimeout(resolve, every));
  }
}

function isStarting(error: unknown): boolean {
  return /ECONNREFUSED|the database system is/i.test(error instanceof Error ? error.message : String(error));
}
