import { effectsOf } from '../../database/shadow/effects.ts';
import { Failure } from '../../foundation/failure.ts';
import type { Effect } from '../api.ts';
import type { Workspace } from './workspace.ts';

/** The schema changes of one revision, on top of all its requirements. */
export async function effect(workspace: Workspace, revision: string): Promise<readonly Effect[]> {
  const disk = workspace.onDisk();
  const [id, ...more] = disk.graph.has(revision) ? [revision] : disk.graph.resolve(revision);
  if (id === undefined || more.length > 0) {
    throw new Failure({
      code: 'one-target',
      message: `"${revision}" is not one revision.`,
      next: 'Specify one.',
    });
  }
  return effectsOf(
    await workspace.lastEffect(disk, [...disk.graph.ancestors([id]).filter(one => one !== id), id]),
  );
}
