import { Failure } from '../../foundation/failure.ts';
import type { Draft } from '../api.ts';
import { declareAll } from './draft-rebase.ts';
import type { Workspace } from './workspace.ts';

/**
 * Writes the inferred lineage into every file that does not declare its own. All or none: a line with gaps
 * would have a different meaning.
 * @throws Failure `nothing-to-adopt` | `no-file` | `cannot-declare`
 */
export async function draftAdopt(workspace: Workspace): Promise<Draft> {
  const disk = workspace.onDisk();
  const inferred = disk.graph.order.flatMap(id => disk.graph.get(id) ?? []).filter(one => one.inferred);
  if (inferred.length === 0) {
    throw new Failure({
      code: 'nothing-to-adopt',
      message:
        disk.graph.ids.length === 0
          ? 'There are no migrations yet.'
          : 'Every migration already declares what it revises.',
      next: 'There is nothing to do.',
    });
  }
  const files = declareAll(workspace, disk, new Map(inferred.map(({ id, revises }) => [id, revises])));
  return { kind: 'adopt', files, revision: null, notes: [], warnings: [] };
}
