import type { Catalog } from '../database/catalog.ts';
import { type Connection, isRefusal } from '../database/connect/connection.ts';
import { countRows } from '../database/failing-rows.ts';
import { type Linter, type LintStep, type QueriedFinding, unresolved } from '../lint/lint.ts';
import type { Schema } from '../lint/schema.ts';
import { brokenRevisions } from '../revisions/broken-revisions.ts';
import type { Plan } from '../revisions/plans/plan.ts';
import type { Finding, LintReport, LintRequest, Severity, SqlPreview } from './api.ts';
import { newLinter } from './linter.ts';
import { sqlOf } from './overview/detail.ts';
import type { Session, State } from './session.ts';

/** The revisions on disk. */
type OnDisk = Pick<State, 'graph' | 'byId'>;

/**
 * Lints every statement of revisions, up and down, before anything runs. Reads the live catalog if there is
 * one; without a database every table counts as populated.
 * @param options `ignoreSizes`: tables that are empty here may be large elsewhere
 * @throws TargetError for the range; Failure `broken-revisions`
 */
export async function lint(
  session: Session,
  { range, withRows }: LintRequest,
  { ignoreSizes = false } = {},
): Promise<LintReport> {
  const state = await session.state();
  const { graph, applied, problems } = state;
  if (problems.length > 0) {
    throw brokenRevisions('The migration files have problems, so they were not analysed.', problems);
  }
  const ids = [...applied.keys()];
  const asked = range === undefined ? null : rangeOf(state, range);
  const concerned = asked ?? graph.pending(ids);
  const catalog = isRefusal(state.database)
    ? null
    : await liveCatalog(session, state, await sqlOfAll(session, state, concerned));
  const live = catalog && ignoreSizes ? { ...catalog, sizes: new Map() } : catalog;
  // The upcoming plan on the live database; a range is linted from base, each revision as a separate
  // deployment.
  const plan = asked === null && live !== null;
  const linted = asked ?? (plan ? concerned : graph.order);
  const order = plan ? linted : graph.orderTo(linted);
  const linter = await newLinter(session, live, plan);
  const found = await lintInOrder(session, state, linter, { order, linted, plan });
  const { database } = state;
  const counted =
    withRows === undefined || isRefusal(database)
      ? found.map(({ finding }) => finding)
      : await counting(database, live, found, withRows);
  return { findings: counted, judged: linted, level: session.options.lint?.level ?? 'danger' };
}

/**
 * Lints one revision as a separate deployment.
 * @param live only the server's version and the sizes of the tables matter
 */
export async function lintRevision(
  session: Session,
  disk: OnDisk,
  live: Catalog | null,
  id: string,
): Promise<readonly Finding[]> {
  const linter = await newLinter(session, live, false);
  const order = disk.graph.orderTo([id]);
  const found = await lintInOrder(session, disk, linter, { order, linted: [id], plan: false });
  return found.map(({ finding }) => finding);
}

/**
 * Lints revisions without a database, each as a separate deployment.
 * @param linted ids, in any order
 */
export async function lintOnDisk(
  session: Session,
  disk: OnDisk,
  linted: readonly string[],
): Promise<Finding[]> {
  const linter = await newLinter(session, null, false);
  const { order } = disk.graph;
  const found = await lintInOrder(session, disk, linter, { order, linted, plan: false });
  return found.map(({ finding }) => finding);
}

/**
 * The schema before each statement of a revision, as far as the earlier revisions show.
 * @param up SQL strings of its `up()`
 */
export async function schemasBefore(
  session: Session,
  disk: OnDisk,
  before: readonly string[],
  id: string,
  up: readonly string[],
): Promise<readonly Schema[]> {
  const linter = await newLinter(session, null, false);
  await lintInOrder(session, disk, linter, { order: before, linted: [], plan: false });
  const plain = { complete: true, note: null, transactional: true };
  return up.map(sql => {
    const schema = linter.schema.fork();
    linter.replay(stepOf(disk, id, 'up', { sql: [sql], ...plain }));
    return schema;
  });
}

/** The revisions to lint, after the revisions before them. */
interface InOrder {
  readonly order: readonly string[];
  readonly linted: readonly string[];
  /** One plan: objects that it creates are not in use yet. */
  readonly plan: boolean;
}

async function lintInOrder(
  session: Session,
  disk: OnDisk,
  linter: Linter,
  { order, linted, plan }: InOrder,
): Promise<QueriedFinding[]> {
  const wanted = new Set(linted);
  const found: QueriedFinding[] = [];
  const steps = await Promise.all(order.map(id => bothWays(session, disk, id, wanted.has(id))));
  for (const { up, down } of steps) {
    if (down) found.push(...linter.lintBoth(up, down));
    else linter.replay(up);
    linter.endTransaction();
    if (!plan) linter.markInUse();
  }
  return unresolved(found, linter.schema);
}

/**
 * The findings of each step of a plan, in its transactions.
 * @param batchOf 0-based index of the batch of each step
 */
