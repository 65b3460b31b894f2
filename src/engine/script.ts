import { settingsOf } from '../database/run/context.ts';
import { scriptFor } from '../database/script.ts';
import { Failure } from '../foundation/failure.ts';
import { revisionsOf } from '../project/project.ts';
import { RevisionGraph } from '../revisions/graph.ts';
import type { Plan } from '../revisions/plan.ts';
import type { PlanRequest } from './api.ts';
import { refuseOutsideSchema } from './run-schema.ts';
import type { Session, State } from './session.ts';
import { batchesOf, isBookkeeping, stepsSql } from './steps.ts';

/**
 * The offline script of a range or target. The database is asked only when a target is relative to it.
 * @throws TargetError for the target; Failure `broken-revisions` | `range-needed` | `missing-revision` | `no-down` |
 *   `sql-unknown` naming the revisions whose SQL is known only when they run
 */
export async function script(session: Session, request: PlanRequest): Promise<string> {
  const { project, table } = session;
  const relative = request.targets.some(target => /current|^[+-]/.test(target));
  const state = relative ? await session.state() : offline(session);
  const { plan, from } = offlinePlan(state, request);
  const sql = await stepsSql(session, state, plan);
  const unknown = plan.steps.filter((_, index) => sql[index]?.complete === false);
  if (unknown.length > 0) {
    throw new Failure({
      code: 'sql-unknown',
      message: `The SQL of these revisions is known only when they run: ${unknown.map(({ revision }) => revision).join(', ')}.`,
      next: 'Run them with migtui, or write the script around them.',
      candidates: unknown.map(({ revision }) => revision),
    });
  }
  refuseOutsideSchema(project, plan.steps, sql);
  return scriptFor({
    project,
    table,
    plan,
    batches: batchesOf(project, plan, sql, request.transaction),
    // the rows of a stamp are the script's own
    sql: plan.steps.map(({ action }, index) => (isBookkeeping(action) ? [] : (sql[index]?.sql ?? []))),
    from,
    lockTimeout: settingsOf({}).lockTimeout,
  });
}

type Known = Pick<State, 'graph' | 'applied' | 'problems' | 'byId'>;

/** The project alone. */
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

/** The plan of `to` or `from:to`, from what `from` stands on: base when it is not said, as Alembic has it. */
function offlinePlan(
  { graph, applied, problems }: Known,
  request: PlanRequest,
): { plan: Plan; from: string } {
  if (problems.length > 0) {
    throw new Failure({
      code: 'broken-revisions',
      message: 'The revisions on disk are broken, so there is no script.',
      next: 'Fix the files named by migtui status, then try again.',
      problems,
    });
  }
  const { command, targets } = request;
  const [first = '', ...more] = targets;
  const colon = first.indexOf(':');
  const from = colon < 0 ? 'base' : first.slice(0, colon) || 'base';
  const to = colon < 0 ? first : first.slice(colon + 1) || (command === 'downgrade' ? 'base' : 'heads');
  if (command === 'downgrade' && (colon < 0 || more.length > 0)) {
    throw new Failure({
      code: 'range-needed',
      message: 'An offline downgrade needs to know where it begins.',
      next: 'Write it as from:to, such as head:base.',
    });
  }
  const assumed =
    from === 'current' ? [...applied.keys()] : graph.ancestors(graph.resolve(from, applied.keys()));
  if (command === 'downgrade') return { plan: graph.downgrade(to, assumed), from };
  if (command === 'stamp') return { plan: graph.stamp([to, ...more], assumed), from };
  return { plan: graph.upgrade([to, ...more], assumed), from };
}
