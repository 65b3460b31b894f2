import type { Draft, Look, Preview, RevisionRow, RunResult, SqlPreview } from '../engine/api.ts';
import { databaseFailure } from './looking.ts';

/*
 * The JSON that scripts rely on, described in docs/json.md. Fields may be added; none may go or change its meaning.
 */

/** One revision, in every list of revisions. */
export function revisionJson(row: RevisionRow) {
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

/** A list of revisions; `state` is null while it is not known what is applied. */
export function revisionsJson(rows: readonly RevisionRow[], look: Look) {
  const known = databaseFailure(look) === null;
  return rows.map(row => (known ? revisionJson(row) : { ...revisionJson(row), state: null }));
}

/** The answer of `status`. */
export function statusJson(look: Look) {
  const { kind, name, label, state, version, table, readOnly, schemas } = look.database;
  return {
    database: { name, label, kind, state, version, table, readOnly, schemas },
    current: look.current,
    heads: look.heads,
    applied: look.applied,
    pending: look.pending,
    missing: look.missing,
    edited: look.edited,
    outOfOrder: look.revisions.filter(row => row.outOfOrder).map(row => row.id),
    unsettled: look.unsettled,
    problems: look.problems,
    journal: look.journal,
    project: look.project,
    notes: look.notes,
    at: look.at,
  };
}

/** The SQL of one direction of a revision. */
export function sqlJson({ sql, complete, note, transactional }: SqlPreview) {
  return { sql, complete, note, transactional };
}

/** The answer of `--plan`. */
export function planJson({ request, plan, steps, batches, warnings, ...rest }: Preview) {
  return {
    steps: steps.map(({ revision, action, preview, batch, losses, findings }) => ({
      revision,
      action,
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

/** The answer of a run. */
export function runJson({ steps, tips, run, cancelled, failure, unsettled, appliedBy, backup }: RunResult) {
  return {
    steps: steps.map(({ revision, action, outcome, ms, rolledBack }) => ({
      revision,
      action,
      outcome,
      ms,
      ...(rolledBack && { rolledBack }),
    })),
    tips,
    run,
    cancelled,
    unsettled,
    ...(backup && { backup }),
    ...(appliedBy !== undefined && { appliedBy }),
    ...(failure && { error: failure }),
  };
}

/** The answer of the commands that write files; `written` tells whether they did. */
export function draftJson({ kind, revision, files, notes, warnings, findings, squash }: Draft) {
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
