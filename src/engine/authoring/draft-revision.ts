import type { RenameChoice } from '../../database/shadow/renames/candidates.ts';
import { describeRename, written } from '../../database/shadow/renames/rename.ts';
import { ReplayFailure } from '../../database/shadow/revision-run.ts';
import { Failure } from '../../foundation/failure.ts';
import { quoteShell } from '../../foundation/shell.ts';
import type { MigrationSql } from '../../project/entities.ts';
import type { Declared } from '../../project/files/edit-declarations.ts';
import { changeOf } from '../../project/writing/file-change.ts';
import { type NewRevision, newRevision } from '../../project/writing/write-revision.ts';
import { splitEnumValues } from '../../safety/enum-values.ts';
import type { Draft, FileChange, RevisionRequest } from '../api.ts';
import { committedAlone, splitNote } from './enum-split.ts';
import { sqlFromDrift } from './from-drift.ts';
import { remarks, snapshotChange, type Wanted, wantedBeyond, whyNot } from './generated.ts';
import { dependenciesOf, freeLabel, parentsOf } from './revision-links.ts';
import {
  cutNote,
  folderNote,
  mergeWarning,
  missingFilesWarning,
  orderWarning,
  parentNote,
} from './revision-notes.ts';
import { fileOf, type OnDisk, type Workspace } from './workspace.ts';

/**
 * A new revision: empty, or with the SQL that changes the schema of the revisions into that of the entities.
 * @throws TargetError `multiple-heads` and others; Failure `not-a-head` | `label-taken` | `no-changes` |
 * `not-generated` | `no-entities`
 */
export async function draftRevision(workspace: Workspace, request: RevisionRequest): Promise<Draft> {
  const disk = workspace.onDisk();
  const { graph } = disk;
  const revises = parentsOf(graph, request);
  const declared = {
    revises,
    ...(request.dependsOn?.length ? { dependsOn: dependenciesOf(graph, request.dependsOn, revises) } : {}),
    ...(request.label ? { labels: [freeLabel(graph, request.label)] } : {}),
  };
  const { wanted, warnings } = request.autogenerate
    ? await generate(workspace, disk, revises, choiceOf(request))
    : { wanted: null, warnings: [] };
  const kept = request.fromDrift ? await sqlFromDrift(workspace, disk, revises) : null;
  if (wanted?.sql.up.length === 0) return snapshotOnly(workspace, wanted);
  const sql = kept?.sql ?? wanted?.sql ?? { up: [], down: [] };
  const drafted = await newRevisions(workspace, disk, request, sql, declared, wanted?.downOfValues);
  const { id, files } = drafted.at(-1) as NewRevision;
  const changes: FileChange[] = drafted.flatMap(one =>
    one.files.map(({ path, text }) => changeOf(workspace.project.root, path, text)),
  );
  const snapshot = wanted && snapshotChange(workspace, wanted, true);
  if (snapshot) changes.push(snapshot);
  const comments = wanted ? remarks(wanted) : { notes: [], warnings: [] };
  return {
    kind: 'revision',
    files: changes,
    revision: id,
    notes: [
      ...drafted.slice(1).map((one, at) => splitNote(drafted[at]?.id ?? '', one.id)),
      ...comments.notes,
      ...cutNote(request.message),
      ...parentNote(graph, revises),
      ...folderNote(workspace, files[0]?.path),
    ],
    warnings: [
      ...mergeWarning(revises),
      ...(await missingFilesWarning(workspace, disk)),
      ...warnings,
      ...(kept?.warnings ?? []),
      ...comments.warnings,
      ...orderWarning(disk, id, files[0]?.path, workspace.project.root),
    ],
  };
}

/** One revision, or two if it adds an enum value and uses it. */
async function newRevisions(
  workspace: Workspace,
  disk: OnDisk,
  { message, revId, path }: RevisionRequest,
  sql: MigrationSql,
  declared: Declared,
  downOfValues: readonly string[] = [],
): Promise<NewRevision[]> {
  const { project } = workspace;
  const { ids } = disk.graph;
  const place = { asked: path, beside: fileOf(disk, declared.revises) };
  const split = await splitEnumValues(sql.up);
  if (!split) return [await newRevision(project, message, sql, declared, ids, { revId, ...place })];
  const first = { up: [...split.values], down: [...downOfValues] };
  const values = await newRevision(project, `${message} values`, first, declared, ids, place);
  const rest = { up: [...split.rest], down: sql.down };
  return [
    committedAlone(workspace, values),
    await newRevision(project, message, rest, { revises: [values.id] }, [...ids, values.id], {
      revId,
      ...place,
    }),
  ];
}

