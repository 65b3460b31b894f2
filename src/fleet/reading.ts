import { briefQueryOn } from '../database/connect/brief-query.ts';
import { queryOn } from '../database/connect/monitor.ts';
import { readInterrupted } from '../database/interrupted.ts';
import { editedRevisions } from '../database/journal/reader.ts';
import type { Query } from '../database/journal/table.ts';
import { type LedgerTable, ledgerTable, readLedger } from '../database/ledger.ts';
import { holderOf, lockKeys } from '../database/lock.ts';
import { Failure } from '../foundation/failure.ts';
import { projectInSchema } from '../project/other-database.ts';
import { isEmbedded } from '../project/project.ts';
import type { FleetDatabase, FleetDatabases } from './databases.ts';
import { printOfDatabase, printsOf } from './fingerprints.ts';
import { readSchemas } from './read-schemas.ts';
import type { Target } from './target.ts';
import type { TargetState } from './target-state.ts';

/** Number of databases that are read at once, and of parallel queries on each. */
const databasesAtOnce = 8;
const lanes = 3;
/** How long to wait for a locked migrations table; each of a few tries to find it among others takes as long, ms. */
const lockTimeout = 500;

/** A target with its state, or the reason why it is unknown. */
export interface Read {
  readonly target: Target;
  readonly targetState: TargetState | Failure;
}

/** Targets of one database. */
export interface Place<T extends Target = Target> {
  readonly context: string | null;
  readonly database: string | null;
  readonly targets: readonly T[];
}

/** Targets grouped by database, in the order of the first of each. */
export function places<T extends Target>(
  fleetDatabases: FleetDatabases,
  targets: readonly T[],
): readonly Place<T>[] {
  const byKey = new Map<string, Place<T> & { targets: T[] }>();
  for (const target of targets) {
    const { context, database } = target;
    const key = fleetDatabases.keyOf(target);
    const place = byKey.get(key) ?? { context, database, targets: [] };
    place.targets.push(target);
    byKey.set(key, place);
  }
  return [...byKey.values()];
}

/** Reads the state of all targets without writing anything; in the order of the targets. */
export async function readTargets(
  fleetDatabases: FleetDatabases,
  targets: readonly Target[],
  { prints = false } = {},
): Promise<readonly Read[]> {
  const states = new Map<Target, TargetState | Failure>();
  const waiting = [...places(fleetDatabases, targets)];
  const worker = async (): Promise<void> => {
    for (let place = waiting.shift(); place; place = waiting.shift()) {
      for (const { target, targetState } of await readPlace(fleetDatabases, place, prints))
        states.set(target, targetState);
    }
  };
  await Promise.all(Array.from({ length: databasesAtOnce }, worker));
  return targets.map(target => ({ target, targetState: states.get(target) as TargetState | Failure }));
}

async function readPlace(
  fleetDatabases: FleetDatabases,
  place: Place,
  prints: boolean,
): Promise<readonly Read[]> {
  const { context, database, targets } = place;
  let site: FleetDatabase | null = null;
  try {
    site = await fleetDatabases.connect(context, database, targets.length > 1 ? lanes : 1);
    return await readDatabase(site, targets, prints);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return targets.map(target => ({ target, targetState: error }));
  } finally {
    await site?.close();
  }
}

/**
 * Reads targets of one connected database.
 * @throws errors of the server
 */
export async function readDatabase(
  site: FleetDatabase,
  targets: readonly Target[],
  prints: boolean,
): Promise<readonly Read[]> {
  const inSchemas = targets.filter(({ schema }) => schema !== null);
  const { project, files } = site;
  const read: Read[] = [];
  if (inSchemas.length > 0) {
    const { name } = ledgerTable(project);
    const schemas = inSchemas.map(({ schema }) => schema as string);
    const query = queryOn(project.orm);
    const embedded = isEmbedded(project.orm);
    const found = await readSchemas(
      query,
      name,
      schemas,
      files.fileChecksums,
      embedded ? 1 : lanes,
      embedded ? query : briefQueryOn(project.orm, lockTimeout),
    );
    const made = prints ? await printsOf(query, schemas, name) : new Map<string, string>();
    for (const target of inSchemas) {
      const targetState = usable(target) ?? (found.get(target.schema as string) as TargetState | Failure);
      const print = made.get(target.schema as string) ?? (prints ? 'empty' : undefined);
      read.push({
        target,
        targetState: targetState instanceof Failure ? targetState : { ...targetState, print },
      });
    }
  }
  for (const target of targets) {
    if (target.schema === null) read.push({ target, targetState: await readOne(site, prints) });
  }
  return read;
}

/** MikroORM cannot run in a schema with an arbitrary name. */
function usable({ schema }: Target): Failure | null {
  try {
    projectInSchema({ options: {} } as never, schema);
    return null;
  } catch (error) {
    return error as Failure;
  }
}

async function pagesOf(query: Query): Promise<number> {
  const [row] = await query<{ pages: string }>(
    `select coalesce(sum(relpages::bigint), 0)::text as pages from pg_class where relkind in ('r', 'm')`,
  );
  return Number(row?.pages ?? 0);
}

async function readOne({ project, files }: FleetDatabase, prints: boolean): Promise<TargetState | Failure> {
  const query = queryOn(project.orm);
  const table: LedgerTable = ledgerTable(project);
  try {
    const ledger = await readLedger({ query }, table);
    if (ledger.table === 'forbidden') {
      return new Failure({
        code: 'table-forbidden',
        message: `This role cannot read ${table.schema}.${table.name}, so the applied revisions are unknown.`,
        next: `Grant it: grant select on ${table.sql} to the role that the MikroORM config uses.`,
      });
    }
    const running = isEmbedded(project.orm) ? null : await holderOf(query, lockKeys(table).run);
    return {
      table: ledger.table,
      applied: [...ledger.applied.keys()],
      halfWay: await readInterrupted(query, table),
      edited: await editedRevisions(query, table, ledger.applied, files.fileChecksums),
      running: running !== null,
      pages: await pagesOf(query),
      ...(prints && { print: await printOfDatabase(query, table.name) }),
    };
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}
