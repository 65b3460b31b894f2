import { isLoss } from '../../../drawing/text/findings.ts';
import type { Finding, LintReport, PlanRequest } from '../../../engine/api.ts';
import type { Run } from '../../state/run.ts';

/*
 * Failures with a PostgreSQL code that suggests a specific next step.
 */

/** `duplicate_table`, `duplicate_column`, `duplicate_object`, `duplicate_schema`, `duplicate_function`. */
const duplicates: readonly (string | undefined)[] = ['42P07', '42701', '42710', '42P06', '42723'];
/** `unsafe_new_enum_value_usage`. */
const unsafeEnumValue = '55P04';

const failedStep = ({ steps }: Run): string | null =>
  steps.find(step => step.status === 'failed')?.revision ?? null;

/** The upgrade would create existing objects: a stamp of the revision; null for any other failure. */
export function stampInstead(run: Run | null): PlanRequest | null {
  const revision = run && failedStep(run);
  const exists = duplicates.includes(run?.failure?.sql?.sqlState);
  if (!revision || !exists || run.preview.request.command !== 'upgrade') return null;
  return { command: 'stamp', targets: [revision] };
}

/**
 * A new enum value cannot be used in its own transaction: the same plan with a transaction for each revision,
 * if another revision adds the value.
 */
export function transactionEach(run: Run | null): PlanRequest | null {
  const request = run?.preview.request;
  if (!run || !request || run.failure?.sql?.sqlState !== unsafeEnumValue) return null;
  if (request.transaction === 'each' || sharesTransaction(run) === false || splitInstead(run)) return null;
  return { ...request, transaction: 'each' };
}

/** The failed revision, if it uses an enum value that it adds itself: it must be split in two. */
export function splitInstead(run: Run | null): string | null {
  const revision = run && failedStep(run);
  if (!revision || run.failure?.sql?.sqlState !== unsafeEnumValue) return null;
  const inOne = run.preview.warnings.some(
    ({ code, revisions }) => code === 'new-enum-value' && revisions.length === 1 && revisions[0] === revision,
  );
  return inOne || !sharesTransaction(run) ? revision : null;
}

/** Whether other revisions ran before the failed one in its transaction. */
function sharesTransaction({ preview, steps }: Run): boolean {
  const failed = steps.findIndex(step => step.status === 'failed');
  return failed > 0 && preview.steps[failed - 1]?.batch === preview.steps[failed]?.batch;
}

/** `not_null_violation`, `foreign_key_violation`, `unique_violation`, `check_violation`. */
const refusedRows: readonly (string | undefined)[] = ['23502', '23503', '23505', '23514'];

/** Whether an upgrade failed on existing rows, which can be counted. */
export const failedOnRows = (run: Run | null): boolean =>
  run !== null &&
  run.preview.request.command === 'upgrade' &&
  refusedRows.includes(run.failure?.sql?.sqlState);

/** The findings of the failed revision whose rows were counted. */
export function rowsOfFailure(run: Run, { findings }: LintReport): readonly Finding[] {
  const revision = failedStep(run);
  return findings.filter(
    one =>
      one.revision === revision && one.action === 'up' && !isLoss(one.rule) && (one.inTheWay?.count ?? 0) > 0,
  );
}
