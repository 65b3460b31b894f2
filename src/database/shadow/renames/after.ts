import { quoteLiteral } from '../../quote.ts';
import type { SchemaJson } from '../schema.ts';
import {
  type CheckJson,
  checksOf,
  type EnumJson,
  type ForeignKeyJson,
  followers,
  type IndexJson,
  isEnum,
  isTable,
  sequencesOf,
  type Table,
} from './json.ts';
import type { Rename } from './rename.ts';

/**
 * The schema after the renames, as far as its own expressions show; expressions in a different form are
 * compared and recreated.
 */
export function renamed(schema: SchemaJson, renames: readonly Rename[]): SchemaJson {
  let json = structuredClone(schema);
  for (const rename of renames) json = afterOne(json, rename);
  return json;
}

function afterOne(json: SchemaJson, rename: Rename): SchemaJson {
  if (rename.kind === 'value') return withValue(json, rename);
  if (rename.kind === 'enum value') {
    return withEnumValue(json, rename.schema, rename.of, rename.from, rename.to);
  }
  if (rename.kind === 'enum type') return withEnumType(json, rename.schema, rename.from, rename.to);
  if (rename.kind === 'index' || rename.kind === 'constraint') {
    const { schema, of, from, to } = rename;
    return {
      ...json,
      tables: json.tables.map(table =>
        isTable(table, schema, of) ? withNames(table, new Map([[from, to]]), () => true) : table,
      ),
    };
  }
  const of = rename.kind === 'table' ? rename.from : rename.of;
  const tables = json.tables.map(table =>
    isTable(table, rename.schema, of) ? withFollowers(table, rename) : table,
  );
  return rename.kind === 'table'
    ? withTable({ ...json, tables }, rename.schema, rename.from, rename.to)
    : withColumn({ ...json, tables }, rename.schema, rename.of, rename.from, rename.to);
}

/** The table with the names that its constraints have afterwards. */
function withFollowers(table: Table, rename: Rename): Table {
  // MikroORM renames other indexes itself.
  const follows = ({ primary, constraint }: IndexJson): boolean => Boolean(primary || constraint);
  return withNames(table, new Map(followers(table, rename)), follows);
}

/** The table with other names of indexes and constraints. */
function withNames(
  table: Table,
  names: ReadonlyMap<string, string>,
  concerns: (index: IndexJson) => boolean,
): Table {
  const one = (name: string): string => names.get(name) ?? name;
  return {
    ...table,
    indexes: (table.indexes as IndexJson[]).map(index =>
      concerns(index) ? { ...index, keyName: one(index.keyName) } : index,
    ),
    checks: (table.checks as { name: string }[]).map(check => ({ ...check, name: one(check.name) })),
    foreignKeys: Object.fromEntries(
      Object.entries(table.foreignKeys as Record<string, ForeignKeyJson>).map(([name, key]) => [
        one(name),
        { ...key, constraintName: one(key.constraintName) },
      ]),
    ),
  };
}

function withTable(json: SchemaJson, schema: string | undefined, from: string, to: string): SchemaJson {
  const moved = (name: string): string =>
    name === from || name === `${schema ?? 'public'}.${from}` ? name.replace(/[^.]*$/, () => to) : name;
  return {
    ...json,
    tables: json.tables.map(table => {
      const own = isTable(table, schema, from);
      const foreignKeys = mapValues(table.foreignKeys as Record<string, ForeignKeyJson>, key => ({
        ...key,
        localTableName: own ? moved(key.localTableName) : key.localTableName,
        referencedTableName: moved(key.referencedTableName),
      }));
      if (!own) return { ...table, foreignKeys };
      const sequences = new Map(sequencesOf(table, from).map(([old, column]) => [column, old]));
      return {
        ...table,
        name: to,
        foreignKeys,
        columns: table.columns.map(column => {
          const old = sequences.get(column.name as string);
          const standard = column.default as string | null | undefined;
          if (old === undefined || typeof standard !== 'string') return column;
          return { ...column, default: standard.replaceAll(old, `${to}_${column.name}_seq`) };
        }),
      };
    }),
  };
}