export async function findingsOf(
  session: Session,
  state: State,
  plan: Plan,
  sql: readonly SqlPreview[],
  batchOf: ReadonlyMap<number, number>,
): Promise<Finding[][]> {
  const linter = await newLinter(
    session,
    await liveCatalog(
      session,
      state,
      sql.flatMap(one => one.sql),
    ),
    true,
  );
  const steps = plan.steps.map(({ revision, action }, index) => {
    if (action !== 'up' && action !== 'down') return [];
    if (index > 0 && batchOf.get(index) !== batchOf.get(index - 1)) linter.endTransaction();
    return linter.lint(stepOf(state, revision, action, sql[index] as SqlPreview));
  });
  return steps.map(found => unresolved(found, linter.schema).map(({ finding }) => finding));
}

/** The findings of SQL that is not in a file yet, on top of all applied and pending revisions. */
export async function findingsOfDraft(
  session: Session,
  state: State,
  drafted: readonly {
    readonly revision: string;
    readonly up: readonly string[];
    readonly transactional: boolean;
  }[],
): Promise<Finding[]> {
  const pending = await sqlOfAll(session, state, state.graph.pending([...state.applied.keys()]));
  const live = await liveCatalog(session, state, [...pending, ...drafted.flatMap(({ up }) => up)]);
  const linter = await newLinter(session, live, live !== null);
  const before = live === null ? state.graph.order : state.graph.pending([...state.applied.keys()]);
  for (const id of before) {
    const { up } = await bothWays(session, state, id, false);
    linter.replay(up);
    linter.endTransaction();
  }
  // Pending revisions may be deployed long before the draft.
  linter.markInUse();
  const linted = drafted.flatMap(({ revision, up, transactional }) => {
    const plain = { complete: true, note: null, source: null, file: null };
    const one = linter.lint({ revision, action: 'up', sql: up, transactional, ...plain });
    linter.endTransaction();
    return one;
  });
  const found = unresolved(linted, linter.schema);
  const { database } = state;
  return live === null || isRefusal(database)
    ? found.map(({ finding }) => finding)
    : // Objects that a pending revision creates do not exist and cannot be counted.
      (await counting(database, live, found, countingDrafts)).map(({ inTheWay, ...finding }) =>
        inTheWay && inTheWay.count !== null ? { ...finding, inTheWay } : finding,
      );
}

/** Time limit for counting the rows on which a draft would fail, ms per finding. */
const countingDrafts = 2_000;

function rangeOf({ graph, applied }: State, range: string): readonly string[] {
  const ids = range.includes(':')
    ? graph.range(range, applied.keys()).revisions
    : graph.resolve(range, applied.keys());
  const wanted = new Set(ids);
  return graph.order.filter(id => wanted.has(id));
}

/**
 * @param sql the SQL that is linted
 */
async function liveCatalog(
  session: Session,
  { database }: State,
  sql: readonly string[],
): Promise<Catalog | null> {
  return isRefusal(database) ? null : session.readCatalog(database, sql);
}

/** The SQL of revisions, up and down. */
async function sqlOfAll(session: Session, state: OnDisk, ids: readonly string[]): Promise<readonly string[]> {
  const steps = await Promise.all(ids.map(id => bothWays(session, state, id, true)));
  return steps.flatMap(({ up, down }) => [...up.sql, ...(down?.sql ?? [])]);
}

const severities: readonly Severity[] = ['danger', 'warning', 'note'];

/** Whether a finding has at least this severity, and is not accepted. */
export function isAtLeast({ severity, accepted }: Finding, level: Severity): boolean {
  return accepted === undefined && severities.indexOf(severity) <= severities.indexOf(level);
}

async function bothWays(
  session: Session,
  state: OnDisk,
  id: string,
  linted: boolean,
): Promise<{ up: LintStep; down: LintStep | null }> {
  const source = state.byId.get(id);
  if (!source) {
    const gone: SqlPreview = { sql: [], complete: false, note: 'its file is missing', transactional: true };
    return { up: stepOf(state, id, 'up', gone), down: null };
  }
  const up = stepOf(state, id, 'up', await sqlOf(session, source, 'up'));
  return { up, down: linted ? stepOf(state, id, 'down', await sqlOf(session, source, 'down')) : null };
}

function stepOf(
  { byId, graph }: OnDisk,
  revision: string,
  action: 'up' | 'down',
  preview: SqlPreview,
): LintStep {
  const source = byId.get(revision);
  return {
    revision,
    action,
    ...preview,
    source: source?.source ?? null,
    file: source?.path ? (graph.get(revision)?.file ?? null) : null,
  };
}

async function counting(
  database: Connection,
  live: Catalog | null,
  found: readonly QueriedFinding[],
  limit: number,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { finding, question } of found) {
    const queried =
      question !== null && finding.action === 'up' && (question.version ?? 0) <= (live?.version ?? 0);
    findings.push(
      queried ? { ...finding, inTheWay: await countRows(database, question.sql, limit) } : finding,
    );
  }
  return findings;
}
