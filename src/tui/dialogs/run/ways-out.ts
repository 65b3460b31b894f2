import type { PlanRequest } from '../../../engine/api.ts';
import type { Run } from '../../state/run.ts';

/*
 * Failures that PostgreSQL's code says enough about to lead on.
 */

/** `duplicate_table`, `duplicate_column`, `duplicate_object`, `duplicate_schema`, `duplicate_function`. */
const duplicates: readonly (string | undefined)[] = ['42P07', '42701', '42710', '42P06', '42723'];
/** `unsafe_new_enum_value_usage`. */
const unsafeEnumValue = '55P04';

const failedStep = ({ steps }: Run): string | null =>
  steps.find(step => step.status === 'failed')?.revision ?? null;

/** What an upgrade would make is there already: the stamp that says so; null for any other failure. */
export function stampInstead(run: Run | null): PlanRequest | null {
  const revision = run && failedStep(run);
  const exists = duplicates.includes(run?.failure?.sql?.sqlState);
  if (!revision || !exists || run.preview.request.command !== 'upgrade') return null;
  return { command: 'stamp', targets: [revision] };
}

/** A new enum value cannot be used in its own transaction: the same plan with a transaction each. */
export function transactionEach(run: Run | null): PlanRequest | null {
  const request = run?.preview.request;
  const unsafe = run?.failure?.sql?.sqlState === unsafeEnumValue;
  return request && unsafe && request.transaction !== 'each' ? { ...request, transaction: 'each' } : null;
}
