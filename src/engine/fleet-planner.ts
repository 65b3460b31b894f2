import { type Catalog, readCatalog, type TableSize } from '../database/catalog.ts';
import { addressOf } from '../database/connect/address.ts';
import type { Connection } from '../database/connect/connection.ts';
import type { FleetDatabases } from '../fleet/databases.ts';
import type { Planned, PlannedGroup, Planner, Sizes } from '../fleet/planned.ts';
import { nameOf, type Target } from '../fleet/target.ts';
import { isUrl, projectInSchema } from '../project/other-database.ts';
import type { FleetRehearsal, FleetRunOptions, Preview } from './api.ts';
import { asFailure } from './failures.ts';
import { planFor } from './planning/plan-for.ts';
import { preview } from './planning/preview.ts';
import { refuseStrict } from './planning/strict.ts';
import { refuseByPolicy } from './policy/check.ts';
import { protectionsIn, protectionsOf, type Subject } from './policy/protections.ts';
import type { Session } from './session.ts';

/** Plans single targets of a fleet like any other database. */
export function plannerOf(session: Session): Planner {
  return {
    plan({ graph }, applied, request) {
      const state = { graph: graph.on(applied), applied: new Map(applied.map(id => [id, null])) };
      return planFor(state, { unsettled: [] }, request);
    },
    async preview(site, { schema }, request, sizes, others) {
      const project = projectInSchema(site.project, schema);
      const here = session.on(project, site.connection, (connection, sql) =>
        catalogOf(connection, sql, schema, sizes, others),
      );
      const made = await preview(here, request);
      refuseStrict(made);
      refuseBroken(made);
      return made;
    },
    importing: source => session.importing(source),
  };
}

/** Failures that no user input can fix. */
function refuseBroken({ databaseName, policy }: Preview): void {
  refuseByPolicy(
    databaseName,
    policy.filter(({ state }) => state === 'broken'),
  );
}

/**
 * Checks the run of a fleet against the policy of each database, with the typed names.
 * @throws Failure `policy`
 */
export async function refuseFleet(
  session: Session,
  fleetDatabases: FleetDatabases,
  { groups }: Planned,
  { confirm = [], run }: FleetRunOptions,
): Promise<void> {
  const all = protectionsIn(session.options.protected);
  if (all.length === 0) return;
  for (const { preview: shown, targets } of groups) {
    const databases = new Map(targets.map(target => [fleetDatabases.keyOf(target), target]));
    for (const target of databases.values()) {
      const { context, database, schema } = target;
      if (protectionsOf(all, await subjectOf(fleetDatabases, target)).length === 0) continue;
      const site = await fleetDatabases.connect(context, database, 2);
      try {
        const here = session.on(projectInSchema(site.project, schema), site.connection, async () => null);
        const { name } = addressOf(site.project);
        const now = await preview(here, shown.request, {
          ...run,
          confirm: confirm.find(one => one === name),
        });
        refuseByPolicy(now.databaseName, now.policy);
      } finally {
        await site.close();
      }
    }
  }
}

/** The plan of a group on the shadow, for its largest target. */
export async function rehearseGroup(
  session: Session,
  fleetDatabases: FleetDatabases,
  { preview: shown, targets, largest }: PlannedGroup,
): Promise<FleetRehearsal> {
  const names = { targets: targets.map(({ name }) => name), on: largest };
  const target = targets.find(({ name }) => name === largest) as Target;
  try {
    const site = await fleetDatabases.connect(target.context, target.database, 2);
    try {
      const project = projectInSchema(site.project, target.schema);
      const here = session.on(project, site.connection, async () => null);
      const { createAuthoring } = await import('./authoring.ts');
      return { ...names, rehearsal: await createAuthoring(here).rehearsePlan(shown.request), failure: null };
    } finally {
      await site.close();
    }
  } catch (error) {
    return { ...names, rehearsal: null, failure: asFailure(error, session.project).info };
  }
}

/** The database of a target, without connecting. */
async function subjectOf(fleetDatabases: FleetDatabases, { context, database }: Target): Promise<Subject> {
  const { project } = await fleetDatabases.files(context);
  const { host, name } = addressOf(project);
  const own = { context: project.context, host, database: database ?? name };
  if (database === null || !isUrl(database)) return own;
  return { ...own, host: new URL(database).hostname, database: nameOf(database) };
}

/** The catalog of one schema, with the sizes of the largest tables of its group. */
async function catalogOf(
  connection: Connection,
  sql: readonly string[],
  schema: string | null,
  sizes: Sizes | null,
  others: readonly string[],
): Promise<Catalog | null> {
  if (schema === null) return readCatalog(connection, { sql });
  const catalog = await readCatalog(connection, { schemas: [schema, ...others], sql });
  if (!catalog || !sizes) return catalog;
  const largest = [...sizes].map(([name, { bytes, rows }]): [string, TableSize] => [
    `${schema}.${name}`,
    { bytes, rows },
  ]);
  const known = new Set(catalog.sizes.keys());
  return {
    ...catalog,
    sizes: new Map([...catalog.sizes, ...largest.filter(([name]) => known.has(name))]),
  };
}
