import { settingsOf } from '../../database/run/context.ts';
import { scriptFor } from '../../database/script.ts';
import type { ScriptStrict } from '../../database/script-checks.ts';
import { Failure } from '../../foundation/failure.ts';
import { fileChecksums } from '../../project/files/sources.ts';
import { revisionsOf } from '../../project/project.ts';
import { brokenRevisions } from '../../revisions/broken-revisions.ts';
import { RevisionGraph } from '../../revisions/graph.ts';
import type { Plan, Step } from '../../revisions/plans/plan.ts';
import { TargetError } from '../../revisions/targets/target-error.ts';
import type { PlanRequest, SqlPreview } from '../api.ts';
import { bookkeeping } from '../bookkeeping.ts';
import { missingFolder } from '../migrations-folder.ts';
import type { Session, State } from '../session.ts';
import { refuseOutsideSchema } from './run-schema.ts';
import { batchesOf, isBookkeeping, stepsSql } from './steps.ts';
import { isChecked, refuseStrict, strictness } from './strict.ts';

/**
 * The SQL script of a range or target. The database is used only if a target is relative to it.
 * @throws TargetError for the target; Failure `no-migrations-folder` | `broken-revisions` | `range-needed` |
 * `missing-revision` | `no-down` | `strict` |
 *   `sql-unknown` with the revisions whose SQL is known only when they run
 */
export async function script(session: Session, request: PlanRequest): Promise<string> {
  const { project, table } = session;
  const missing = missingFolder(project);
  if (missing) throw missing;
  const relative = request.targets.some(target => /current|^[+-]/.test(target));
  const live = relative ? await session.state() : null;
  const state = live ?? offline(session);
  const { plan: whole, from, assumed, to } = offlinePlan(state, request);
  if (live) {
    const warnings = strictness(session, live, await bookkeeping(session, live), whole);
    refuseStrict({ warnings }, 'No script was written.');
  }
  const all = await stepsSql(session, state, whole);
  const first = all.findIndex(({ complete }) => !complete);
  const stopsAt = request.partial === true && first > 0 ? first : whole.steps.length;
  const plan = { ...whole, steps: whole.steps.slice(0, stopsAt) };
  const sql = all.slice(0, stopsAt);
  if (first >= 0 && first < stopsAt) throw sqlUnknown(request, whole, all, to);
  refuseOutsideSchema(project, plan.steps, sql);
  return scriptFor({
    project,
    table,
    plan,
    batches: batchesOf(session, plan, sql, request.transaction),
    // A stamp has no statements; the script writes its rows.
    sql: plan.steps.map(({ action }, index) => (isBookkeeping(action) ? [] : (sql[index]?.sql ?? []))),
    from: state.graph.current(assumed).join(', ') || 'base',
    start: startOf(state.graph, request, plan, assumed),
    strict: strictOf(session, state, plan),
    ending:
      plan.steps.length === 0
        ? [`Nothing to do between ${from} and ${to}.`]
        : stopsAt < whole.steps.length
          ? endingBefore(request, whole.steps[stopsAt] as Step, to)
          : [],
    lockTimeout: settingsOf({}).lockTimeout,
  });
}

/** How to run the step whose SQL is unknown, and the rest. */
function endingBefore({ command }: PlanRequest, { revision, action }: Step, to: string): string[] {
  const run = action === 'down' ? 'migtui downgrade -1' : `migtui upgrade ${revision}`;
  return [
    `This script ends before ${revision}: its SQL is known only when it runs.`,
    `To continue: ${run}, then migtui ${command} current:${to} --sql`,
  ];
}

function sqlUnknown(request: PlanRequest, { steps }: Plan, sql: readonly SqlPreview[], to: string): Failure {
  const unknown = steps.filter((_, index) => sql[index]?.complete === false);
  const [first] = unknown;
  const notes = unknown.map(({ revision }) => {
    const note = sql[steps.findIndex(step => step.revision === revision)]?.note;
    return note ? `${revision} (${note})` : revision;
  });
  const further = first === steps[0] ? endingBefore(request, first as Step, to).slice(1) : [];
  return new Failure({
    code: 'sql-unknown',
    message: `The SQL of these revisions is known only when they run: ${notes.join(', ')}.`,
    next:
      further.length > 0
        ? further.join(' ')
        : 'With --partial the script ends before the first of them and shows how to continue.',
    candidates: unknown.map(({ revision }) => revision),
  });
}

