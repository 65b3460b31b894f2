import { readLedger } from '../ledger.ts';
import { holderOf } from '../lock.ts';
import { isConnectionLoss, sqlState } from '../sql-failure.ts';
import type { RunState } from './state.ts';

/** How long a server may be away (a restart) before its answer is no longer waited for, ms. */
const timeoutMs = 10_000;
const every = 200;

/** SQLSTATE of a statement that a late cancel of ours has hit. */
const cancelled = '57014';

/** What is applied, as read from the database; `known: false`: it did not answer, and this is what should be. */
export interface Truth {
  readonly applied: ReadonlySet<string>;
  readonly known: boolean;
}

/** Reads the applied set after a run or a lost connection, when no batch of ours can still be on its way. */
export async function readBack(run: RunState): Promise<Truth> {
  const { context, monitor, keys, control } = run;
  // who no longer waits for the run does not wait for this either
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
