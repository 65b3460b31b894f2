import { Failure } from '../../foundation/failure.ts';
import type { Step } from '../../revisions/plans/plan.ts';
import type { Preview } from '../../values/run.ts';
import { takesNoWrites } from '../connect/read-only.ts';
import { fingerprintOf } from '../fingerprint.ts';
import type { Ledger } from '../ledger.ts';
import type { LoadedStep, RunContext } from './context.ts';
import { planChanged } from './ledger-rows.ts';

/** What to run under the lock. */
export interface FinalPlan {
  readonly preview: Preview;
  readonly steps: readonly LoadedStep[];
  /** The current contents of the migrations table. */
  readonly applied: ReadonlySet<string>;
  /** The plan was made again; no steps: its target is already reached. */
  readonly replanned: boolean;
  /** The migrations table exists. */
  readonly tableReady: boolean;
}

/**
 * Compares state and files with those of the plan. If they differ, makes the plan again, provided that the
 * run was requested with a target and not with exactly this plan (`RunContext.replan`).
 * @param ledger as read under the lock
 * @param load loads the steps of the new plan
 * @throws Failure `plan-changed` | `database-read-only`
 */
export async function finalPlan(
  context: RunContext,
  steps: readonly LoadedStep[],
  ledger: Ledger,
  load: (preview: Preview) => Promise<readonly LoadedStep[]>,
): Promise<FinalPlan> {
  const { table, preview, replan } = context;
  // A tenant that was just removed is not created again.
  if (context.shared && !ledger.schemaExists) throw schemaGone(table.schema);
  if (ledger.readOnly) throw takesNoWrites();
  const applied = new Set(ledger.applied.keys());
  const tableReady = ledger.table === 'present';
  if (isStill(preview, steps, applied)) return { preview, steps, applied, tableReady, replanned: false };
  if (!replan) throw changed();
  if (!isAbsolute(preview) && preview.plan.steps.every(step => isDone(step, applied))) {
    return { preview, steps: [], applied, tableReady, replanned: true };
  }
  const again = await replan();
  const shown = new Set(preview.plan.steps.map(keyOf));
  // A relative target now has another meaning, and a downgrade undoes only what was shown.
  if (!isAbsolute(preview) && !again.plan.steps.every(step => shown.has(keyOf(step)))) throw changed();
  const loaded = await load(again);
  if (!isStill(again, loaded, applied)) throw changed();
  return { preview: again, steps: loaded, applied, tableReady, replanned: true };
}

/** The target means the same revisions whatever is applied, and running more of them loses nothing. */
function isAbsolute({ request: { command, targets } }: Preview): boolean {
  return command === 'upgrade' && !targets.some(target => /current|(^|@)[+-]\d/i.test(target));
}

function isDone({ revision, action }: Step, applied: ReadonlySet<string>): boolean {
  return applied.has(revision) === (action === 'up' || action === 'log');
}

/** Whether state and files are those that the plan was made from. */
export function isStill(
  preview: Preview,
  steps: readonly LoadedStep[],
  applied: ReadonlySet<string>,
): boolean {
  const checksums = new Map(steps.map(({ revision, checksum }) => [revision, checksum]));
  return fingerprintOf(applied, preview.plan, checksums, preview) === preview.fingerprint;
}

const keyOf = ({ action, revision }: Step): string => `${action} ${revision}`;

/** The schema of a fleet target does not exist. */
export function schemaGone(schema: string): Failure {
  return new Failure({
    code: 'schema-gone',
    message: `There is no schema ${schema}.`,
    next: 'A fleet run does not create schemas: create it, or upgrade only this one with migtui upgrade --schema.',
  });
}

function changed(): Failure {
  return planChanged('The database or a file has changed since the plan was created. Nothing was run.');
}
