import type { SchemaJson } from '../schema.ts';
import type { Rename } from './rename.ts';

/** A table in a schema's JSON. */
export type Table = SchemaJson['tables'][number];

/** An index in it. */
export interface IndexJson {
  readonly keyName: string;
  readonly columnNames: readonly string[];
  readonly primary?: boolean;
  readonly constraint?: boolean;
  readonly expression?: string;
}

/** A foreign key in it. */
export interface ForeignKeyJson {
  readonly columnNames: readonly string[];
  readonly referencedColumnNames: readonly string[];
  readonly referencedTableName: string;
  readonly localTableName: string;
  readonly constraintName: string;
}

/** A check in it; `columnName` if it lists the allowed values of one column. */
export interface CheckJson {
  readonly name: string;
  readonly columnName?: string;
  readonly definition: string;
}

/** The names of its checks and foreign keys. */
export function constraintsOf(table: Table | undefined): string[] {
  if (!table) return [];
  return [
    ...Object.keys((table.foreignKeys ?? {}) as object),
    ...((table.checks ?? []) as CheckJson[]).map(check => check.name),
  ];
}

/** The names of its indexes, including keys and unique constraints. */
export function indexesOf(table: Table | undefined): string[] {
  return ((table?.indexes ?? []) as IndexJson[]).map(index => index.keyName);
}

/** An enum type in a schema's JSON. */
export interface EnumJson {
  readonly name: string;
  readonly schema?: string;
  readonly items: readonly string[];
}

const sameSchema = (one: string | undefined, other: string | undefined): boolean =>
  (one ?? 'public') === (other ?? 'public');

/** Whether a table of a schema has this name. */
export function isTable(
  { name, schema }: { readonly name: string; readonly schema?: string | undefined },
  wanted: string | undefined,
  wantedName: string,
): boolean {
  return name === wantedName && sameSchema(schema, wanted);
}

/** Whether an enum type has this name. */
export function isEnum({ name, schema }: EnumJson, wanted: string | undefined, wantedName: string): boolean {
  return name === wantedName && sameSchema(schema, wanted);
}

/** The checks that list the allowed values of a column. */
export function checksOf(table: Table | undefined, column: string): CheckJson[] {
  return ((table?.checks ?? []) as CheckJson[]).filter(check => check.columnName === column);
}

/** The sequences that PostgreSQL named after a table's serial columns: name and column. */
export function sequencesOf(table: Table | undefined, name: string): [sequence: string, column: string][] {
  return (table?.columns ?? []).flatMap(({ name: column, default: standard, autoincrement }) => {
    const sequence = `${name}_${column}_seq`;
    const own = autoincrement === true || (typeof standard === 'string' && standard.includes(sequence));
    return own ? [[sequence, column as string] as [string, string]] : [];
  });
}

/** Constraints that MikroORM named after the renamed object, with their new names. */
export function followers(table: Table | undefined, rename: Rename): [old: string, fresh: string][] {
  if (!table || (rename.kind !== 'table' && rename.kind !== 'column')) return [];
  const [old, fresh] =
    rename.kind === 'table'
      ? [`${rename.from}_`, `${rename.to}_`]
      : [`${rename.of}_${rename.from}_`, `${rename.of}_${rename.to}_`];
  const names = [
    // MikroORM itself renames an index that is not a constraint.
    ...(table.indexes as IndexJson[]).filter(one => one.primary || one.constraint).map(one => one.keyName),
    ...Object.keys(table.foreignKeys as object),
    ...(table.checks as { name: string }[]).map(one => one.name),
  ];
  return names.filter(name => name.startsWith(old)).map(name => [name, fresh + name.slice(old.length)]);
}
