import { addressOf } from '../../database/connect/address.ts';
import { isRefusal } from '../../database/connect/connection.ts';
import { effectsOf } from '../../database/shadow/effects.ts';
import type { ReplayStep } from '../../database/shadow/revision-run.ts';
import type { Return, RoundTrip } from '../../database/shadow/round-trip.ts';
import { Failure } from '../../foundation/failure.ts';
import type {
  Measurement,
  PlanRehearsal,
  PlanRequest,
  RehearsalData,
  RehearsedStep,
  ReturnTrip,
} from '../api.ts';
import { bookkeeping } from '../bookkeeping.ts';
import { pastPlan } from '../planning/past-plan.ts';
import { planFor } from '../planning/plan-for.ts';
import { keepRehearsal, rehearsalKey } from '../planning/rehearsal-records.ts';
import { type State, withApplied } from '../session.ts';
import { measureOn, type OpenCopy, openCopyFor } from './measured-plan.ts';
import { type OnDisk, ups, type Workspace } from './workspace.ts';

/**
 * Rehearses a plan on the shadow: replays the applied revisions, then runs each step, undoes it and runs it
 * again, and compares the schemas exactly. The result is stored for the plan.
 * @param data also measure the steps on a copy of this; the applied revisions are then those of the copy
 * @throws Failure `missing-revision` if an applied revision has no file; the database's refusal; TargetError;
 *   Failure `shadow-missing` | `shadow-lacks`; ReplayFailure if an applied revision fails; those of `openCopyFor`
 */
export async function rehearsePlan(
  workspace: Workspace,
  request: PlanRequest,
  data?: RehearsalData,
): Promise<PlanRehearsal> {
  const state = await workspace.session.state();
  if (!data) {
    if (isRefusal(state.database) && state.database.state !== 'missing')
      throw new Failure(state.database.failure);
    return rehearseOn(workspace, state, request, null);
  }
  const copy = await openCopyFor(workspace, state, data);
  try {
    return await rehearseOn(workspace, withApplied(state, copy.applied), request, copy);
  } finally {
    await copy.copy.close();
  }
}

async function rehearseOn(
  workspace: Workspace,
  state: State,
  request: PlanRequest,
  copy: OpenCopy | null,
): Promise<PlanRehearsal> {
  const disk = workspace.onDisk();
  const books = copy ? { unsettled: [] } : await bookkeeping(workspace.session, state);
  const plan = request.past
    ? (await pastPlan(workspace.session, state, request)).plan
    : planFor(state, books, request);
  const steps = plan.steps.filter(
    (step): step is ReplayStep => step.action === 'up' || step.action === 'down',
  );
  refuseMissing(disk, [...state.done.keys(), ...steps.map(({ revision }) => revision)]);
  const base = ups(state.graph.order.filter(id => state.done.has(id)));
  const trips = await workspace.roundTrips(disk, base, steps);
  const rehearsed = trips.map(rehearsedStep);
  const measured = copy && steps.length > 0 ? await measureOn(copy, workspace, disk, steps) : null;
  const complete =
    rehearsed.length === steps.length && (measured === null || wentWell(measured, steps.length));
  const ok = complete && rehearsed.every(({ ok }) => ok);
  const okButDowns =
    complete &&
    rehearsed.every(({ ok, failure, undone }) => ok || (failure === null && undone.outcome === 'none'));
  const checksums = new Map(state.sources.migrations.map(({ id, checksum }) => [id, checksum]));
  const place = { label: addressOf(workspace.project).label, schema: workspace.project.schema };
  const key = rehearsalKey(state.applied.keys(), plan, checksums, place);
  if (steps.length > 0) keepRehearsal(key, { ok, okButDowns, measured });
  return {
    request,
    steps: rehearsed,
    untried: steps.slice(trips.length).map(({ revision }) => revision),
    ok,
    measured,
    caveats: copy
      ? [
          ...(copy.caveat === null ? [] : [copy.caveat]),
          'Times were measured on the server of the copy, without other load.',
        ]
      : complete
        ? ['Tested without the rows of the database; failures that depend on rows are still possible.']
        : [],
  };
}

function wentWell({ steps }: Measurement, expected: number): boolean {
  return (
    steps.length === expected && steps.every(({ done, undone }) => done.failure === null && !undone?.failure)
  );
}

function refuseMissing({ byId }: OnDisk, ids: readonly string[]): void {
  const missing = ids.filter(id => !byId.has(id));
  if (missing.length === 0) return;
  throw new Failure({
    code: 'missing-revision',
    message: `Can't rehearse: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} applied without a file.`,
    next: 'Restore the files from version control, or stamp the database to revisions that exist.',
  });
}

/** A round trip as a plain value for the front ends. */
export function rehearsedStep({ step, changes, failure, undone, redone }: RoundTrip): RehearsedStep {
  return {
    revision: step.revision,
    action: step.action,
    ok: failure === null && undone.outcome === 'same' && redone.outcome === 'same',
    effects: effectsOf(changes),
    failure,
    undone: returnTrip(undone),
    redone: returnTrip(redone),
  };
}

function returnTrip({ outcome, differences, failure }: Return): ReturnTrip {
  return { outcome, differences: effectsOf(differences), failure };
}
