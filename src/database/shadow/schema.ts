import type { MikroORM, Transaction } from '@mikro-orm/core';
import type { DatabaseSchema } from '@mikro-orm/sql';
import type { UserModules } from '../../project/config/modules.ts';

/**
 * MikroORM's own introspection of a database, complete and as plain JSON (its snapshots leave out partitions
 * and collations).
 */
export interface SchemaJson {
  readonly namespaces: readonly string[];
  readonly nativeEnums: Record<string, never>;
  readonly views: readonly { readonly name: string; readonly schema?: string }[];
  readonly routines: never[];
  readonly tables: readonly TableJson[];
}

interface TableJson {
  readonly name: string;
  readonly schema: string | undefined;
  readonly comment: string | undefined;
  readonly collation: string | undefined;
  readonly rlsEnabled: boolean;
  readonly rlsForced: boolean;
  readonly partitioning: unknown;
  readonly columns: readonly (Record<string, unknown> & { readonly typeName: string })[];
  readonly indexes: unknown;
  readonly checks: unknown;
  readonly triggers: unknown;
  readonly policies: unknown;
  readonly foreignKeys: unknown;
}

/** Tables and views of an extension, such as pg_stat_statements; no revision created them. */
const extensionRelations = `select n.nspname as schema, c.relname as name
  from pg_depend d join pg_class c on c.oid = d.objid join pg_namespace n on n.oid = c.relnamespace
  where d.classid = 'pg_class'::regclass and d.deptype = 'e' and c.relkind in ('r', 'v', 'm', 'p', 'f')`;

/**
 * Introspects the database that `orm` is connected to as `migration:create` and `schema:update` would.
 * @param tx a transaction whose changes are included
 */
export async function introspect(
  modules: UserModules,
  orm: MikroORM,
  tx?: Transaction,
): Promise<DatabaseSchema> {
  const { skipTables, skipViews } = orm.config.get('schemaGenerator') as Record<string, never>;
  const execute = (sql: string, params: unknown[] = [], method: 'all' | 'get' | 'run' = 'all') =>
    orm.em.getConnection().execute(sql, params, method, tx);
  // Not all of MikroORM's functions for introspection have a parameter for a transaction.
  const connection = Object.create(orm.em.getConnection(), { execute: { value: execute } }) as never;
  const platform = orm.em.getPlatform() as never;
  const schema = await modules.sql.DatabaseSchema.create(
    connection,
    platform,
    orm.config as never,
    undefined,
    undefined,
    undefined,
    skipTables,
    skipViews,
  );
  await schema.loadRoutines(connection, platform, schema.getNamespaces());
  const foreign = (await execute(extensionRelations)) as {
    schema: string;
    name: string;
  }[];
  const isForeign = (one: { name: string; schema?: string | undefined }): boolean =>
    foreign.some(({ schema, name }) => name === one.name && schema === (one.schema ?? 'public'));
  schema.setTables(schema.getTables().filter(table => !isForeign(table)));
  schema.setViews(schema.getViews().filter(view => !isForeign(view)));
  return schema;
}

export function schemaToJson(schema: DatabaseSchema): SchemaJson {
  return {
    namespaces: schema.getNamespaces(),
    nativeEnums: schema.getNativeEnums() as never,
    views: schema.getViews() as never,
    routines: schema.getRoutines() as never,
    tables: schema.getTables().map(table => ({
      name: table.name,
      schema: table.schema,
      comment: table.comment,
      collation: table.collation,
      rlsEnabled: table.rlsEnabled,
      rlsForced: table.rlsForced,
      partitioning: table.getPartitioning(),
      columns: table.getColumns().map(({ mappedType, ...column }) => ({
        ...column,
        typeName: mappedType.constructor.name === 'EnumType' ? 'enum' : column.type,
      })),
      indexes: table.getIndexes(),
      checks: table.getChecks(),
      triggers: table.getTriggers(),
      policies: table.getPolicies?.() ?? [],
      foreignKeys: table.getForeignKeys(),
    })),
  };
}

/** The schema for the platform of `orm`; a new object each time, because comparing modifies it. */
export function schemaFromJson(modules: UserModules, orm: MikroORM, json: SchemaJson): DatabaseSchema {
  const { DatabaseSchema, DatabaseTable } = modules.sql;
  const platform = orm.em.getPlatform() as never as {
    getMappedType(type: string): never;
    getDefaultSchemaName(): string;
  };
  const schema = new DatabaseSchema(
    platform as never,
    (orm.config.get('schema') ?? platform.getDefaultSchemaName()) as string,
  );
  const plain = structuredClone(json);
  const tables = plain.tables.map(from => {
    const table = new DatabaseTable(platform as never, from.name, from.schema);
    table.nativeEnums = plain.nativeEnums;
    if (from.comment !== undefined) table.comment = from.comment;
    if (from.collation !== undefined) table.collation = from.collation;
    table.rlsEnabled = from.rlsEnabled;
    table.rlsForced = from.rlsForced;
    table.setPartitioning(from.partitioning as never);
    table.setIndexes(from.indexes as never);
    table.setChecks(from.checks as never);
    table.setTriggers(from.triggers as never);
    table.setPolicies?.(from.policies as never);
    table.setForeignKeys(from.foreignKeys as never);
    for (const { typeName, ...column } of from.columns) {
      table.addColumn({ ...column, mappedType: platform.getMappedType(typeName) } as never);
    }
    return table;
  });
  schema.setTables(tables);
  schema.setNativeEnums(plain.nativeEnums);
  schema.setViews(plain.views as never);
  for (const routine of plain.routines) schema.addRoutine(routine);
  schema.setNamespaces(new Set(plain.namespaces));
  return schema;
}
