import { type Connection, isRefusal } from '../database/connect/connection.ts';
import { choose, unknownNames } from '../fleet/choice.ts';
import type { FleetDatabases } from '../fleet/databases.ts';
import { planFleet } from '../fleet/plan.ts';
import type { Planned } from '../fleet/planned.ts';
import { FleetRun } from '../fleet/run.ts';
import { fleetStages } from '../fleet/stages.ts';
import { fleetStatus } from '../fleet/status.ts';
import type { Target } from '../fleet/target.ts';
import { Failure } from '../foundation/failure.ts';
import { someNames } from '../foundation/some-names.ts';
import type { FleetSettings } from '../settings/fleet.ts';
import { loadSettings } from '../settings/load.ts';
import type { FleetApi, FleetChoice, FleetRehearsal, FleetRunOptions } from './api.ts';
import { requireAvailable } from './available.ts';
import { plannerOf, refuseFleet, rehearseGroup } from './fleet-planner.ts';
import { allTargets, connectedTo, databasesFrom } from './fleet-target.ts';
import type { Session } from './session.ts';

/** The part of the engine for many databases. */
export interface Fleet {
  readonly api: FleetApi;
  close(): Promise<void>;
}

/** The engine's fleet methods for a session's project. */
export function createFleet(session: Session): Fleet {
  const opened = new Set<FleetDatabases>();
  const planner = plannerOf(session);
  /** The most recent plans that were shown. */
  const plans = new Map<string, { readonly fleetDatabases: FleetDatabases; readonly planned: Planned }>();
  let running: { readonly run: FleetRun; readonly result: Promise<unknown> } | null = null;
  /** The current files and targets. */
  const begin = async (choice: FleetChoice): Promise<Begun> => {
    requireAvailable(session, 'fleet');
    const { fleet: settings } = await loadSettings(session.project.root, process.env);
    const fleetDatabases = databasesOf(session);
    opened.add(fleetDatabases);
    const targets = await targetsOf(session, fleetDatabases, settings, choice);
    return { fleetDatabases, targets, settings };
  };
  const forget = async (fleetDatabases: FleetDatabases): Promise<void> => {
    opened.delete(fleetDatabases);
    await fleetDatabases.close();
  };
  return {
    api: {
      async fleetStatus(request) {
        const { fleetDatabases, targets } = await begin(request);
        try {
          return await fleetStatus(fleetDatabases, targets, { drift: request.drift === true });
        } finally {
          await forget(fleetDatabases);
        }
      },
      async fleetStages() {
        const fleetDatabases = databasesOf(session);
        opened.add(fleetDatabases);
        try {
          return await fleetStages(fleetDatabases, session.home.contexts);
        } finally {
          await forget(fleetDatabases);
        }
      },
      async fleetRehearse(request) {
        const { fleetDatabases, targets } = await begin(request.choice);
        try {
          const { groups, plan } = await planFleet(fleetDatabases, targets, request, [], planner);
          const rehearsals: FleetRehearsal[] = [];
          for (const group of groups) rehearsals.push(await rehearseGroup(session, fleetDatabases, group));
          const refused = plan.refused.map(
            ({ target, failure }): FleetRehearsal => ({
              targets: [target],
              on: target,
              rehearsal: null,
              failure,
            }),
          );
          return [...rehearsals, ...refused];
        } finally {
          await forget(fleetDatabases);
        }
      },
      async fleetPlan(request) {
        const { fleetDatabases, targets, settings } = await begin(request.choice);
        try {
          const planned = await planFleet(
            fleetDatabases,
            targets,
            { ...request, parallel: request.parallel ?? settings.parallel },
            request.waves ?? settings.waves,
            planner,
          );
          plans.set(planned.plan.id, { fleetDatabases, planned });
          const [oldest] = plans.entries();
          if (oldest && plans.size > remembered) {
            plans.delete(oldest[0]);
            await forget(oldest[1].fleetDatabases);
          }
          return planned.plan;
        } catch (error) {
          await forget(fleetDatabases);
          throw error;
        }
      },
      async fleetRun(id, options) {
        const plan = plans.get(id);
        if (!plan) throw unknownPlan();
        if (running) {
          throw new Failure({
            code: 'busy',
            message: 'A fleet run is already in progress.',
            next: 'Wait for it to finish.',
          });
        }
        plans.delete(id);
        const { fleet } = await loadSettings(session.project.root, process.env);
        const { planned, fleetDatabases } = plan;
        const defaults = {
          onError: fleet.onError,
          maxFailures: fleet.maxFailures,
          pauseAfter: fleet.pauseAfter,
        };
        const run = new FleetRun(
          fleetDatabases,
          planned,
          { ...defaults, ...given(options) },
          planner,
          event => session.emit({ type: 'fleet', event }),
        );
        try {
          await refuseFleet(session, fleetDatabases, planned, options);
          const result = run.run();
          running = { run, result: result.catch(() => {}) };
          return await result;
        } finally {
          running = null;
          await forget(fleetDatabases);
        }
      },
      async fleetContinue(go) {
        running?.run.continue(go);
      },
      async fleetCancel(mode) {
        await running?.run.cancel(mode);
      },
    },
    async close() {
      await running?.run.cancel('rollback').catch(() => {});
      await running?.result;
      await Promise.allSettled([...opened].map(fleetDatabases => fleetDatabases.close()));
    },
  };
}