/** The required log contents at the start of a script: its ancestors are applied, its descendants are not. */
function startOf(
  graph: RevisionGraph,
  { command }: PlanRequest,
  { steps }: Plan,
  assumed: readonly string[],
): { applied: readonly string[]; absent: readonly string[] } {
  const own = steps.map(step => step.revision);
  const dependents = command === 'downgrade' ? graph.descendants(own).filter(id => !own.includes(id)) : [];
  return { applied: assumed, absent: dependents.filter(id => !assumed.includes(id)) };
}

/** What the script checks for the rules of the `strict` setting, on the database where it runs. */
function strictOf({ options }: Session, { graph, byId }: Known, plan: Plan): ScriptStrict {
  return {
    rules: isChecked(plan) ? (options.strict ?? []) : [],
    revisions: graph.order.map(id => ({ id, needs: graph.needs(id), replaces: graph.replaces(id) })),
    files: new Set(byId.keys()),
    checksums: fileChecksums(byId.values()),
  };
}

type Known = Pick<State, 'graph' | 'applied' | 'problems' | 'byId'>;

/** Only the project. */
function offline({ project }: Session): Known {
  const sources = project.sources();
  const { graph, problems } = RevisionGraph.inspect(revisionsOf(sources));
  return {
    graph,
    problems: [...sources.problems, ...problems],
    applied: new Map(),
    byId: new Map(sources.migrations.map(migration => [migration.id, migration])),
  };
}

/** The plan of `to` or `from:to`, starting at `from`: base by default, as in Alembic. */
function offlinePlan(
  { graph, applied, problems }: Known,
  request: PlanRequest,
): { plan: Plan; from: string; to: string; assumed: readonly string[] } {
  if (problems.length > 0) {
    throw brokenRevisions('The migration files have problems, so there is no script.', problems);
  }
  const { command, targets } = request;
  const [first = '', ...more] = targets;
  const colon = first.indexOf(':');
  const from = colon < 0 ? 'base' : first.slice(0, colon) || 'base';
  const to = colon < 0 ? first : first.slice(colon + 1) || 'heads';
  if (command === 'downgrade' && (colon < 1 || colon === first.length - 1 || more.length > 0)) {
    throw new Failure({
      code: 'range-needed',
      message: 'An offline downgrade needs a start and an end.',
      next: 'Write it as from:to, such as head:base.',
    });
  }
  const assumed =
    from === 'current' ? [...applied.keys()] : graph.ancestors(graph.resolve(from, applied.keys()));
  const all = [to, ...more];
  if (colon >= 0 && more.length === 0 && command !== 'stamp') {
    refuseReversed(graph, command, { from, to, assumed });
  }
  const plan =
    command === 'downgrade'
      ? graph.downgrade(to, assumed)
      : command === 'stamp'
        ? graph.stamp(all, assumed)
        : graph.upgrade(all, assumed);
  return { plan, from, to, assumed };
}

/**
 * Refuses a range in the wrong direction, which would have no steps.
 * @param range `assumed`: everything that is applied at `from`
 */
function refuseReversed(
  graph: RevisionGraph,
  command: 'upgrade' | 'downgrade',
  { from, to, assumed }: { readonly from: string; readonly to: string; readonly assumed: readonly string[] },
): void {
  // Relative ends depend on the direction.
  if (/^[+-]/.test(to)) return;
  const end = graph.ancestors(graph.resolve(to, assumed));
  const [lower, higher] = command === 'upgrade' ? [end, assumed] : [assumed, end];
  const above = new Set(higher);
  // The state of a database may be ahead of the end: then there is nothing to run.
  if (from === 'current' || lower.length >= above.size || lower.some(id => !above.has(id))) return;
  const other = command === 'upgrade' ? 'downgrade' : 'upgrade';
  throw new TargetError(
    'wrong-direction',
    `"${from}:${to}" goes ${command === 'upgrade' ? 'down' : 'up'}: ${to} is ${command === 'upgrade' ? 'below' : 'above'} ${from}. ` +
      `Write \`migtui ${command} ${to}:${from} --sql\`, or \`migtui ${other} ${from}:${to} --sql\` to go ${command === 'upgrade' ? 'down' : 'up'}`,
    [`${to}:${from}`],
  );
}
