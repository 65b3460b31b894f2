import type { CancelMode, FleetEvent, FleetResult } from '../../engine/api.ts';
import type { FailureInfo } from '../../foundation/failure.ts';

/** Number of failures kept for display during a fleet run. */
const shownErrors = 5;

/** A run of the fleet, according to the events so far. */
export interface FleetProgress {
  /** The call whose result ends it. */
  readonly ticket: number;
  /** The number of targets to run. */
  readonly total: number;
  /** The current revisions of each target after its run, and by how many more revisions are applied. */
  readonly changes: ReadonlyMap<string, { readonly current: readonly string[]; readonly applied: number }>;
  readonly wave: string;
  readonly parallel: number;
  /** In progress. */
  readonly working: readonly string[];
  /** The migrated targets. */
  readonly arrived: readonly string[];
  readonly there: number;
  readonly failed: number;
  /** The most recent ones. */
  readonly errors: readonly { readonly target: string; readonly message: string }[];
  /** It waits at a pause. */
  readonly paused: { readonly after: string; readonly left: number } | null;
  readonly cancel: CancelMode | null;
  readonly result: FleetResult | null;
  /** Why it did not run at all. */
  readonly failure: FailureInfo | null;
  readonly startedAt: number;
  readonly endedAt: number | null;
}

/** A run that starts now. */
export function fleetStarts(
  ticket: number,
  total: number,
  changes: FleetProgress['changes'],
  now: number,
): FleetProgress {
  return {
    ...{ ticket, total, changes, wave: '', parallel: 0, working: [], arrived: [] },
    ...{ there: 0, failed: 0, errors: [], paused: null, cancel: null },
    ...{ result: null, failure: null, startedAt: now, endedAt: null },
  };
}

/** Whether it is in progress. */
export const fleetRuns = (progress: FleetProgress | null): boolean =>
  progress !== null && progress.endedAt === null;

/** The run after an event. */
export function followFleet(progress: FleetProgress, event: FleetEvent, now: number): FleetProgress {
  switch (event.kind) {
    case 'wave':
      return { ...progress, wave: event.wave, parallel: event.parallel, paused: null };
    case 'target':
      return { ...progress, working: [...progress.working, event.target] };
    case 'target-done': {
      const { target, outcome, failure } = event.result;
      const working = progress.working.filter(name => name !== target);
      if (outcome === 'done') return { ...progress, working, arrived: [...progress.arrived, target] };
      if (outcome === 'there') return { ...progress, working, there: progress.there + 1 };
      if (outcome !== 'failed') return { ...progress, working };
      const error = { target, message: failure?.message ?? 'failed' };
      return {
        ...progress,
        working,
        failed: progress.failed + 1,
        errors: [...progress.errors, error].slice(-shownErrors),
      };
    }
    case 'parallel':
      return { ...progress, parallel: event.parallel };
    case 'paused':
      return { ...progress, paused: { after: event.after, left: event.left } };
    case 'finished':
      return { ...progress, result: event.result, working: [], paused: null, endedAt: now };
    default:
      return progress;
  }
}
