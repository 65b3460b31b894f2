import { describeRename } from '../../database/shadow/renames/rename.ts';
import { Failure } from '../../foundation/failure.ts';
import { changeOf } from '../../project/writing/file-change.ts';
import { readSnapshot, snapshotText } from '../../project/writing/snapshot.ts';
import { newRevision } from '../../project/writing/write-revision.ts';
import type { Draft, FileChange, MergeRequest } from '../api.ts';
import { remarks, snapshotChange, type Wanted, wantedBeyond, whyNot } from './generated.ts';
import { cutNote } from './revision-notes.ts';
import { fileOf, type OnDisk, type Workspace } from './workspace.ts';

/**
 * A revision that revises several heads: empty, or with the SQL that the merged entities still need.
 * @throws Failure `nothing-to-merge`; TargetError `overlapping-targets` and those of names
 */
export async function draftMerge(workspace: Workspace, request: MergeRequest): Promise<Draft> {
  const disk = workspace.onDisk();
  const heads = headsToMerge(disk, request.heads);
  const { wanted, warnings } = await mergedSchema(workspace, disk, heads);
  const alone = disk.graph.heads.every(head => heads.includes(head));
  const undecided = wanted?.renames.undecided ?? [];
  const reconciling =
    request.reconcile === true &&
    alone &&
    wanted !== null &&
    wanted.sql.up.length > 0 &&
    undecided.length === 0;
  if (request.reconcile === true && undecided.length > 0) {
    warnings.push(
      `The reconciling SQL is left out: it may be a rename (${undecided.map(describeRename).join('; ')}); only you can decide that.`,
    );
  }
  if (request.reconcile === true && (wanted === null || !alone)) {
    const why = alone
      ? 'it could not be determined'
      : 'there are other heads, which the entities describe as well';
    warnings.push(`The reconciling SQL is left out: ${why}.`);
  }
  const sql = reconciling ? wanted.sql : { up: [], down: [] };
  const message = request.message ?? 'merge heads';
  const { graph } = disk;
  const declared = { revises: heads };
  const { id, files } = await newRevision(workspace.project, message, sql, declared, graph.ids, {
    beside: fileOf(disk, heads),
  });
  const changes: FileChange[] = files.map(({ path, text }) => changeOf(workspace.project.root, path, text));
  const matches = reconciling || wanted?.sql.up.length === 0;
  const snapshot = !wanted
    ? await unconflicted(workspace)
    : reconciling || wanted.staleSnapshot
      ? snapshotChange(workspace, wanted, matches)
      : null;
  if (snapshot) changes.push(snapshot);
  const comments = wanted ? remarks(wanted) : { notes: [], warnings: [] };
  if (wanted && wanted.sql.up.length > 0 && !reconciling) {
    warnings.push(
      'The merged entities need changes that no branch contains: run "migtui revision --autogenerate" after the merge.',
    );
  }
  return {
    kind: 'merge',
    files: changes,
    revision: id,
    notes: [...cutNote(message), ...comments.notes],
    warnings: [...warnings, ...(reconciling ? comments.warnings : [])],
  };
}

/** The selected heads, by name; all if none are named. */
export function headsToMerge({ graph }: OnDisk, asked: readonly string[]): string[] {
  const heads = asked.length > 0 ? [...new Set(asked.flatMap(target => graph.resolve(target)))] : graph.heads;
  if (heads.length < 2) {
    throw new Failure({
      code: 'nothing-to-merge',
      message:
        graph.heads.length < 2
          ? `There is one head: ${graph.heads[0] ?? 'none; there are no revisions yet'}.`
          : 'A merge needs at least two heads.',
      next:
        graph.heads.length < 2 ? 'There is nothing to merge.' : `Specify them: ${graph.heads.join(', ')}.`,
      candidates: graph.heads,
    });
  }
  return graph.fork(heads).branches.map(branch => branch.head);
}

async function mergedSchema(
  workspace: Workspace,
  disk: OnDisk,
  heads: readonly string[],
): Promise<{ wanted: Wanted | null; warnings: string[] }> {
  // The merge already says that it was not rehearsed there.
  const { unavailable } = workspace.session.dialect;
  if (unavailable.some(({ feature }) => feature === 'shadow')) return { wanted: null, warnings: [] };
  try {
    // Other heads, if any, are in the entities too.
    const all = new Set([...heads, ...disk.graph.heads]);
    return { wanted: await wantedBeyond(workspace, disk, all, { leaveUnknown: true }), warnings: [] };
  } catch (error) {
    const why = whyNot(error);
    return { wanted: null, warnings: [`The merged schema could not be compared with the entities: ${why}`] };
  }
}

/** Without a replay, a snapshot with git conflicts is at least replaced by one of the entities. */
async function unconflicted(workspace: Workspace): Promise<FileChange | null> {
  const snapshot = await readSnapshot(workspace.project);
  if (snapshot.path === null || snapshot.problem === null) return null;
  try {
    const entities = await workspace.entities();
    const text = snapshotText(entities.schema(), entities.unescaped);
    return changeOf(workspace.project.root, snapshot.path, text);
  } catch (error) {
    whyNot(error);
    return null;
  }
}
