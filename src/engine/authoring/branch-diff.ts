import { type CommittedMigration, committedMigrations, mergeBase } from '../../project/files/git-ref.ts';
import type { MigrationSource } from '../../project/files/migration-source.ts';
import { RevisionGraph } from '../../revisions/graph.ts';
import { inferLine } from '../../revisions/infer.ts';
import type { Declaration } from '../../revisions/revision.ts';
import type { AddedRevision, BranchDiff } from '../api.ts';
import { lintOnDisk } from '../lint.ts';
import type { Workspace } from './workspace.ts';

/**
 * The revisions that the current branch adds to those of a ref, with findings, and the heads after merging
 * the two. Uses git but no database.
 * @throws Failure `bad-ref` | `broken-revisions`
 */
export async function branchDiff(workspace: Workspace, ref: string): Promise<BranchDiff> {
  const disk = workspace.onDisk();
  const { project, session } = workspace;
  const here = [...disk.byId.values()];
  const there = (await committedMigrations(project, ref, here)).migrations;
  const base = (await committedMigrations(project, await mergeBase(project, ref), here)).migrations;
  const known = new Set([...there, ...base].map(({ declaration }) => declaration.id));
  const added = disk.graph.order.filter(id => !known.has(id));
  const removed = base.map(({ declaration }) => declaration.id).filter(id => !disk.byId.has(id));
  const merged = mergedWith(here, there, removed);
  const { graph, problems } = RevisionGraph.inspect(inferLine(merged));
  const then = RevisionGraph.inspect(inferLine(there.map(({ declaration }) => declaration))).graph;
  const revisions: AddedRevision[] = [];
  for (const id of added) {
    const source = disk.byId.get(id) as MigrationSource;
    revisions.push({
      id,
      revises: disk.graph.get(id)?.revises ?? [],
      file: disk.graph.get(id)?.file ?? null,
      up: await session.record(source, 'up'),
      down: await session.record(source, 'down'),
    });
  }
  return {
    ref,
    added: revisions,
    changed: base.filter(({ declaration, same }) => !same && disk.byId.has(declaration.id)).map(idOf),
    removed,
    heads: { here: disk.graph.heads, there: then.heads, merged: graph.heads },
    secondHead: graph.heads.length > 1 && graph.heads.length > then.heads.length,
    problems: problems.map(({ message }) => message),
    findings: await lintOnDisk(session, disk, added),
  };
}

const idOf = ({ declaration }: CommittedMigration): string => declaration.id;

/** The declarations after a merge, in the order of their paths: ours, and those only at the ref. */
function mergedWith(
  here: readonly MigrationSource[],
  there: readonly CommittedMigration[],
  removed: readonly string[],
): Declaration[] {
  const ours = new Set(here.map(({ id }) => id));
  const theirs = there.filter(one => !ours.has(idOf(one)) && !removed.includes(idOf(one)));
  const all = [
    ...here.map(({ declaration }) => declaration),
    ...theirs.map(({ declaration }) => declaration),
  ];
  const place = ({ file, id }: Declaration): string => file ?? id;
  return theirs.length === 0 ? all : all.sort((a, b) => (place(a) < place(b) ? -1 : 1));
}
