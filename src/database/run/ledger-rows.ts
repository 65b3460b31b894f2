import { Failure } from '../../foundation/failure.ts';
import type { LedgerTable } from '../ledger.ts';
import type { LoadedStep } from './context.ts';
import type { ObservedConnection } from './observed.ts';

/** The run found another state than the one the plan was made for. */
export function planChanged(message: string): Failure {
  return new Failure({
    code: 'plan-changed',
    message,
    next: 'Look at the plan again (migtui status), then run it anew.',
  });
}

/**
 * Looks once more, inside the batch and after its lock: are these steps still to be done, and is nothing else changed?
 * The table must exist.
 * @param expected the applied set as the plan has it before this batch
 * @throws Failure `plan-changed`
 */
export async function checkLedger(
  connection: ObservedConnection,
  table: LedgerTable,
  steps: readonly LoadedStep[],
  expected: ReadonlySet<string>,
): Promise<void> {
  const names = steps.map(step => step.revision);
  const [row] = await connection.query<{ total: number; found: string[] | null }>(
    `select count(distinct name)::int as total, array_agg(distinct name) filter (where name = any ($1)) as found
       from (select regexp_replace(name, '[.][jt]s$', '') as name from ${table.sql}) as applied`,
    [names],
  );
  const found = new Set(row?.found ?? []);
  for (const { revision } of steps) {
    if (found.has(revision) === expected.has(revision)) continue;
    throw planChanged(
      found.has(revision)
        ? `${revision} has been applied by somebody else in the meantime; nothing of this batch was run.`
        : `${revision} has been taken back by somebody else in the meantime; nothing of this batch was run.`,
    );
  }
  if (row?.total !== expected.size) {
    throw planChanged(
      `${row?.total ?? 0} revisions are applied now, the plan was made for ${expected.size}; nothing of this batch was run.`,
    );
  }
}
