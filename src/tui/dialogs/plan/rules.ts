import type { TextField } from '../../../drawing/text/field.ts';
import type {
  Comparison,
  LintReport,
  PlanRehearsal,
  PlanRequest,
  Preview,
  RowsInTheWay,
} from '../../../engine/api.ts';
import type { Dialog, Loaded, State } from '../../state/model.ts';
import { whyReadOnly } from '../../state/why-not.ts';
import { wantsName, whyForbidden } from './policy.ts';

/** The plan, before anything runs. */
export interface PlanDialog extends Dialog {
  readonly kind: 'plan';
  readonly request: PlanRequest;
  readonly loaded: Loaded<Preview>;
  readonly cursor: number;
  /** Steps whose SQL is expanded. */
  readonly unfolded: ReadonlySet<number>;
  /** The database's name, if it must be typed. */
  readonly typed: TextField;
  /** Before a stamp: whether the live schema matches the target's lineage. */
  readonly compared: Loaded<Comparison> | null;
  /** The rehearsal on the shadow, if requested. */
  readonly rehearsed: Loaded<PlanRehearsal> | null;
  /** The plan was requested again: a rehearsal may have met a rule. */
  readonly renewing: number | null;
  /** The query that counts the rows on which its statements would fail. */
  readonly counting: Loaded<LintReport> | null;
  /** The results, by finding. */
  readonly rows: ReadonlyMap<string, RowsInTheWay>;
  /** The database is backed up before the first step. */
  readonly backup: boolean;
}

/** Why the database's name must be typed; null if Enter is enough. */
export function whyName({ loaded, compared }: PlanDialog): string | null {
  if (loaded.is !== 'ready') return null;
  const { destructive, steps } = loaded.value;
  if (destructive) return 'This destroys data.';
  if (wantsName(loaded.value)) return 'This database is protected.';
  const differs = compared?.is === 'ready' && !compared.value.same;
  return differs && steps.some(({ action }) => action === 'log')
    ? 'The migrations table would not match the schema.'
    : null;
}

/** Whether the plan runs migrations: a stamp only changes log rows. */
export const runsMigrations = ({ steps }: Preview): boolean =>
  steps.some(({ action }) => action === 'up' || action === 'down');

/** Why the plan cannot be run; null if it can. */
export function whyNotRun(state: State, dialog: PlanDialog): string | null {
  if (dialog.loaded.is === 'loading') return 'still planning';
  if (dialog.loaded.is === 'failed') return 'no plan to run';
  const preview = dialog.loaded.value;
  if (preview.steps.length === 0) return 'nothing to do';
  const refused = whyReadOnly(state);
  if (refused) return refused;
  if (state.run && state.run.endedAt === null) return 'a run is in progress';
  const forbidden = whyForbidden(preview, dialog.backup);
  if (forbidden) return forbidden;
  if (dialog.compared?.is === 'loading') return 'still comparing with the live schema';
  if (whyName(dialog) !== null && dialog.typed.text !== preview.databaseName)
    return `type ${preview.databaseName} to confirm`;
  return null;
}
