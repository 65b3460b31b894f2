import type { Effect } from '../../values/authoring.ts';
import { quoteIdent, quoteLiteral } from '../quote.ts';
import type { SchemaJson } from './schema.ts';

/** One thing that goes on under another name. Nothing of what is in it is lost. */
export type Rename =
  | {
      readonly kind: 'table';
      readonly schema: string | undefined;
      readonly from: string;
      readonly to: string;
    }
  | {
      readonly kind: 'column' | 'enum value';
      readonly schema: string | undefined;
      /** The table, or the enum type. */
      readonly of: string;
      readonly from: string;
      readonly to: string;
    }
  /** A value that a check allows in a column: MikroORM's enums without a type of their own. Rows are rewritten. */
  | {
      readonly kind: 'value';
      readonly schema: string | undefined;
      readonly of: string;
      readonly column: string;
      readonly from: string;
      readonly to: string;
    };

/** The names above what is renamed, from the schema down: `['public', 'contact']` of a column. */
export function placeOf(rename: Rename): string[] {
  const schema = rename.schema ?? 'public';
  if (rename.kind === 'table') return [schema];
  return rename.kind === 'value' ? [schema, rename.of, rename.column] : [schema, rename.of];
}

/** `contact.fax`, without the schema that needs no saying. */
function oldName(rename: Rename): string {
  const [schema, ...names] = placeOf(rename);
  return qualified(schema, [...names, rename.from].join('.'));
}

/** `contact.fax:email`, `people:persons`: as `--rename` takes it. */
export function written(rename: Rename): string {
  return `${oldName(rename)}:${rename.to}`;
}

/** `column contact.fax to email`. */
export function wordsOf(rename: Rename): string {
  return `${rename.kind} ${oldName(rename)} to ${rename.to}`;
}

/** The same as a change of the schema. */
export function effectOf(rename: Rename): Effect {
  const words = wordsOf(rename)
    .replace(/^column /, '')
    .replace(/ to (?=\S+$)/, ' renamed to ');
  return { sign: '~', object: words.slice(0, words.indexOf(' renamed to ')), words };
}

/** The statements that rename, and those that take it back, each in the order they run. */
export function renameSql(
  schema: SchemaJson,
  renames: readonly Rename[],
): { readonly up: string[]; readonly down: string[] } {
  let now = schema;
  const pairs = renames.flatMap(rename => {
    const statements = statementsOf(now, rename);
    now = renamed(now, [rename]);
    return statements;
  });
  return { up: pairs.map(([up]) => up), down: pairs.map(([, down]) => down).reverse() };
}

/** @param schema as the renames before this one leave it */
function statementsOf(schema: SchemaJson, rename: Rename): [up: string, down: string][] {
  const { from, to } = rename;
  const there = (one: string): string => sqlName(rename.schema, one);
  const name = there(rename.kind === 'table' ? to : rename.of);
  const pair = (start: string, before: string, after: string): [string, string] => [
    `${start} ${before} to ${after};`,
    `${start} ${after} to ${before};`,
  ];
  if (rename.kind === 'enum value') {
    return [pair(`alter type ${name} rename value`, quoteLiteral(from), quoteLiteral(to))];
  }
  const table = schema.tables.find(one =>
    isTable(one, rename.schema, rename.kind === 'table' ? from : rename.of),
  );
  if (rename.kind === 'value') return valueStatements(table, name, rename);
  const constraints = followers(table, rename).map(([old, fresh]) =>
    pair(`alter table ${name} rename constraint`, quoteIdent(old), quoteIdent(fresh)),
  );
  if (rename.kind === 'column') {
    return [pair(`alter table ${name} rename column`, quoteIdent(from), quoteIdent(to)), ...constraints];
  }
  const sequences = sequencesOf(table, from).map(([old, column]): [string, string] => {
    const fresh = `${to}_${column}_seq`;
    return [
      `alter sequence ${there(old)} rename to ${quoteIdent(fresh)};`,
      `alter sequence ${there(fresh)} rename to ${quoteIdent(old)};`,
    ];
  });
  return [
    [
      `alter table ${there(from)} rename to ${quoteIdent(to)};`,
      `alter table ${there(to)} rename to ${quoteIdent(from)};`,
    ],
    ...constraints,
    ...sequences,
  ];
}

/** The check gives way to the rows' new value; what is compared afterwards makes it anew. */
function valueStatements(
  table: Table | undefined,
  name: string,
  { column, from, to }: Extract<Rename, { kind: 'value' }>,
): [up: string, down: string][] {
  const set = (old: string, fresh: string): string =>
    `update ${name} set ${quoteIdent(column)} = ${quoteLiteral(fresh)} where ${quoteIdent(column)} = ${quoteLiteral(old)};`;
  const checks = checksOf(table, column).map(({ name: check, definition }): [string, string] => [
    `alter table ${name} drop constraint ${quoteIdent(check)};`,
    `alter table ${name} add constraint ${quoteIdent(check)} ${definition};`,
  ]);
  return [...checks, [set(from, to), set(to, from)]];
}

