import { randomUUID } from 'node:crypto';
import { addressOf } from '../database/connect/address.ts';
import { queryOn } from '../database/connect/monitor.ts';
import { schemaGone } from '../database/run/final-plan.ts';
import { Failure } from '../foundation/failure.ts';
import type { Plan } from '../revisions/plans/plan.ts';
import { loadParser } from '../safety/parse.ts';
import type { FleetPlan, FleetPlanRequest, FleetRefusal, FleetWave } from '../values/fleet-run.ts';
import type { Files, FleetDatabase, FleetDatabases } from './databases.ts';
import type { Planned, PlannedGroup, PlannedTarget, Planner, Sizes } from './planned.ts';
import { places, type Read, readTargets } from './reading.ts';
import { largestTables } from './sizes.ts';
import { commandsForTarget, type Target } from './target.ts';
import { cutWaves } from './waves.ts';

/** Targets with the same steps, before their plan is shown. */
interface Same {
  readonly files: Files;
  readonly members: Read[];
  readonly plan: Plan;
}

/** The lint rules ignore further schemas that are not targets. */
const mostOthers = 20;

/**
 * The steps of every target: those with the same steps share one plan, made for the largest of them.
 * @throws Failure of the requested target, if it exists on no target
 */
export async function planFleet(
  fleetDatabases: FleetDatabases,
  targets: readonly Target[],
  request: FleetPlanRequest,
  waves: readonly FleetWave[],
  planner: Planner,
): Promise<Planned> {
  const refused: FleetRefusal[] = [];
  const there: string[] = [];
  const same = new Map<string, Same>();
  const plans = new WeakMap<readonly string[], Plan | Failure>();
  for (const read of await readTargets(fleetDatabases, targets)) {
    const { target, targetState } = read;
    const why =
      targetState instanceof Failure ? targetState : refusalOf(read, fleetDatabases.contextOf(target));
    if (targetState instanceof Failure || why) {
      refused.push({ target: target.name, failure: (why as Failure).info });
      continue;
    }
    const files = await fleetDatabases.files(target.context);
    const plan = plans.get(targetState.applied) ?? planOf(planner, files, targetState.applied, request);
    plans.set(targetState.applied, plan);
    if (plan instanceof Failure) refused.push({ target: target.name, failure: plan.info });
    else if (plan.steps.length === 0) there.push(target.name);
    else {
      const { applied, edited } = targetState;
      const key = JSON.stringify([
        fleetDatabases.contextOf(target),
        plan.steps,
        edited,
        files.graph.missing(applied),
      ]);
      const group = same.get(key) ?? { files, members: [], plan };
      group.members.push(read);
      same.set(key, group);
    }
  }
  refuseTypo(refused, same.size + there.length, targets.length);
  // The findings need it; it loads while the server reads the catalog.
  if (same.size > 0) loadParser().catch(() => {});
  const groups: PlannedGroup[] = [];
  for (const one of same.values()) {
    const group = await groupOf(fleetDatabases, one, request, planner, targets).catch(error => {
      if (!(error instanceof Failure)) throw error;
      return error;
    });
    if (!(group instanceof Failure)) groups.push(group);
    else for (const { target } of one.members) refused.push({ target: target.name, failure: group.info });
  }
  groups.sort((a, b) => b.targets.length - a.targets.length);
  const order = new Map(targets.map(({ name }, at) => [name, at]));
  const all = groups
    .flatMap(group => group.targets)
    .sort((a, b) => (order.get(a.name) ?? 0) - (order.get(b.name) ?? 0));
  const cut = cutWaves(all, waves, ({ group }) => group);
  const plan: FleetPlan = {
    id: randomUUID(),
    request,
    groups: groups.map(({ files: _, targets, ...group }) => ({
      ...group,
      targets: targets.map(({ name }) => name),
    })),
    refused,
    there,
    waves: cut.map(({ name, targets }) => ({ name, targets: targets.map(({ name }) => name) })),
    databases: namesOf(fleetDatabases, all),
    destructive: groups.some(({ preview }) => preview.destructive),
    protected: groups.some(({ preview }) => preview.protected),
  };
  return { plan, groups, waves: cut };
}

function refusalOf({ target, targetState }: Read, context: string): Failure | null {
  if (targetState instanceof Failure) return targetState;
  if (targetState.table === 'gone') return schemaGone(target.schema as string);
  const [first] = targetState.halfWay;
  if (!first) return null;
  return new Failure({
    code: 'half-way',
    message: `${first.revision} was interrupted outside a transaction.`,
    next: `Resolve it: ${commandsForTarget(target, context).resolve(first.revision)}.`,
  });
}