interface Begun {
  readonly fleetDatabases: FleetDatabases;
  readonly targets: readonly Target[];
  readonly settings: FleetSettings;
}

/** Number of shown plans that are kept for running. */
const remembered = 3;

/** The given options; the settings provide the others. */
function given(options: FleetRunOptions): FleetRunOptions {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as unknown as FleetRunOptions;
}

function unknownPlan(): Failure {
  return new Failure({
    code: 'plan-changed',
    message: 'This fleet plan has expired. Nothing was run.',
    next: 'Create the plan again.',
  });
}

/** The databases of a session's config, in all its contexts. */
export function databasesOf(session: Session): FleetDatabases {
  const { project, home, options } = session;
  const connection = async (): Promise<Connection> => {
    const connection = await session.connection();
    if (isRefusal(connection)) throw new Failure(connection.failure);
    return connection;
  };
  if (project === home) return databasesFrom(home, options, connection);
  return databasesFrom(home, options, () => connectedTo(home), { project, connection });
}

/** @throws Failure `no-targets` */
async function targetsOf(
  { home: project }: Session,
  fleetDatabases: FleetDatabases,
  fleet: FleetSettings,
  choice: FleetChoice,
): Promise<readonly Target[]> {
  if (fleet.targets.length === 0) {
    throw new Failure({
      code: 'no-targets',
      message: 'The fleet has no targets: the setting "fleet.targets" is empty.',
      next: 'Add some, such as "migtui": { "fleet": { "targets": { "schemas": "tenant_*" } } } in package.json. See node_modules/migtui/docs/fleet.md.',
    });
  }
  const all = await allTargets(project, fleetDatabases, fleet);
  const unknown = unknownNames(all, choice);
  if (unknown.length > 0) {
    throw new Failure({
      code: 'no-targets',
      message: `The fleet has no target ${someNames(unknown)}.`,
      next: 'migtui fleet status lists the targets.',
    });
  }
  const targets = choose(all, choice);
  // A share of a few targets may be empty: its job then has nothing to do, which is not an error.
  if (targets.length > 0 || choose(all, { ...choice, shard: undefined }).length > 0) return targets;
  throw new Failure({
    code: 'no-targets',
    message:
      all.length === 0
        ? 'The fleet has no targets: "fleet.targets" matches nothing.'
        : `None of the ${all.length} targets of the fleet matches --only and --tag.`,
    next: 'migtui fleet status lists the targets.',
  });
}
