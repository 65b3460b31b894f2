import { resolve } from 'node:path';
import { isRefusal } from '../../database/connect/connection.ts';
import { Failure } from '../../foundation/failure.ts';
import { declare } from '../../project/files/edit-declarations.ts';
import { revisionsOf } from '../../project/project.ts';
import { changeOf } from '../../project/writing/file-change.ts';
import { inferLine } from '../../revisions/infer.ts';
import type { Draft, FileChange, RebaseRequest } from '../api.ts';
import { snapshotChange, wantedBeyond, whyNot } from './generated.ts';
import type { OnDisk, Workspace } from './workspace.ts';

/**
 * Puts a branch on top of another by rewriting the parents of its first revisions.
 * @throws TargetError `already-applied` | `overlapping-targets` and those of names; Failure `cannot-declare`
 */
export async function draftRebase(workspace: Workspace, { branch, onto }: RebaseRequest): Promise<Draft> {
  const disk = workspace.onDisk();
  const { graph } = disk;
  const { database, applied } = await workspace.session.state();
  const [from] = one(graph.resolve(branch, applied.keys()), branch);
  const [to] = one(graph.resolve(onto, applied.keys()), onto);
  const { rewrites, moved } = graph.rebase(from, to, applied.keys());
  const links = new Map(rewrites.map(({ revision, revises }) => [revision, revises]));
  const files: FileChange[] = declareAll(workspace, disk, links);
  const warnings = [
    `Databases that have applied ${moved.join(', ')} keep the old order: rebase only revisions that you have not shared.`,
  ];
  if (isRefusal(database)) {
    warnings.unshift(
      `Could not check whether the branch is applied: ${database.failure.message} Rebase only when it is not.`,
    );
  }
  const early = moved.filter(id => id < to);
  if (early.length > 0) {
    warnings.push(
      `The stock CLI runs migrations in the order of their file names, and ${early.join(', ')} sorts before ${to}: on a new database it runs them in the old order.`,
    );
  }
  const notes: string[] = [];
  try {
    const wanted = await wantedBeyond(workspace, disk, graph.heads);
    const change = wanted.staleSnapshot && snapshotChange(workspace, wanted, wanted.sql.up.length === 0);
    if (change) files.push(change);
  } catch (error) {
    notes.push(`The snapshot was not checked: ${whyNot(error)}`);
  }
  return { kind: 'rebase', files, revision: null, notes, warnings };
}

/**
 * The files with new parents. A revision whose inferred parent would change because another revision leaves
 * the line gets an explicit declaration.
 */
export function declareAll(
  workspace: Workspace,
  { byId }: OnDisk,
  links: ReadonlyMap<string, readonly string[]>,
): FileChange[] {
  const { root } = workspace.project;
  const sources = [...byId.values()];
  const before = new Map(revisionsOf({ migrations: sources, problems: [] }).map(one => [one.id, one]));
  const declared = new Map(links);
  for (let stable = false; !stable; ) {
    stable = true;
    const now = inferLine(
      sources.map(({ id, declaration }) => ({
        ...declaration,
        revises: declared.get(id) ?? declaration.revises,
      })),
    );
    for (const { id, revises, inferred } of now) {
      const was = before.get(id)?.revises ?? [];
      if (!inferred || revises.join() === was.join()) continue;
      declared.set(id, was);
      stable = false;
    }
  }
  return [...declared].map(([id, revises]) => {
    const { path, source, declaration } = byId.get(id) as NonNullable<ReturnType<typeof byId.get>>;
    if (path === null || source === null) throw noFile(id);
    const file = declaration.file ?? path;
    return changeOf(root, resolve(root, path), declare(id, file, source, { revises }));
  });
}

function one(ids: readonly string[], target: string): [string] {
  const [id] = ids;
  if (id === undefined || ids.length > 1) {
    throw new Failure({
      code: 'one-target',
      message: `"${target}" means ${ids.length === 0 ? 'no revision' : ids.join(', ')}: a rebase takes one branch and one revision.`,
      next: 'Specify one.',
      candidates: ids,
    });
  }
  return [id];
}

function noFile(id: string): Failure {
  return new Failure({
    code: 'no-file',
    message: `${id} is a class of the config's migrationsList: there is no file to write to.`,
    next: 'Write "static revises = […]" into the class by hand.',
  });
}