function choiceOf({ renames = [], notRenames = [], noRename }: RevisionRequest): RenameChoice {
  return { renames, notRenames, others: noRename ? 'drop and add' : 'ask' };
}

/** @throws Failure `rename-or-not` if the user has to decide whether something was renamed */
function refuseUndecided({ renames: { undecided, afterwards } }: Wanted): void {
  if (undecided.length === 0) return;
  // With --no-rename, nothing is asked any more: all are listed at once.
  const possible = [...undecided, ...afterwards];
  const options = possible.map(rename => `--rename ${quoteShell(written(rename))}`);
  throw new Failure({
    code: 'rename-or-not',
    message: `These may be renames, or drops and additions: ${possible.map(describeRename).join('; ')}. A rename keeps the data; a drop loses it.`,
    next: `Specify which: ${options.join(' ')} for those that are renames, and --no-rename for the others.`,
    candidates: undecided.map(written),
  });
}

/**
 * With several heads, the entities describe their combined schema, so all are compared together. Only if they
 * cannot be replayed together, the new revision's own lineage is used.
 */
async function generate(
  workspace: Workspace,
  disk: OnDisk,
  revises: readonly string[],
  choice: RenameChoice,
): Promise<{ wanted: Wanted; warnings: string[] }> {
  const { graph } = disk;
  const warnings: string[] = [];
  let wanted: Wanted;
  let compared: readonly string[] = graph.heads;
  try {
    wanted = await wantedBeyond(workspace, disk, graph.heads, { choice });
  } catch (error) {
    if (!(error instanceof ReplayFailure) || graph.ancestors(revises).includes(error.revision)) throw error;
    warnings.push(`Compared with this branch alone, because the heads do not run together: ${whyNot(error)}`);
    compared = revises;
    wanted = await wantedBeyond(workspace, disk, compared, { choice });
  }
  refuseUndecided(wanted);
  warnings.push(...(await trial(workspace, disk, compared, wanted)));
  return { wanted, warnings };
}

/**
 * MikroORM sometimes generates SQL that PostgreSQL refuses: missing casts, required columns without a value
 * for existing rows.
 */
async function trial(
  workspace: Workspace,
  disk: OnDisk,
  ids: readonly string[],
  { sql }: Wanted,
): Promise<string[]> {
  const statements = sql.up.filter(statement => statement !== '');
  if (statements.length === 0) return [];
  const split = await splitEnumValues(statements);
  const order = disk.graph.ancestors(ids);
  const failure = await workspace.tryOut(disk, order, split?.rest ?? statements, split?.values);
  if (!failure) return [];
  const where = failure.sql?.statement ? ` In: ${failure.sql.statement}` : '';
  return [`The generated SQL fails: ${failure.message}.${where}`];
}

/** Nothing to generate. The stock CLI may disagree, which updating the snapshot corrects. */
async function snapshotOnly(workspace: Workspace, wanted: Wanted): Promise<Draft> {
  const { missing } = wanted.tried;
  if (missing.length > 0) {
    throw new Failure({
      code: 'not-generated',
      message: `The entities need changes that migtui cannot write SQL for: ${missing.join('; ')}.`,
      next: 'Write them in a revision of your own: without --autogenerate, an empty one is created.',
    });
  }
  const change = wanted.staleSnapshot ? snapshotChange(workspace, wanted, true) : null;
  if (!change) throw await noChanges(workspace, wanted);
  const notes = ['There is nothing to generate. The snapshot was out of date and has been corrected.'];
  return { kind: 'revision', files: [change], revision: null, notes, warnings: [] };
}

async function noChanges(workspace: Workspace, { leftAlone }: Wanted): Promise<Failure> {
  const { count } = await workspace.entities();
  const reasons = [
    `an entity that MikroORM does not discover (it found ${count}; see "entities" and "entitiesTs" in the config)`,
    'an entity file that is not saved, or not compiled where the config points at compiled files',
    'a change that an applied or pending revision already contains',
    ...(leftAlone.length > 0
      ? [
          `something that exists only in SQL, or that a revision dropped whose file was deleted: then restore the snapshot from version control (left alone: ${leftAlone.join(', ')})`,
        ]
      : []),
  ];
  return new Failure({
    code: 'no-changes',
    message: 'The revisions already match the entities: there is nothing to generate.',
    next: `If a change was expected, likely reasons are: ${reasons.join('; ')}. Without --autogenerate, an empty revision is created.`,
  });
}
