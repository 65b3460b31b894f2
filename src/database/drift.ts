import type { MikroORM } from '@mikro-orm/core';
import type { DatabaseSchema } from '@mikro-orm/sql';
import type { Project } from '../project/project.ts';
import type { Effect } from '../values/authoring.ts';
import type { Connection } from './connection.ts';
import { ledgerTable } from './ledger.ts';
import { wordsOfDifference } from './shadow/difference-words.ts';
import { changesBetween, effectsOf } from './shadow/effects.ts';
import {
  type Fact,
  type FactKind,
  type Inventory,
  type InventoryScope,
  readInventory,
} from './shadow/inventory.ts';
import type { Replayed } from './shadow/replay.ts';
import { introspect, type SchemaJson, schemaFromJson, schemaToJson } from './shadow/schema.ts';

/** What leads from one schema to another. */
export interface Difference {
  readonly effects: readonly Effect[];
  readonly sql: readonly string[];
}

/** Compares as MikroORM does, which forgives what PostgreSQL writes differently. Both schemas are used up. */
export function differenceBetween(
  { modules }: Project,
  orm: MikroORM,
  from: DatabaseSchema,
  to: DatabaseSchema,
): Difference {
  const platform = orm.em.getPlatform() as never as { getDefaultSchemaName(): string };
  const difference = new modules.sql.SchemaComparator(platform as never).compare(from, to);
  const { schema } = orm as unknown as {
    schema: { diffToSQL(difference: unknown, options: object): string };
  };
  const text = schema.diffToSQL(difference, { wrap: false, safe: false, dropTables: true });
  const sql = statementsOf(text);
  const defaultSchema = (orm.config.get('schema') as string | undefined) ?? platform.getDefaultSchemaName();
  return { sql, effects: sql.length > 0 ? wordsOfDifference(difference, defaultSchema) : [] };
}

/**
 * What would bring the live database to what a replay came to. Only the schemas that the revisions use are looked at;
 * the migrations table, migtui's journal, ignored tables and what extensions brought along are left out.
 */
export async function driftTo(
  project: Project,
  connection: Connection,
  scope: InventoryScope,
  expected: Replayed,
): Promise<Difference> {
  const { orm } = connection;
  // revisions that run in a schema of their own leave what is in public to others, unless they go there by name
  const used = new Set([...expected.json.tables, ...expected.json.views].map(one => one.schema ?? 'public'));
  const schemas = new Set([
    scope.defaultSchema,
    ...expected.json.namespaces.filter(name => name !== 'public' || used.has(name)),
  ]);
  const live = await introspect(project.modules, orm);
  const from = onlyOurs(schemaToJson(live), schemas, ledgerTable(project));
  const to = onlyOurs(expected.json, schemas, ledgerTable(project));
  const managed = differenceBetween(
    project,
    orm,
    schemaFromJson(project.modules, orm, from),
    schemaFromJson(project.modules, orm, to),
  );
  const inventory = await readInventory(orm, scope);
  const beside = effectsOf(
    changesBetween(besides(inventory, schemas), besides(expected.inventory, schemas)),
  ).filter(({ sign, object }) => !(sign === '-' && object.startsWith('extension ')));
  return { effects: [...managed.effects, ...beside], sql: managed.sql };
}

function onlyOurs(
  json: SchemaJson,
  schemas: ReadonlySet<string>,
  ledger: { readonly schema: string; readonly name: string },
): SchemaJson {
  const ours = ({ schema }: { schema?: string | undefined }): boolean =>
    schema === undefined || schemas.has(schema);
  return {
    ...json,
    namespaces: json.namespaces.filter(name => schemas.has(name)),
    tables: json.tables.filter(
      table =>
        ours(table) && !(table.name === ledger.name && (table.schema ?? ledger.schema) === ledger.schema),
    ),
    views: json.views.filter(ours),
    routines: [],
  };
}

const beyond: readonly FactKind[] = ['extension', 'function', 'sequence', 'domain', 'type'];

/** What MikroORM does not compare: functions, sequences, domains, types and extensions. */
function besides(inventory: Inventory, schemas: ReadonlySet<string>): Inventory {
  return inventory
    .filter(({ kind, name }) => {
      const schema = kind === 'extension' ? undefined : /^([^.(]+)\./.exec(name)?.[1];
      return beyond.includes(kind) && (schema === undefined || schemas.has(schema));
    })
    .map((fact): Fact => {
      const { definition } = fact.is;
      return { ...fact, is: definition === undefined ? {} : { definition } };
    });
}

/** One statement a line, as MikroORM separates them. */
function statementsOf(text: string): string[] {
  const statements: string[] = [];
  let open = '';
  for (const chunk of text.split(/;\n/)) {
    open += (open === '' ? '' : ';\n') + chunk;
    // inside a string literal
    if (open.split("'").length % 2 === 0) continue;
    const statement = open.trim();
    if (statement !== '') statements.push(statement.endsWith(';') ? statement : `${statement};`);
    open = '';
  }
  return statements;
}
