import { isRefusal } from '../../database/connection.ts';
import { type Drift, driftTo } from '../../database/drift.ts';
import { Failure } from '../../foundation/failure.ts';
import type { Comparison } from '../api.ts';
import { ups, type Workspace } from './workspace.ts';

/** What would bring the live schema to what the targets' lineages make: nothing when stamping them would be the truth. */
export async function compare(
  workspace: Workspace,
  targets: string | readonly string[],
): Promise<Comparison> {
  const disk = workspace.onDisk();
  const { database, applied } = await workspace.session.state();
  if (isRefusal(database)) throw new Failure(database.failure);
  const ids = [targets].flat().flatMap(target => disk.graph.resolve(target, applied.keys()));
  return compareTo(workspace, disk.graph.ancestors(ids));
}

/** The same for a list of revisions in the order they run. */
export async function compareTo(workspace: Workspace, order: readonly string[]): Promise<Comparison> {
  const { effects, sql } = await driftFrom(workspace, order);
  return { same: effects.length === 0, effects, sql };
}

/** How the live schema differs from what a list of revisions makes, and what undoes or keeps it. */
export async function driftFrom(workspace: Workspace, order: readonly string[]): Promise<Drift> {
  const database = await workspace.session.connection();
  if (isRefusal(database)) throw new Failure(database.failure);
  const disk = workspace.onDisk();
  const { schema } = workspace.project;
  const expected = await workspace.replay(disk, ups(order), { schema });
  const { scope } = await workspace.shadow(disk.byId, schema);
  return driftTo(
    workspace.project,
    database,
    scope,
    expected.inventory,
    work => workspace.trial(disk, order, work, { schema }),
    workspace.session.options.notCompared,
  );
}
