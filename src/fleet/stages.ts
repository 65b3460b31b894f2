import { addressOf } from '../database/connect/address.ts';
import { queryOn } from '../database/connect/monitor.ts';
import { ledgerTable, readLedger } from '../database/ledger.ts';
import { Failure } from '../foundation/failure.ts';
import type { FleetStages } from '../values/fleet.ts';
import type { FleetDatabases } from './databases.ts';

/** Which revision is applied in which context of the config, and since when. Read-only. */
export async function fleetStages(
  fleetDatabases: FleetDatabases,
  contexts: readonly string[],
): Promise<FleetStages> {
  const read = await Promise.all(contexts.map(context => readStage(fleetDatabases, context)));
  const order: string[] = [];
  const known = new Set<string>();
  // Newest first; revisions that only another context has are at the top, where they are easy to see.
  for (const { graph, applied } of read) {
    for (const id of [...(graph?.order ?? []), ...applied.keys()]) {
      if (known.has(id)) continue;
      known.add(id);
      order.push(id);
    }
  }
  return {
    contexts: read.map(({ context, database, failure }) => ({ name: context, database, failure })),
    revisions: order.toReversed().map(revision => ({
      revision,
      at: read.map(({ applied, failure }) => {
        if (failure) return { applied: null, at: null };
        const at = applied.get(revision);
        return { applied: applied.has(revision), at: at ? at.toISOString() : null };
      }),
    })),
  };
}

async function readStage(fleetDatabases: FleetDatabases, context: string) {
  const nothing = { context, graph: null, applied: new Map<string, Date | null>() };
  try {
    const { graph, project } = await fleetDatabases.files(context);
    const database = addressOf(project).label;
    try {
      const site = await fleetDatabases.connect(context, null, 1);
      try {
        const { applied } = await readLedger(
          { query: queryOn(site.project.orm) },
          ledgerTable(site.project),
          false,
        );
        return { context, graph, applied, database, failure: null };
      } finally {
        await site.close();
      }
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return { ...nothing, graph, database, failure: error.info };
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { ...nothing, database: '', failure: error.info };
  }
}
