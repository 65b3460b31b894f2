import { isRefusal } from '../../database/connect/connection.ts';
import { queryOn } from '../../database/connect/monitor.ts';
import { readJournal } from '../../database/journal/reader.ts';
import { Failure } from '../../foundation/failure.ts';
import { inverse, type PastRun, repeatable } from '../../revisions/plans/past-runs.ts';
import type { Plan, Step } from '../../revisions/plans/plan.ts';
import type { JournalEntry, PlanRequest } from '../api.ts';
import type { Session, State } from '../session.ts';

/** The plan of an undo or a redo, and the resolved request: its run and its direction. */
export interface PastPlan {
  readonly plan: Plan;
  readonly request: PlanRequest;
}

/**
 * Plans to undo the last run, or to redo the last undo.
 * @throws Failure `no-journal` | `nothing-to-undo` | `nothing-to-redo` | `cannot-undo` if the applied
 * revisions are no longer those after that run
 */
export async function pastPlan(session: Session, state: State, request: PlanRequest): Promise<PastPlan> {
  const kind = request.past?.kind ?? 'undo';
  const { database } = state;
  const entries = isRefusal(database) ? [] : await readJournal(queryOn(database.orm), session.table);
  if (entries.length === 0) {
    throw new Failure({
      code: 'no-journal',
      message: `There is no journal of what was run here, so there is nothing to ${kind}.`,
      next: 'migtui journal shows how to turn it on. Without it: migtui downgrade, migtui upgrade.',
    });
  }
  const run = repeatable(runsOf(entries))[kind];
  const wanted = request.past?.run;
  if (run && wanted !== undefined && wanted !== run.run) {
    throw new Failure({
      code: `nothing-to-${kind}`,
      message: `Another run was made since: ${run.run.slice(0, 8)}.`,
      next: `Ask for ${kind === 'undo' ? 'the undo' : 'the redo'} again, or see migtui journal.`,
    });
  }
  if (!run) {
    throw new Failure({
      code: `nothing-to-${kind}`,
      message: kind === 'undo' ? 'There is no run to undo.' : 'There is no undone run to redo.',
      next: 'migtui journal shows what was run.',
    });
  }
  const steps = kind === 'undo' ? inverse(run.steps) : run.steps;
  const after = applySteps(state, kind, run, steps);
  const down = steps.every(({ action }) => action === 'down');
  const rows = steps.every(({ action }) => action === 'log' || action === 'unlog');
  return {
    plan: { steps, tips: state.graph.current(after) },
    request: {
      ...request,
      command: rows ? 'stamp' : down ? 'downgrade' : 'upgrade',
      past: { kind, run: run.run },
    },
  };
}

/** The runs of a journal, oldest first, with their committed steps. */
function runsOf(entries: readonly JournalEntry[]): PastRun[] {
  const runs = new Map<string, { run: string; steps: Step[]; undoes?: string; redoes?: string }>();
  for (const { run, revision, action, outcome, undoes, redoes } of entries.toReversed()) {
    if (outcome !== 'done') continue;
    const known = runs.get(run) ?? { run, steps: [], ...(undoes && { undoes }), ...(redoes && { redoes }) };
    known.steps.push({ revision, action });
    runs.set(run, known);
  }
  return [...runs.values()];
}

/**
 * The applied revisions after the steps.
 * @throws Failure `cannot-undo` if a step is already done, or would leave an applied revision without its
 * requirements
 */
function applySteps(
  { graph, done }: State,
  kind: 'undo' | 'redo',
  { run }: PastRun,
  steps: readonly Step[],
): Set<string> {
  const now = new Set(done.keys());
  const refused = (why: string): Failure =>
    new Failure({
      code: `cannot-${kind}`,
      message: `The run ${run.slice(0, 8)} cannot be ${kind === 'undo' ? 'undone' : 'redone'}: ${why}.`,
      next: 'Something else changed the database since. See migtui status; migtui upgrade and migtui downgrade go to a target.',
    });
  for (const { revision, action } of steps) {
    const comes = action === 'up' || action === 'log';
    if (now.has(revision) === comes)
      throw refused(`${revision} is ${comes ? 'applied already' : 'not applied anymore'}`);
    if (comes) {
      const missing = graph.needs(revision).find(id => !now.has(id));
      if (missing !== undefined) throw refused(`${revision} needs ${missing}, which is not applied`);
      now.add(revision);
    } else {
      const dependent = graph.descendants([revision]).find(id => id !== revision && now.has(id));
      if (dependent !== undefined) throw refused(`${dependent} depends on ${revision}`);
      now.delete(revision);
    }
  }
  return now;
}
