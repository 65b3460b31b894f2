import { addressOf } from '../database/connect/address.ts';
import { Failure } from '../foundation/failure.ts';
import { isUrl } from '../project/other-database.ts';
import type { Project } from '../project/project.ts';
import { brokenRevisions } from '../revisions/broken-revisions.ts';
import type { RevisionGraph } from '../revisions/graph.ts';
import {
  countRevisions,
  countStates,
  type FleetCount,
  type FleetRow,
  type FleetStatus,
  fleetStates,
  problemsOf,
} from '../values/fleet.ts';
import type { Files, FleetDatabases } from './databases.ts';
import { differing } from './fingerprints.ts';
import { type Read, readTargets } from './reading.ts';
import { byName, nameOf, type Target } from './target.ts';
import type { TargetState } from './target-state.ts';

/**
 * The status of every target.
 * @throws Failure if the migration files have problems
 */
export async function fleetStatus(
  fleetDatabases: FleetDatabases,
  targets: readonly Target[],
  { drift = false } = {},
): Promise<FleetStatus> {
  const read = await readTargets(fleetDatabases, targets, { prints: drift });
  const { drifted, compared } = driftIn(fleetDatabases, read);
  const rows: FleetRow[] = [];
  const heads: Record<string, readonly string[]> = {};
  const orders = new Map<string, readonly string[]>();
  for (const { target, targetState } of read) {
    const files = await filesOf(fleetDatabases, target);
    if (files) {
      heads[fleetDatabases.contextOf(target)] = files.graph.heads;
      orders.set(fleetDatabases.contextOf(target), files.graph.order);
    }
    rows.push(rowOf(fleetDatabases, target, targetState, files, drifted.get(target.name) ?? null));
  }
  return {
    targets: rows.sort(problemsFirst),
    counts: countsOf(rows, [...orders.values()].flat()),
    states: countStates(rows),
    heads,
    compared,
    at: new Date().toISOString(),
  };
}

/** Schemas that differ from the majority of those at the same revisions, and how many were compared. */
function driftIn(
  fleetDatabases: FleetDatabases,
  read: readonly Read[],
): { readonly drifted: ReadonlyMap<string, number>; readonly compared: number } {
  const known = read.flatMap(({ target, targetState }) =>
    targetState instanceof Failure || targetState.print === undefined || targetState.table === 'gone'
      ? []
      : [{ target, applied: targetState.applied, print: targetState.print }],
  );
  const groups = Map.groupBy(known, ({ target, applied }) =>
    JSON.stringify([fleetDatabases.contextOf(target), [...applied].sort()]),
  );
  const alike = [...groups.values()].filter(({ length }) => length > 1);
  const drifted = alike.flatMap(group => [...differing(group, ({ print }) => print)]);
  return {
    drifted: new Map(drifted.map(([{ target }, others]) => [target.name, others])),
    compared: alike.flat().length,
  };
}

/** Null if the context itself cannot be opened: its targets have that failure. */
async function filesOf(fleetDatabases: FleetDatabases, { context }: Target): Promise<Files | null> {
  const files = await fleetDatabases.files(context).catch(() => null);
  if (!files) return null;
  const [first] = files.problems;
  if (first) {
    throw brokenRevisions(
      `The migration files have problems: ${[first.file, first.message].filter(Boolean).join(': ')}.`,
      files.problems,
    );
  }
  return files;
}

/** A target for display. */
export function rowOf(
  fleetDatabases: FleetDatabases,
  target: Target,
  targetState: TargetState | Failure,
  files: Files | null,
  differsFrom: number | null,
): FleetRow {
  const { name, tags, schema } = target;
  const place = {
    name,
    tags,
    context: fleetDatabases.contextOf(target),
    database: labelOf(files?.project ?? fleetDatabases.home, target),
    schema,
  };
  if (targetState instanceof Failure || files === null) {
    const failure = targetState instanceof Failure ? targetState.info : null;
    return { ...place, ...nothing, state: 'unreachable', failure };
  }
  const { applied, edited, halfWay, running, table } = targetState;
  const known = factsOf(files.graph, applied);
  const row = { ...known, edited, differsFrom, halfWay: halfWay.map(({ revision }) => revision), running };
  return {
    ...place,
    ...row,
    state: table === 'gone' ? 'gone' : (problemsOf(row)[0] ?? 'head'),
    failure:
      table === 'gone'
        ? {
            code: 'schema-gone',
            message: `There is no schema ${schema}.`,
            next: 'The first upgrade of this schema creates it: migtui upgrade --schema.',
          }
        : null,
  };
}

type Facts = Pick<FleetRow, 'current' | 'applied' | 'pending' | 'missing'>;

/** Most targets of a fleet have the same applied revisions. */
const facts = new WeakMap<RevisionGraph, WeakMap<readonly string[], Facts>>();

function factsOf(graph: RevisionGraph, applied: readonly string[]): Facts {
  const known = facts.get(graph) ?? new WeakMap<readonly string[], Facts>();
  facts.set(graph, known);
  const before = known.get(applied);
  if (before) return before;
  const own = graph.on(applied);
  const found = {
    current: own.current(applied),
    applied: own.applied(applied).length,
    pending: own.pending(applied).length,
    missing: own.missing(applied),
  };
  known.set(applied, found);
  return found;
}

const nothing = {
  current: [],
  applied: 0,
  pending: 0,
  missing: [],
  edited: [],
  halfWay: [],
  differsFrom: null,
  running: false,
} as const;

/** Without a password: the label of the config's database, or the address in a URL. */
function labelOf(project: Project, { database }: Target): string {
  if (database === null) return addressOf(project).label;
  if (!isUrl(database) || !URL.canParse(database)) return nameOf(database);
  const { host, username } = new URL(database);
  return `${username ? `${decodeURIComponent(username)}@` : ''}${host}/${nameOf(database)}`;
}

/** Targets with problems first, then by name. */
export function problemsFirst(a: FleetRow, b: FleetRow): number {
  return fleetStates.indexOf(a.state) - fleetStates.indexOf(b.state) || byName(a, b);
}

/** The number of targets at the same revisions, newest first. */
function countsOf(rows: readonly FleetRow[], order: readonly string[]): readonly FleetCount[] {
  const place = new Map(order.map((id, at) => [id, at]));
  const newest = ({ current }: FleetCount): number =>
    Math.max(-1, ...current.map(id => place.get(id) ?? Number.MAX_SAFE_INTEGER));
  return [...countRevisions(rows)].sort((a, b) => newest(b) - newest(a));
}