function withColumn(
  json: SchemaJson,
  schema: string | undefined,
  of: string,
  from: string,
  to: string,
): SchemaJson {
  const one = (name: string): string => (name === from ? to : name);
  const all = (names: readonly string[]): string[] => names.map(one);
  const text = <T>(value: T): T => (typeof value === 'string' ? (inText(value, from, to) as T) : value);
  const isOwn = (name: string): boolean => name === of || name === `${schema ?? 'public'}.${of}`;
  return {
    ...json,
    tables: json.tables.map(table => {
      const own = isTable(table, schema, of);
      const foreignKeys = mapValues(table.foreignKeys as Record<string, ForeignKeyJson>, key => ({
        ...key,
        columnNames: own ? all(key.columnNames) : key.columnNames,
        referencedColumnNames: isOwn(key.referencedTableName)
          ? all(key.referencedColumnNames)
          : key.referencedColumnNames,
      }));
      if (!own) return { ...table, foreignKeys };
      return {
        ...table,
        foreignKeys,
        columns: table.columns.map(column => ({
          ...column,
          name: one(column.name as string),
          generated: text(column.generated),
        })),
        indexes: (table.indexes as IndexJson[]).map(index => ({
          ...index,
          columnNames: all(index.columnNames),
          ...(index.expression !== undefined && { expression: text(index.expression) }),
        })),
        checks: (table.checks as Record<string, unknown>[]).map(check => ({
          ...check,
          expression: text(check.expression),
          definition: text(check.definition),
          ...(check.columnName === from && { columnName: to }),
        })),
      };
    }),
  };
}

function withEnumType(json: SchemaJson, schema: string | undefined, from: string, to: string): SchemaJson {
  const moved = <T>(name: T): T =>
    name === from || name === `${schema ?? 'public'}.${from}`
      ? ((name as string).replace(/[^.]*$/, () => to) as T)
      : name;
  const enums = Object.entries(json.nativeEnums as Record<string, EnumJson>).map(([key, one]) =>
    isEnum(one, schema, from) ? [moved(key), { ...one, name: to }] : [key, one],
  );
  return {
    ...json,
    nativeEnums: Object.fromEntries(enums),
    tables: json.tables.map(table => ({
      ...table,
      columns: table.columns.map(column =>
        moved(column.nativeEnumName) === column.nativeEnumName
          ? column
          : {
              ...column,
              nativeEnumName: moved(column.nativeEnumName),
              type: moved(column.type),
              typeName: moved(column.typeName),
            },
      ),
    })),
  };
}

function withEnumValue(
  json: SchemaJson,
  schema: string | undefined,
  of: string,
  from: string,
  to: string,
): SchemaJson {
  const items = (list: unknown): unknown =>
    Array.isArray(list) ? list.map(item => (item === from ? to : item)) : list;
  const isOwn = (name: unknown): boolean => name === of || name === `${schema ?? 'public'}.${of}`;
  const literal = quoteLiteral(from);
  return {
    ...json,
    nativeEnums: mapValues(json.nativeEnums as Record<string, EnumJson>, one =>
      isEnum(one, schema, of) ? { ...one, items: items(one.items) } : one,
    ) as never,
    tables: json.tables.map(table => ({
      ...table,
      columns: table.columns.map(column =>
        isOwn(column.nativeEnumName)
          ? {
              ...column,
              enumItems: items(column.enumItems),
              ...(typeof column.default === 'string' && {
                default: column.default.replaceAll(literal, quoteLiteral(to)),
              }),
            }
          : column,
      ),
    })),
  };
}

function withValue(json: SchemaJson, rename: Extract<Rename, { kind: 'value' }>): SchemaJson {
  const { schema, of, column, from, to } = rename;
  return {
    ...json,
    tables: json.tables.map(table => {
      if (!isTable(table, schema, of)) return table;
      const gone = checksOf(table, column).map(check => check.name);
      return {
        ...table,
        checks: (table.checks as CheckJson[]).filter(check => !gone.includes(check.name)),
        columns: table.columns.map(one =>
          one.name === column && Array.isArray(one.enumItems)
            ? { ...one, enumItems: one.enumItems.map(item => (item === from ? to : item)) }
            : one,
        ),
      };
    }),
  };
}

/** A column's name in an expression, as PostgreSQL prints it. */
function inText(text: string, from: string, to: string): string {
  const escaped = from.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text
    .replace(new RegExp(`"${escaped}"`, 'g'), () => `"${to}"`)
    .replace(new RegExp(`(?<![\\w"'$])${escaped}(?![\\w"'$(])`, 'g'), () => to);
}

function mapValues<T, R>(record: Record<string, T>, map: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(record ?? {}).map(([key, value]) => [key, map(value)]));
}
