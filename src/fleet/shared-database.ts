import { addressOf } from '../database/connect/address.ts';
import { type Monitor, openMonitor, queryOn } from '../database/connect/monitor.ts';
import { journalAllowed, journalTable, mayWriteJournal } from '../database/journal/table.ts';
import { ensureJournal } from '../database/journal/writer.ts';
import { isUrl } from '../project/other-database.ts';
import { isEmbedded } from '../project/project.ts';
import { connectionsEach, connectionsShared, roomFor } from './capacity.ts';
import type { FleetDatabase, FleetDatabases } from './databases.ts';
import type { Target } from './target.ts';

/** A database on which targets run: connected once for all of them. */
export interface SharedDatabase {
  readonly site: FleetDatabase;
  /** Null on PGlite. */
  readonly monitor: Monitor | null;
  /** Migrations tables whose journal has steps of killed runs; undefined: it cannot be made or written. */
  readonly reconcile: ReadonlySet<string> | undefined;
  close(): Promise<void>;
}

/** A target that is a whole database is the only one on it. */
const alone = 4;

/**
 * Connects to the database of a target, for runs.
 * @param parallel number of its targets that run at once
 * @throws Failure of the database
 */
export async function openSharedDatabase(
  fleetDatabases: FleetDatabases,
  target: Target,
  parallel: number,
): Promise<SharedDatabase> {
  const site = await fleetDatabases.connect(target.context, target.database, parallel);
  let monitor: Monitor | null = null;
  try {
    monitor = await openMonitor(site.project, parallel + connectionsShared);
    const reconcile = await readyJournal(site, monitor);
    return {
      site,
      monitor,
      reconcile,
      async close() {
        await monitor?.close().catch(() => {});
        await site.close();
      },
    };
  } catch (error) {
    await monitor?.close().catch(() => {});
    await site.close();
    throw error;
  }
}

/**
 * Creates the journal if it does not exist, and looks for rows of killed runs in it, once for all targets.
 */
async function readyJournal(
  { project }: FleetDatabase,
  monitor: Monitor | null,
): Promise<ReadonlySet<string> | undefined> {
  if (!journalAllowed(project)) return new Set();
  const query = monitor?.query ?? queryOn(project.orm);
  try {
    await ensureJournal(query);
    if (!(await mayWriteJournal(query))) return undefined;
    const rows = await query<{ ledger: string }>(
      `select distinct "ledger" from ${journalTable} where "outcome" = 'started'`,
    );
    return new Set(rows.map(({ ledger }) => ledger));
  } catch {
    // Each run reports the reason.
    return undefined;
  }
}

/**
 * How many targets may run at once on a target's server.
 * @param backups each is backed up, on a connection of its own
 * @throws Failure of the database
 */
export async function mostTargetsAtOnce(
  fleetDatabases: FleetDatabases,
  target: Target,
  backups: boolean,
): Promise<number> {
  const site = await fleetDatabases.connect(target.context, target.database, 1);
  try {
    if (isEmbedded(site.project.orm)) return 1;
    const query = queryOn(site.project.orm);
    const each = target.schema === null ? alone : connectionsEach;
    return await roomFor(query, backups ? each + 1 : each);
  } finally {
    await site.close();
  }
}

/** Identifies the server of a database: targets on it share its connections. */
export async function serverOf(
  fleetDatabases: FleetDatabases,
  { database, context }: Pick<Target, 'context' | 'database'>,
): Promise<string> {
  if (database !== null && isUrl(database) && URL.canParse(database)) return new URL(database).host;
  const { project } = await fleetDatabases.files(context);
  const { label, name } = addressOf(project);
  return label.slice(label.indexOf('@') + 1, label.length - name.length - 1) || label;
}
