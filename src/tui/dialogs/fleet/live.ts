import type { FleetCount, FleetPlan, FleetRow, FleetStatus } from '../../../engine/api.ts';
import { countRevisions, countStates } from '../../../values/fleet.ts';
import { type FleetProgress, fleetRuns } from '../../state/fleet.ts';
import type { State } from '../../state/model.ts';

/** What the run changes on each target, by name. */
export function changesOf({ groups }: FleetPlan): FleetProgress['changes'] {
  const changes = new Map<string, { current: readonly string[]; applied: number }>();
  for (const { targets, preview } of groups) {
    const added = preview.plan.steps.map(({ action }) => (action === 'up' || action === 'log' ? 1 : -1));
    const change = { current: preview.plan.tips, applied: added.reduce<number>((sum, one) => sum + one, 0) };
    for (const target of targets) changes.set(target, change);
  }
  return changes;
}

interface Live {
  readonly status: FleetStatus;
  readonly live: FleetStatus;
  readonly byName: ReadonlyMap<string, FleetRow>;
}

/** Computed once for each state of a run; a frame needs it several times. */
const computed = new WeakMap<FleetProgress, Live>();

/** Null unless a run is in progress. */
function liveOf(status: FleetStatus, { fleet }: State): Live | null {
  if (!fleet || !fleetRuns(fleet)) return null;
  const known = computed.get(fleet);
  if (known?.status === status) return known;
  const { changes } = fleet;
  const [arrived, working] = [new Set(fleet.arrived), new Set(fleet.working)];
  const targets = status.targets.map((row): FleetRow => {
    const change = arrived.has(row.name) ? changes.get(row.name) : undefined;
    if (change) return changed(row, change);
    return working.has(row.name) ? { ...row, running: true } : row;
  });
  const live: Live = {
    status,
    live: { ...status, targets, counts: inOrder(status, targets), states: countStates(targets) },
    byName: new Map(targets.map(row => [row.name, row])),
  };
  computed.set(fleet, live);
  return live;
}

/** The board's status with the targets that the run has finished so far, in the same order. */
export const liveStatus = (status: FleetStatus, state: State): FleetStatus =>
  liveOf(status, state)?.live ?? status;

/** Rows of the board as the run has left them so far. */
export function liveRows(rows: readonly FleetRow[], status: FleetStatus, state: State): readonly FleetRow[] {
  const live = liveOf(status, state);
  return live ? rows.map(row => live.byName.get(row.name) ?? row) : rows;
}

function changed(
  row: FleetRow,
  change: { readonly current: readonly string[]; readonly applied: number },
): FleetRow {
  const pending = Math.max(0, row.pending - change.applied);
  const state =
    row.state === 'behind' || row.state === 'head' ? (pending > 0 ? 'behind' : 'head') : row.state;
  return { ...row, current: change.current, applied: row.applied + change.applied, pending, state };
}

/** The revisions of the status keep their order; new ones come first. */
function inOrder({ counts }: FleetStatus, targets: readonly FleetRow[]): readonly FleetCount[] {
  const places = new Map(counts.map(({ current }, at) => [JSON.stringify(current), at]));
  const placeOf = ({ current }: FleetCount): number => places.get(JSON.stringify(current)) ?? -1;
  return [...countRevisions(targets)].sort((a, b) => placeOf(a) - placeOf(b));
}
