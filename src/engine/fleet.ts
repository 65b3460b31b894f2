import { isRefusal } from '../database/connection.ts';
import { queryOn } from '../database/side.ts';
import { choose } from '../fleet/choice.ts';
import { Sites } from '../fleet/sites.ts';
import { findTargets } from '../fleet/sources.ts';
import { fleetStatus } from '../fleet/status.ts';
import type { Target } from '../fleet/target.ts';
import { Failure } from '../foundation/failure.ts';
import { openProject } from '../project/project.ts';
import { loadSettings } from '../settings/load.ts';
import type { FleetApi, FleetChoice } from './api.ts';
import type { Session } from './session.ts';

/** The part of the engine that is about many databases. */
export interface Fleet {
  readonly api: FleetApi;
  close(): Promise<void>;
}

/** The engine's methods on the fleet of a session's project. */
export function createFleet(session: Session): Fleet {
  const opened: Sites[] = [];
  /** Files and targets as they are now. */
  const begin = async (choice: FleetChoice): Promise<{ sites: Sites; targets: readonly Target[] }> => {
    const sites = sitesOf(session);
    opened.push(sites);
    const targets = await targetsOf(session, sites, choice);
    return { sites, targets };
  };
  return {
    api: {
      async fleetStatus(request) {
        const { sites, targets } = await begin(request);
        try {
          return await fleetStatus(sites, targets);
        } finally {
          await sites.close();
        }
      },
    },
    async close() {
      await Promise.allSettled(opened.map(sites => sites.close()));
    },
  };
}

function sitesOf(session: Session): Sites {
  const { project, options } = session;
  return new Sites({
    project,
    async connection() {
      const connection = await session.connection();
      if (isRefusal(connection)) throw new Failure(connection.failure);
      return connection;
    },
    open: context => openProject(project.root, { config: options.config, context, network: project.network }),
  });
}

/** @throws Failure `no-targets` */
async function targetsOf(
  { project }: Session,
  sites: Sites,
  choice: FleetChoice,
): Promise<readonly Target[]> {
  const { fleet } = await loadSettings(project.root, process.env);
  if (fleet.targets.length === 0) {
    throw new Failure({
      code: 'no-targets',
      message: 'The fleet has no targets: the setting "fleet.targets" names none.',
      next: 'Name some, such as "migtui": { "fleet": { "targets": { "schemas": "tenant_*" } } } in package.json; docs/fleet.md describes them.',
    });
  }
  const all = await findTargets(fleet.targets, {
    root: project.root,
    contexts: project.contexts,
    async ask(context, database, work) {
      const site = await sites.connect(context, database, 1);
      try {
        return await work(queryOn(site.project.orm));
      } finally {
        await site.close();
      }
    },
  });
  const targets = choose(all, choice);
  // a share of few targets may be empty: its job has nothing to do, and that is fine
  if (targets.length > 0 || choose(all, { ...choice, shard: undefined }).length > 0) return targets;
  throw new Failure({
    code: 'no-targets',
    message:
      all.length === 0
        ? 'The fleet has no targets: what "fleet.targets" asks for finds none.'
        : `None of the ${all.length} targets of the fleet matches --only and --tag.`,
    next: 'migtui fleet status lists the targets.',
  });
}
