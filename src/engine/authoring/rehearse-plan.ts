import { addressOf } from '../../database/address.ts';
import { isRefusal } from '../../database/connection.ts';
import { effectsOf } from '../../database/shadow/effects.ts';
import type { ReplayStep } from '../../database/shadow/revision-run.ts';
import type { Return, RoundTrip } from '../../database/shadow/round-trip.ts';
import { Failure } from '../../foundation/failure.ts';
import type { PlanRehearsal, PlanRequest, RehearsedStep, ReturnTrip } from '../api.ts';
import { bookkeeping } from '../bookkeeping.ts';
import { planFor } from '../plan-for.ts';
import { keepRehearsal, rehearsalKey } from '../rehearsal-records.ts';
import { ups, type Workspace } from './workspace.ts';

/**
 * Rehearses a plan on the shadow: replays what is applied, then does, undoes and does again each step, and compares
 * the schemas exactly.
 * @throws Failure `missing-revision` when an applied revision has no file; the database's refusal; TargetError;
 *   Failure `shadow-missing` | `shadow-lacks`; ReplayFailure when what is applied does not run
 */
export async function rehearsePlan(workspace: Workspace, request: PlanRequest): Promise<PlanRehearsal> {
  const disk = workspace.onDisk();
  const state = await workspace.session.state();
  if (isRefusal(state.database) && state.database.state !== 'missing')
    throw new Failure(state.database.failure);
  const books = await bookkeeping(workspace.session, state);
  const plan = planFor(state, books, request);
  const steps = plan.steps.filter(
    (step): step is ReplayStep => step.action === 'up' || step.action === 'down',
  );
  const missing = [...state.applied.keys(), ...steps.map(({ revision }) => revision)].filter(
    id => !disk.byId.has(id),
  );
  if (missing.length > 0) {
    throw new Failure({
      code: 'missing-revision',
      message: `Can't rehearse: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} applied without a file.`,
      next: 'Restore the files from version control, or stamp the database to revisions that exist.',
    });
  }
  const base = ups(disk.graph.order.filter(id => state.applied.has(id)));
  const trips = await workspace.roundTrips(disk, base, steps);
  const rehearsed = trips.map(rehearsedStep);
  const ok = rehearsed.length === steps.length && rehearsed.every(({ ok }) => ok);
  const checksums = new Map(state.sources.migrations.map(({ id, checksum }) => [id, checksum]));
  const place = { label: addressOf(workspace.project).label, schema: workspace.project.schema };
  const key = rehearsalKey(state.applied.keys(), plan, checksums, place);
  if (steps.length > 0) keepRehearsal(key, { ok, measured: null });
  return {
    request,
    steps: rehearsed,
    untried: steps.slice(trips.length).map(({ revision }) => revision),
    ok,
    measured: null,
    caveats: ['Tested on empty tables; failures that depend on rows are still possible.'],
  };
}

/** A round trip as a plain value for the faces. */
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
