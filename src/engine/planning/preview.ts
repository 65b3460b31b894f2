import { setImmediate } from 'node:timers/promises';
import { addressOf } from '../../database/connect/address.ts';
import { isRefusal } from '../../database/connect/connection.ts';
import { fingerprintOf } from '../../database/fingerprint.ts';
import { type MeasuredLoss, measureLosses } from '../../database/losses.ts';
import { portableLosses } from '../../database/portable/losses.ts';
import { Failure } from '../../foundation/failure.ts';
import { isPostgres } from '../../project/config/kind.ts';
import { answerWithin, longAnswer } from '../../project/connections.ts';
import { brokenRevisions } from '../../revisions/broken-revisions.ts';
import type { Plan, Step } from '../../revisions/plans/plan.ts';
import { batchWarnings } from '../../safety/batches.ts';
import { type Loss, lossesOfSteps } from '../../safety/losses.ts';
import { renameWarnings } from '../../safety/renames.ts';
import type {
  Batch,
  Finding,
  Measurement,
  PlanRequest,
  PlanStart,
  Preview,
  PreviewStep,
  RunOptions,
  SqlPreview,
  Warning,
} from '../api.ts';
import { requireAvailable } from '../available.ts';
import { type Bookkeeping, bookkeeping } from '../bookkeeping.ts';
import { findingsOf } from '../lint.ts';
import { missingFolder } from '../migrations-folder.ts';
import { policyFor } from '../policy/plan.ts';
import type { Session, State } from '../session.ts';
import { pastPlan } from './past-plan.ts';
import { planFor } from './plan-for.ts';
import { readRehearsal, rehearsalKey } from './rehearsal-records.ts';
import { refuseOutsideSchema } from './run-schema.ts';
import { batchesOf, isBookkeeping, stepsSql } from './steps.ts';
import { strictness } from './strict.ts';

/**
 * Computes a plan and everything that a user should know before confirming it. Writes nothing.
 * @param run options of the run, for the policy; default: not known yet
 * @param onStart called with the first steps of a long plan, before everything else is known about it
 * @throws TargetError for the target; Failure `no-migrations-folder` | `broken-revisions` | `table-forbidden`
 * | the
 * database's refusal
 */
export async function preview(
  session: Session,
  asked: PlanRequest,
  run?: RunOptions,
  onStart?: (start: PlanStart) => void,
): Promise<Preview> {
  const state = await session.state();
  const missing = missingFolder(session.project);
  if (missing) throw missing;
  refuseBroken(session, state);
  if (asked.past) requireAvailable(session, 'journal');
  const books = await bookkeeping(session, state);
  const { plan, request } = asked.past
    ? await pastPlan(session, state, asked)
    : { plan: planFor(state, books, asked), request: asked };
  const head =
    onStart && plan.steps.length >= longPlan
      ? await reportStart(session, state, { plan, request }, onStart)
      : null;
  const rest = { ...plan, steps: plan.steps.slice(head?.length ?? 0) };
  const steps = [...(head ?? []), ...(await stepsSql(session, state, rest))];
  refuseOutsideSchema(session.project, plan.steps, steps);
  const batches = batchesOf(session, plan, steps, request.transaction ?? session.options.transaction);
  const batchOf = new Map(batches.flatMap((batch, index) => batch.steps.map(step => [step, index] as const)));
  const checksums = new Map(state.sources.migrations.map(({ id, checksum }) => [id, checksum]));
  const address = addressOf(session.project);
  const readable = isPostgres(session.project.kind);
  const losses = readable
    ? await lossesIn(session, state, plan, steps)
    : await lossesByWords(state, plan, steps);
  const rehearsal = readRehearsal(
    rehearsalKey(state.applied.keys(), plan, checksums, {
      label: address.label,
      schema: session.project.schema,
    }),
  );
  const measured = rehearsal?.measured ?? null;
  const found = readable ? await findingsOf(session, state, plan, steps, batchOf) : [];
  const findings = found.map((some, index) => withMeasured(some, plan.steps[index], measured));
  const previewed = plan.steps.map((step, index): PreviewStep => {
    const sql = steps[index] as SqlPreview;
    return {
      ...step,
      preview: sql,
      batch: batchOf.get(index) ?? 0,
      losses: (losses[index] ?? []).map(loss => loss.description),
      findings: findings[index] ?? [],
    };
  });
  return {
    request,
    plan,
    steps: previewed,
    batches,
    warnings: [
      ...warningsOf(session, state, books, plan),
      ...(readable ? await warningsOfSql(state, plan, steps, batches) : []),
    ],
    destructive: losses.flat().some(loss => loss.destructive),
    protected: session.protections.length > 0,
    policy: await policyFor(session, state.database, { request, plan, steps: previewed }, rehearsal, run),
    measured,
    databaseName: address.name,
    databaseLabel: address.label,
    schema: session.project.schema,
    fingerprint: fingerprintOf(state.applied.keys(), plan, checksums, {
      batches,
      databaseName: address.name,
      schema: session.project.schema,
    }),
  };
}

/** Number of steps from which the first ones are reported before the rest is read. */
const longPlan = 300;
/** Number of steps that are reported: more than a screen shows. */
const firstSteps = 100;

/**
 * Reports the first steps of a plan.
 * @returns their SQL; null if it cannot be read: the whole preview finds the errors of all steps
 */
async function reportStart(
  session: Session,
  state: State,
  { plan, request }: Pick<Preview, 'plan' | 'request'>,
  onStart: (start: PlanStart) => void,
): Promise<SqlPreview[] | null> {
  const steps = plan.steps.slice(0, firstSteps);
  const sql = await stepsSql(session, state, { ...plan, steps }).catch(() => null);
  if (sql === null) return null;
  onStart({
    request,
    databaseName: addressOf(session.project).name,
    count: plan.steps.length,
    first: steps.map((step, index) => ({ ...step, preview: sql[index] as SqlPreview })),
  });
  // The event is written before the process is busy again.
  await setImmediate();
  return sql;
}

