import { isRefusal } from '../../database/connect/connection.ts';
import { type Drift, driftTo } from '../../database/drift.ts';
import { Failure } from '../../foundation/failure.ts';
import type { Comparison } from '../api.ts';
import { ups, type Workspace } from './workspace.ts';

/**
 * The changes that would make the live schema match the targets' lineages; none if stamping them would be
 * correct.
 */
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

/** The same for a list of revisions in run order. */
export async function compareTo(workspace: Workspace, order: readonly string[]): Promise<Comparison> {
  const { effects, sql } = await driftFrom(workspace, order);
  return { same: effects.length === 0, effects, sql };
}

/** The differences between the live schema and that of a list of revisions, with SQL to undo or keep them. */
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