function planOf(
  planner: Planner,
  files: Files,
  applied: readonly string[],
  { plan }: FleetPlanRequest,
): Plan | Failure {
  try {
    return planner.plan(files, applied, plan);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

/** A request that fails on every target that can be read is usually a typo. */
function refuseTypo(refused: readonly FleetRefusal[], others: number, all: number): void {
  if (others > 0 || refused.length < all) return;
  const codes = [
    'unknown-target',
    'ambiguous-target',
    'multiple-heads',
    'wrong-direction',
    'bad-range',
    'one-target',
  ];
  // The others cannot be planned for, whatever is requested.
  const [first, ...more] = refused.filter(({ failure }) => codes.includes(failure.code));
  if (first && more.every(({ failure }) => failure.code === first.failure.code)) {
    throw new Failure(first.failure);
  }
}

async function groupOf(
  fleetDatabases: FleetDatabases,
  { files, members }: Same,
  { plan: request }: FleetPlanRequest,
  planner: Planner,
  all: readonly Target[],
): Promise<PlannedGroup> {
  const { sizes, largest } = await sizesOf(fleetDatabases, members);
  const { target } = largest;
  const site = await fleetDatabases.connect(target.context, target.database, 2);
  try {
    const others = target.schema === null ? [] : await otherSchemas(site, all);
    const preview = await planner.preview(site, target, request, sizes, others);
    const group: PlannedGroup = {
      files,
      targets: [],
      preview,
      largest: target.name,
      table: largestOf(
        preview.steps.flatMap(({ findings }) => findings.map(({ table }) => table)),
        sizes,
      ),
    };
    const targets = members.map(
      ({ target, targetState }): PlannedTarget => ({
        ...target,
        group,
        applied: targetState instanceof Failure ? [] : targetState.applied,
      }),
    );
    return Object.assign(group, { targets });
  } finally {
    await site.close();
  }
}

/** The largest tables by name, and the target that has most of them. */
async function sizesOf(
  fleetDatabases: FleetDatabases,
  members: readonly Read[],
): Promise<{ sizes: Sizes | null; largest: Read }> {
  const first = members[0] as Read;
  const pages = ({ targetState }: Read): number =>
    targetState instanceof Failure ? 0 : (targetState.pages ?? 0);
  const inSchemas = members.filter(({ target }) => target.schema !== null);
  if (inSchemas.length === 0) {
    return {
      sizes: null,
      largest: members.reduce((most, one) => (pages(one) > pages(most) ? one : most), first),
    };
  }
  const sizes = new Map<string, { target: string; bytes: number; rows: number | null }>();
  const total = new Map<string, number>();
  const bySite = Map.groupBy(inSchemas, ({ target }) => fleetDatabases.keyOf(target));
  for (const some of bySite.values()) {
    const { context, database } = (some[0] as Read).target;
    const bySchema = new Map(some.map(({ target }) => [target.schema as string, target.name]));
    const site = await fleetDatabases.connect(context, database, 1);
    try {
      for (const { schema, name, bytes, rows } of await largestTables(queryOn(site.project.orm), [
        ...bySchema.keys(),
      ])) {
        const target = bySchema.get(schema) as string;
        total.set(target, (total.get(target) ?? 0) + bytes);
        if (bytes > (sizes.get(name)?.bytes ?? -1)) sizes.set(name, { target, bytes, rows });
      }
    } finally {
      await site.close();
    }
  }
  const size = ({ target }: Read): number => total.get(target.name) ?? 0;
  return {
    sizes,
    largest: inSchemas.reduce((most, one) => (size(one) > size(most) ? one : most), inSchemas[0] as Read),
  };
}

function largestOf(touched: readonly (string | null)[], sizes: Sizes | null): PlannedGroup['table'] {
  let found: PlannedGroup['table'] = null;
  for (const name of touched) {
    const size = name === null ? undefined : sizes?.get(name);
    if (name !== null && size && size.bytes > (found?.bytes ?? -1)) found = { name, ...size };
  }
  return found;
}

async function otherSchemas(
  { connection }: FleetDatabase,
  targets: readonly Target[],
): Promise<readonly string[]> {
  const own = new Set(targets.map(({ schema }) => schema));
  const rows = await connection.query<{ name: string }>(
    `select nspname::text as name from pg_namespace
      where nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'migtui') and nspname !~ '^pg_temp' order by nspname <> 'public', 1`,
  );
  return rows
    .map(({ name }) => name)
    .filter(name => !own.has(name))
    .slice(0, mostOthers);
}

/** The names of the targets' databases. */
function namesOf(fleetDatabases: FleetDatabases, all: readonly PlannedTarget[]): readonly string[] {
  const names = places(fleetDatabases, all).flatMap(({ targets: [first] }) =>
    first ? [databaseOf(first)] : [],
  );
  return [...new Set(names)];
}

/** The name of a target's database. */
export function databaseOf(target: PlannedTarget): string {
  const { database, group } = target;
  if (database === null) return addressOf(group.files.project).name;
  return URL.canParse(database) ? decodeURIComponent(new URL(database).pathname.slice(1)) : database;
}