/** Findings with the measurements of their tables on the copy. */
function withMeasured(
  findings: readonly Finding[],
  step: Step | undefined,
  measured: Measurement | null,
): readonly Finding[] {
  const run = measured?.steps.find(
    one => one.revision === step?.revision && one.action === step.action,
  )?.done;
  if (!run) return findings;
  return findings.map(finding => {
    const lock = run.locks.find(({ table }) => table === finding.table);
    if (!lock) return finding;
    const { mode, ms, table } = lock;
    return { ...finding, measured: { lock: mode, ms, rewritten: run.rewrites.includes(table) } };
  });
}

/** Warnings from the statements themselves, as parsed by PostgreSQL's grammar. */
async function warningsOfSql(
  { ledger }: State,
  { steps }: Plan,
  previews: readonly SqlPreview[],
  batches: readonly Batch[],
): Promise<Warning[]> {
  const sql = previews.map(one => one.sql);
  return [
    ...(await renameWarnings(steps, sql)),
    ...(await batchWarnings(steps, sql, batches, ledger?.serverVersion ?? null)),
  ];
}

/** @throws Failure if the revisions on disk or the database do not allow any plan */
function refuseBroken({ project, dialect }: Session, { problems, database, ledger }: State): void {
  if (problems.length > 0) {
    throw brokenRevisions('The migration files have problems, so nothing runs.', problems);
  }
  // The run creates a missing database, like MikroORM, unless the config forbids it.
  const made = dialect.makesDatabase(project);
  if (isRefusal(database) && !(database.state === 'missing' && made)) throw new Failure(database.failure);
  if (ledger?.table === 'forbidden') {
    throw new Failure({
      code: 'table-forbidden',
      message: 'This role cannot read the migrations table, so the applied revisions are unknown.',
      next: 'Grant SELECT on it, or connect as another role.',
    });
  }
}

/** The data loss of each step on a database without a supported grammar. */
async function lossesByWords(
  { database }: State,
  { steps }: Plan,
  sql: readonly SqlPreview[],
): Promise<MeasuredLoss[][]> {
  if (isRefusal(database)) return [];
  return portableLosses(
    database,
    sql.map((one, at) => (isBookkeeping((steps[at] as Step).action) ? [] : one.sql)),
  );
}

/** The data loss of each step. Log rows do not count: deleting one only changes what is marked as applied. */
async function lossesIn(
  { project, table }: Session,
  { database }: State,
  { steps }: Plan,
  sql: readonly SqlPreview[],
): Promise<MeasuredLoss[][]> {
  if (isRefusal(database)) return [];
  const migrating = sql.map((one, index) =>
    isBookkeeping((steps[index] as Step).action) ? { sql: [], complete: true } : one,
  );
  const ofTheLog = (loss: Loss): boolean =>
    loss.kind === 'rows' &&
    loss.table?.name === table.name &&
    (loss.table.schema ?? table.schema) === table.schema;
  const byStep = (await lossesOfSteps(migrating)).map(losses => losses.filter(loss => !ofTheLog(loss)));
  const all = byStep.flat();
  const measured: MeasuredLoss[] = [];
  for (let from = 0; from < all.length; from += measuredTogether) {
    const some = all.slice(from, from + measuredTogether);
    measured.push(...(await answerWithin(longAnswer, () => measureLosses(database, some, project.schema))));
  }
  return byStep.map(({ length }) => measured.splice(0, length));
}

/** Maximum number of losses that are counted, to limit the time. */
const measuredTogether = 200;

function warningsOf(session: Session, state: State, books: Bookkeeping, plan: Plan): Warning[] {
  const { graph, applied, database, ledger } = state;
  const { edited, unsettled } = books;
  const warnings: Warning[] = strictness(session, state, books, plan);
  const unlogged = new Set(plan.steps.filter(one => one.action === 'unlog').map(one => one.revision));
  const missing = graph.missing(applied.keys()).filter(id => !unlogged.has(id));
  if (missing.length > 0) {
    warnings.push({
      code: 'missing',
      message:
        'These are applied but have no file: what they created is still in the database. Restore the files from version control, or stamp.',
      revisions: missing,
    });
  }
  const ups = plan.steps.filter(step => step.action === 'up').map(step => step.revision);
  const gaps = new Set(graph.gaps(applied.keys()));
  const filled = ups.filter(id => gaps.has(id));
  if (filled.length > 0) {
    warnings.push({
      code: 'out-of-order',
      message: 'These run out of order: revisions that follow them are applied already.',
      revisions: filled,
    });
  }
  const planned = new Set(plan.steps.map(step => step.revision));
  const changed = edited.filter(id => planned.has(id));
  if (changed.length > 0) {
    warnings.push({
      code: 'edited',
      message: 'These were edited after they were applied: what runs now differs from what was applied.',
      revisions: changed,
    });
  }
  if (unsettled.length > 0) {
    warnings.push({
      code: 'unsettled',
      message: 'These were interrupted outside a transaction: their changes may still be in the database.',
      revisions: unsettled.map(({ revision }) => revision),
    });
  }
  if (ledger && !ledger.schemaExists) {
    warnings.push({
      code: 'creates-schema',
      message: `The schema ${session.table.schema} does not exist: the run creates it.`,
      revisions: [],
    });
  }
  if (isRefusal(database)) {
    warnings.push({
      code: 'creates-database',
      message: `The database ${addressOf(session.project).name} does not exist: the run creates it.`,
      revisions: [],
    });
  }
  return warnings;
}
