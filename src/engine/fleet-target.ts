import { type Connection, connect, isRefusal } from '../database/connect/connection.ts';
import { queryOn } from '../database/connect/monitor.ts';
import { FleetDatabases, type OpenedProject, requirePlace } from '../fleet/databases.ts';
import { findTargets } from '../fleet/sources.ts';
import type { Target } from '../fleet/target.ts';
import { Failure } from '../foundation/failure.ts';
import { placeOf } from '../project/other-database.ts';
import { isEmbedded, openProject, type Project } from '../project/project.ts';
import type { FleetSettings } from '../settings/fleet.ts';
import { loadSettings } from '../settings/load.ts';
import type { NetworkOptions } from '../values/network.ts';
import type { EngineOptions } from './api.ts';

/**
 * Opens the project on a target of the fleet: its context, database and schema.
 * @param home to which the targets are relative
 * @throws Failure `unknown-target` if there is none of this name, `bad-database`, or of opening it
 */
export async function openTarget(
  home: Project,
  options: EngineOptions,
  network: NetworkOptions,
): Promise<Project> {
  const { context, database, schema } = await namedTarget(home, options);
  const project = await openProject(home.root, {
    ...options,
    network,
    context: context ?? home.context,
    schema: schema ?? undefined,
    ...(database !== null && { place: placeOf(database) }),
  });
  try {
    if (isEmbedded(project.orm) && database !== null) throw noOther(options.target as string);
    requirePlace(project, database);
    return project;
  } catch (error) {
    await project.close();
    throw error;
  }
}

async function namedTarget(home: Project, options: EngineOptions): Promise<Target> {
  const { fleet } = await loadSettings(home.root, process.env);
  const fleetDatabases = databasesFrom(home, options, () => connectedTo(home));
  try {
    const found = (await allTargets(home, fleetDatabases, fleet)).find(({ name }) => name === options.target);
    if (found) return found;
    throw new Failure({
      code: 'unknown-target',
      message: `The fleet has no target ${options.target}.`,
      next: 'migtui fleet status -v lists the targets.',
    });
  } finally {
    await fleetDatabases.close();
  }
}

function noOther(target: string): Failure {
  return new Failure({
    code: 'bad-database',
    message: `${target} is a database of a server, and its context uses an embedded database (PGlite).`,
    next: 'Name a context whose config uses the driver of @mikro-orm/postgresql.',
  });
}

/** Connects to the config's own database. @throws Failure of the database */
export async function connectedTo(home: Project): Promise<Connection> {
  const connection = await connect(home);
  if (isRefusal(connection)) throw new Failure(connection.failure);
  return connection;
}

/**
 * The databases of a fleet.
 * @param connection of `home`
 * @param target a target that is open
 */
export function databasesFrom(
  home: Project,
  { config }: Pick<EngineOptions, 'config'>,
  connection: () => Promise<Connection>,
  target?: OpenedProject['target'],
): FleetDatabases {
  const open = (context: string): Promise<Project> =>
    openProject(home.root, { config, context, network: home.network });
  return new FleetDatabases({ project: home, connection, open, target });
}

/**
 * Every target of the settings.
 * @throws Failure of `findTargets`
 */
export function allTargets(
  { root, contexts }: Project,
  fleetDatabases: FleetDatabases,
  fleet: FleetSettings,
): Promise<readonly Target[]> {
  return findTargets(fleet.targets, {
    root,
    contexts,
    async ask(context, database, work) {
      const site = await fleetDatabases.connect(context, database, 1);
      try {
        return await work(queryOn(site.project.orm));
      } finally {
        await site.close();
      }
    },
  });
}
