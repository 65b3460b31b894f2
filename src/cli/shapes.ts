import type {
  Draft,
  Overview,
  Preview,
  RevisionRow,
  RunResult,
  SqlPreview,
  Standing,
} from '../engine/api.ts';
import type { Step } from '../revisions/plans/plan.ts';
import type {
  DraftAnswer,
  PlanAnswer,
  RevisionAnswer,
  RunAnswer,
  SqlAnswer,
  StatusAnswer,
} from './answers.ts';
import { databaseFailure } from './reports/require-status.ts';

/* Creates the JSON that scripts rely on. Its types are in answers.ts. */

function revisionJson(row: RevisionRow): RevisionAnswer {
  return {
    id: row.id,
    revises: row.revises,
    dependsOn: row.dependsOn,
    labels: row.labels,
    replaces: row.replaces,
    state: row.state,
    appliedAt: row.appliedAt,
    inferred: row.inferred,
    marks: row.marks,
    shortId: row.shortId,
    slug: row.slug,
    file: row.file,
    edited: row.edited,
    outOfOrder: row.outOfOrder,
  };
}

/** A list of revisions; `state` is null if the applied revisions are unknown. */
export function revisionsJson(rows: readonly RevisionRow[], overview: Overview): readonly RevisionAnswer[] {
  return rows.map(row => revisionIn(row, overview));
}

/** One revision; `state` is null if the applied revisions are unknown. */
export function revisionIn(row: RevisionRow, standing: Standing): RevisionAnswer {
  return databaseFailure(standing) ? { ...revisionJson(row), state: null } : revisionJson(row);
}

/** The output of `status`. */
export function statusJson(overview: Overview): StatusAnswer {
  const { failure: _, ...database } = overview.database;
  return {
    database,
    current: overview.current,
    heads: overview.heads,
    applied: overview.applied,
    pending: overview.pending,
    missing: overview.missing,
    edited: overview.edited,
    outOfOrder: overview.revisions.filter(row => row.outOfOrder).map(row => row.id),
    unsettled: overview.unsettled,
    problems: overview.problems,
    journal: overview.journal,
    project: overview.project,
    notes: overview.notes,
    at: overview.at,
  };
}

/** The SQL of one direction of a revision. */
export function sqlJson({ sql, complete, note, transactional }: SqlPreview): SqlAnswer {
  return { sql, complete, note, transactional };
}

/** The output of `--plan`. */
export function planJson({ request, plan, steps, batches, warnings, ...rest }: Preview): PlanAnswer {
  return {
    steps: steps.map(({ revision, action, preview, batch, losses, findings }, at) => ({
      revision,
      action,
      ...withOf(plan.steps[at]),
      ...sqlJson(preview),
      batch,
      losses,
      findings,
    })),
    tips: plan.tips,
    command: request.command,
    targets: request.targets,
    batches,
    warnings,
    fingerprint: rest.fingerprint,
    destructive: rest.destructive,
    protected: rest.protected,
    policy: rest.policy,
    measured: rest.measured,
    database: { name: rest.databaseName, label: rest.databaseLabel, schema: rest.schema },
  };
}

/** The rows that are written or deleted with that of a squashed revision. */
const withOf = (step: Step | undefined) => (step?.with ? { with: step.with } : {});

/** The output of a run. */
export function runJson({
  steps,
  tips,
  tipsUnknown,
  run,
  cancelled,
  failure,
  unsettled,
  appliedBy,
  backup,
}: RunResult): RunAnswer {
  return {
    steps: steps.map(({ revision, action, outcome, ms, rolledBack, changesRemain }) => ({
      revision,
      action,
      outcome,
      ms,
      ...(rolledBack && { rolledBack }),
      ...(changesRemain && { changesRemain }),
    })),
    tips,
    ...(tipsUnknown && { tipsUnknown }),
    run,
    cancelled,
    unsettled,
    ...(backup && { backup }),
    ...(appliedBy !== undefined && { appliedBy }),
    ...(failure && { error: failure }),
  };
}

/** The output of the commands that write files, without `written`. */
export function draftJson({
  kind,
  revision,
  files,
  notes,
  warnings,
  findings,
  squash,
}: Draft): Omit<DraftAnswer, 'written'> {
  return {
    kind,
    revision,
    files: files.map(({ path, before, after, diff }) => ({
      path,
      change: after === null ? 'remove' : before === null ? 'create' : 'change',
      diff,
    })),
    notes,
    warnings,
    ...(findings && { findings }),
    ...(squash && { squash }),
  };
}
