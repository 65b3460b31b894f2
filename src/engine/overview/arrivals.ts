import { readTargets } from '../../fleet/reading.ts';
import { Failure } from '../../foundation/failure.ts';
import type { Arrival } from '../api.ts';
import { databasesOf } from '../fleet.ts';
import type { Session } from '../session.ts';

/** The applied revisions in the other contexts of the config, in their order. */
export async function arrivals(session: Session): Promise<readonly Arrival[]> {
  const { project } = session;
  const others = project.contexts.filter(context => context !== project.context);
  if (others.length === 0) return [];
  const fleetDatabases = databasesOf(session);
  try {
    const read = await readTargets(
      fleetDatabases,
      others.map(context => ({ name: context, tags: [], context, database: null, schema: null })),
    );
    return read.map(({ target: { name: context }, targetState }) =>
      targetState instanceof Failure
        ? { context, applied: [], failure: targetState.info }
        : { context, applied: targetState.applied, failure: null },
    );
  } finally {
    await fleetDatabases.close();
  }
}