interface CheckJson {
  readonly name: string;
  readonly columnName?: string;
  readonly definition: string;
}

/** The checks that say which values a column may have. */
function checksOf(table: Table | undefined, column: string): CheckJson[] {
  return ((table?.checks ?? []) as CheckJson[]).filter(check => check.columnName === column);
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

/** Constraints that MikroORM named after what is renamed, with the names that it gives them then. */
function followers(table: Table | undefined, rename: Rename): [old: string, fresh: string][] {
  if (!table || rename.kind === 'enum value' || rename.kind === 'value') return [];
  const [old, fresh] =
    rename.kind === 'table'
      ? [`${rename.from}_`, `${rename.to}_`]
      : [`${rename.of}_${rename.from}_`, `${rename.of}_${rename.to}_`];
  const names = [
    // an index that is no constraint is renamed by MikroORM itself
    ...(table.indexes as IndexJson[]).filter(one => one.primary || one.constraint).map(one => one.keyName),
    ...Object.keys(table.foreignKeys as object),
    ...(table.checks as { name: string }[]).map(one => one.name),
  ];
  return names.filter(name => name.startsWith(old)).map(name => [name, fresh + name.slice(old.length)]);
}

/** The table with the constraints under the names that they have then. */
function withFollowers(table: Table, rename: Rename): Table {
  const names = new Map(followers(table, rename));
  const one = (name: string): string => names.get(name) ?? name;
  return {
    ...table,
    indexes: (table.indexes as IndexJson[]).map(index =>
      index.primary || index.constraint ? { ...index, keyName: one(index.keyName) } : index,
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

/** The schema after the renames, as far as its own texts tell: what is written otherwise is compared and made anew. */
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
  const of = rename.kind === 'table' ? rename.from : rename.of;
  const tables = json.tables.map(table =>
    isTable(table, rename.schema, of) ? withFollowers(table, rename) : table,
  );
  return rename.kind === 'table'
    ? withTable({ ...json, tables }, rename.schema, rename.from, rename.to)
    : withColumn({ ...json, tables }, rename.schema, rename.of, rename.from, rename.to);
}

type Table = SchemaJson['tables'][number];

interface IndexJson {
  readonly keyName: string;
  readonly columnNames: readonly string[];
  readonly primary?: boolean;
  readonly constraint?: boolean;
  readonly expression?: string;
}

interface ForeignKeyJson {
  readonly columnNames: readonly string[];
  readonly referencedColumnNames: readonly string[];
  readonly referencedTableName: string;
  readonly localTableName: string;
  readonly constraintName: string;
}

const sameSchema = (one: string | undefined, other: string | undefined): boolean =>
  (one ?? 'public') === (other ?? 'public');

/** Whether a table of a schema is the one that is meant. */
export function isTable(
  { name, schema }: { readonly name: string; readonly schema?: string | undefined },
  wanted: string | undefined,
  wantedName: string,
): boolean {
  return name === wantedName && sameSchema(schema, wanted);
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

/** An enum type in a schema's JSON. */
export interface EnumJson {
  readonly name: string;
  readonly schema?: string;
  readonly items: readonly string[];
}

/** Whether an enum type is the one that is meant. */
export function isEnum({ name, schema }: EnumJson, wanted: string | undefined, wantedName: string): boolean {
  return name === wantedName && sameSchema(schema, wanted);
}

/** The sequences that PostgreSQL named after a table's serial columns: name and column. */
function sequencesOf(table: Table | undefined, name: string): [sequence: string, column: string][] {
  return (table?.columns ?? []).flatMap(({ name: column, default: standard, autoincrement }) => {
    const sequence = `${name}_${column}_seq`;
    const own = autoincrement === true || (typeof standard === 'string' && standard.includes(sequence));
    return own ? [[sequence, column as string] as [string, string]] : [];
  });
}

/** A column's name in an expression, as PostgreSQL writes it. */
function inText(text: string, from: string, to: string): string {
  const escaped = from.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text
    .replace(new RegExp(`"${escaped}"`, 'g'), () => `"${to}"`)
    .replace(new RegExp(`(?<![\\w"'$])${escaped}(?![\\w"'$(])`, 'g'), () => to);
}

function mapValues<T, R>(record: Record<string, T>, map: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(record ?? {}).map(([key, value]) => [key, map(value)]));
}

function qualified(schema: string | undefined, name: string): string {
  return schema === undefined || schema === 'public' ? name : `${schema}.${name}`;
}

function sqlName(schema: string | undefined, name: string): string {
  return schema === undefined || schema === 'public'
    ? quoteIdent(name)
    : `${quoteIdent(schema)}.${quoteIdent(name)}`;
}
