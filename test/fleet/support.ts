import type {
  EngineApi,
  EngineOptions,
  FleetEvent,
  FleetPlanRequest,
  FleetRunOptions,
} from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { type MigrationSketch, makeProject, type Project, type ProjectOptions } from '../support/project.ts';
import { createDatabase, type Database } from '../support/server.ts';

/** The revisions of these fleets, oldest first. */
export const one = 'Migration20260101000000_chats';
export const two = 'Migration20260102000000_topics';
export const three = 'Migration20260103000000_seen';

export const migrations: Record<string, MigrationSketch> = {
  [one]: { up: 'create table "chats" ("id" serial primary key, "title" text)', down: 'drop table "chats"' },
  [two]: {
    up: 'alter table "chats" add column "topic" text',
    down: 'alter table "chats" drop column "topic"',
  },
  [three]: {
    up: 'alter table "chats" add column "seen" timestamptz',
    down: 'alter table "chats" drop column "seen"',
  },
};

const engines: EngineApi[] = [];

/** Closes everything that `fleetOf` has opened. */
export async function closeAll(): Promise<void> {
  for (const engine of engines.splice(0)) await engine.close();
}

export interface TestFleet {
  readonly database: Database;
  readonly project: Project;
  open(more?: Partial<EngineOptions>): Promise<EngineApi>;
  /** Ids in a schema's own log. */
  applied(schema: string): Promise<string[]>;
}

/** A schema of a fleet, with revisions that were already applied: their tables and log rows. */
export function schemaSql(schema: string, applied: readonly string[], sketches = migrations): string {
  const id = `"${schema.replaceAll('"', '""')}"`;
  const ups = applied.flatMap(revision => [sketches[revision]?.up ?? []].flat());
  return [
    `create schema ${id}`,
    `set search_path to ${id}`,
    'create table mikro_orm_migrations (id serial primary key, name varchar(255), executed_at timestamptz(0) default current_timestamp)',
    ...ups,
    ...applied.map(revision => `insert into mikro_orm_migrations (name) values ('${revision}')`),
    'reset search_path',
  ].join(';\n');
}

/** All schemas of tenants. */
const tenants = { targets: { schemas: '*enant*' } };

/** The project of a fleet. @param fleet the setting */
export const fleetProject = (url: string, fleet: unknown = tenants): ProjectOptions => ({
  url,
  migrations,
  typescript: false,
  // MikroORM remembers the first folder of the process..
  config: `baseDir: process.cwd(), schemaGenerator: { ignoreSchema: ['migtui'] }`,
  packageJson: { migtui: { fleet } },
});

/**
 * A database with schemas, and the project with this fleet.
 * @param schemas with the revisions applied in each
 * @param fleet the setting
 */
export async function fleetOf(
  schemas: Readonly<Record<string, readonly string[]>>,
  fleet: unknown = tenants,
  more: ProjectOptions = {},
): Promise<TestFleet> {
  const database = await createDatabase();
  for (const [schema, applied] of Object.entries(schemas)) await database.query(schemaSql(schema, applied));
  const project = await makeProject({ ...fleetProject(database.url, fleet), ...more });
  return {
    database,
    project,
    async open(more = {}) {
      const engine = await openEngine({ root: project.root, ...more }, () => {});
      engines.push(engine);
      return engine;
    },
    async applied(schema) {
      const rows = await database.query<{ name: string }>(
        `select name from "${schema.replaceAll('"', '""')}".mikro_orm_migrations order by id`,
      );
      return rows.map(({ name }) => name);
    },
  };
}

/** The engine of a fleet's project, closed by `closeAll`. */
export async function openFleet(
  fleet: TestFleet,
  onEvent: (event: FleetEvent) => void = () => {},
  more: Partial<EngineOptions> = {},
): Promise<EngineApi> {
  const engine = await openEngine({ root: fleet.project.root, ...more }, event => {
    if (event.type === 'fleet') onEvent(event.event);
  });
  engines.push(engine);
  return engine;
}

/** An upgrade of every target to the head. */
export const toHead: FleetPlanRequest = { choice: {}, plan: { command: 'upgrade', targets: ['head'] } };

/** Plans an upgrade of the fleet to the head and runs it. */
export async function upgradeFleet(
  engine: EngineApi,
  request: Partial<FleetPlanRequest> = {},
  options: Partial<FleetRunOptions> = {},
) {
  const plan = await engine.fleetPlan({ ...toHead, ...request });
  return engine.fleetRun(plan.id, { run: {}, ...options });
}

/** A migration that fails in the schemas of this name. */
export const failsIn = (schema: string): MigrationSketch => ({
  up: [
    'alter table "chats" add column "seen" timestamptz',
    `do $$ begin if current_schema() = '${schema}' then raise exception 'no more space for %', current_schema(); end if; end $$`,
  ],
});
