import type { Node } from '../../safety/parse.ts';
import { type TypeChange, typeChange } from '../coercion.ts';
import { type Column, keyOf, type Table } from '../objects.ts';
import { quoted, quotedTable, type RowQuestion } from '../questions.ts';
import { referring } from '../schema.ts';
import type { Scope } from '../scope.ts';
import { type TypeRef, typeOf, typeText } from '../type-name.ts';
import { columnsIn } from '../volatility.ts';

/** ALTER COLUMN … TYPE. */
export function changeType(scope: Scope, table: Table, name: string, definition: Node): void {
  const { schema, server } = scope;
  const of = schema.nameOf(table);
  const to = typeOf(definition.typeName);
  const column = table.columns.get(name);
  scope.lock(table, 'ACCESS EXCLUSIVE');
  const using = definition.raw_default as Node | undefined;
  const computed = using !== undefined && !isPlain(using, name, to);
  const change = column && !computed ? typeChange(column.type, to, schema, server.utc) : 'rewrites';
  const question =
    using === undefined || isCast(using, name)
      ? castQuestion(table, column, name, to, scope.newEnums.get(to.name))
      : undefined;
  const collated = definition.collClause !== undefined;
  // The values of a virtual column are nowhere, and those of a foreign table elsewhere.
  const stored = column?.virtual !== true && table.kind !== 'foreign';
  const rewrites = change === 'rewrites' && stored;
  lockReferences(scope, table, name, rewrites);
  const touched = column && stored ? dependents(table, name, change, collated) : [];
  if (rewrites) {
    scope.report({
      rule: 'type-change-rewrites',
      table,
      lock: 'ACCESS EXCLUSIVE',
      rewrites: true,
      message: `Changing ${of}.${name}${column ? ` from ${typeText(column.type)}` : ''} to ${typeText(to)} rewrites all of ${of}, while reads and writes wait.`,
      question,
    });
  } else if (touched.length > 0) {
    scope.report({
      rule: 'type-change-rebuilds',
      table,
      lock: 'ACCESS EXCLUSIVE',
      scans: true,
      message: `Changing ${of}.${name} to ${typeText(to)} needs no rewrite, but ${touched.join(', ')} ${touched.length > 1 ? 'are' : 'is'} done again, while reads and writes wait.`,
    });
  }
  if (column) schema.change(table, { columns: new Map(table.columns).set(name, { ...column, type: to }) });
}

/** Indexes and check constraints that PostgreSQL rebuilds or rechecks although the rows stay unchanged. */
function dependents(table: Table, column: string, change: TypeChange, collated: boolean): string[] {
  const indexes = table.indexes.filter(index => {
    const { columns, mentions } = index;
    if (mentions.includes(column)) return true;
    if (!columns.includes(column)) return false;
    // PostgreSQL does not compare the expressions and conditions of the old and the new index.
    return (
      index.partial ||
      columns.includes(null) ||
      change === 'rebuilds indexes' ||
      (collated && !index.collated.includes(column))
    );
  });
  const checks = table.constraints.filter(
    one => one.kind === 'check' && one.valid && one.columns.includes(column),
  );
  return [
    ...indexes.map(index => `the index ${index.name}`),
    ...checks.map(check => `the check ${check.name}`),
  ];
}

/** Foreign keys from and to the column are recreated, which also locks the other table. */
function lockReferences(scope: Scope, table: Table, column: string, checked: boolean): void {
  for (const { kind, columns, references } of table.constraints) {
    if (kind !== 'foreign' || !references || !columns.includes(column)) continue;
    const other = scope.schema.byKey(references);
    if (!checked || !scope.schema.populated(table) || keyOf(table) === keyOf(other)) {
      scope.lock(other, 'ACCESS EXCLUSIVE');
      continue;
    }
    scope.report({
      rule: 'foreign-key-locks',
      table: other,
      lock: 'ACCESS EXCLUSIVE',
      severity: 'danger',
      message: `${scope.schema.nameOf(table)}.${column} references ${scope.schema.nameOf(other)}: its reads and writes wait while all of ${scope.schema.nameOf(table)} is rewritten.`,
      remedy: `Drop the foreign key first, and add it again NOT VALID afterwards.`,
    });
  }
  for (const [other, key] of referring(scope.schema, table, column)) {
    if (!checked || !key.valid) {
      scope.lock(other, 'ACCESS EXCLUSIVE');
      continue;
    }
    scope.report({
      rule: 'type-change-rebuilds',
      table: other,
      lock: 'ACCESS EXCLUSIVE',
      scans: true,
      message: `${key.name} references ${scope.schema.nameOf(table)}.${column}: every row of ${scope.schema.nameOf(other)} is checked again, while its reads and writes wait.`,
    });
  }
}

/** A USING clause that is only a cast to the type. */
function isPlain(node: Node, column: string, to: TypeRef): boolean {
  const { ColumnRef, TypeCast } = node as { ColumnRef?: Node; TypeCast?: { arg: Node; typeName: unknown } };
  if (ColumnRef) return columnsIn(node).join() === column;
  if (!TypeCast || !isPlain(TypeCast.arg, column, to)) return false;
  const cast = typeOf(TypeCast.typeName);
  return (
    cast.name === to.name &&
    cast.array === to.array &&
    (cast.mods.length === 0 || cast.mods.join() === to.mods.join())
  );
}

/** The column itself, or casts of it. */
function isCast(node: Node, column: string): boolean {
  const { ColumnRef, TypeCast } = node as { ColumnRef?: Node; TypeCast?: { arg: Node } };
  return ColumnRef
    ? columnsIn(node).join() === column
    : TypeCast !== undefined && isCast(TypeCast.arg, column);
}

/**
 * Values that cannot be converted to the new type.
 * @param values of an enum that the revisions create: the database does not have it yet, or has another one of its name
 */
function castQuestion(
  table: Table,
  column: Column | undefined,
  name: string,
  to: TypeRef,
  values: readonly string[] | undefined,
): RowQuestion | undefined {
  const [length] = to.mods;
  const from = `from ${quotedTable(table)} where ${quoted(name)} is not null`;
  if (column && ['varchar', 'text'].includes(column.type.name) && to.name === 'varchar' && !to.array) {
    return length === undefined
      ? undefined
      : { sql: `select * ${from} and length(${quoted(name)}) > ${length}` };
  }
  if (values && to.array) return undefined;
  if (values) {
    const list = values.map(value => `'${value.replaceAll("'", "''")}'`).join(', ');
    return { sql: `select * ${from} and ${quoted(name)}::text <> all (array[${list}]::text[])` };
  }
  const type = typeText(to).replaceAll("'", "''");
  return { sql: `select * ${from} and not pg_input_is_valid(${quoted(name)}::text, '${type}')`, version: 16 };
}

/** ALTER COLUMN … SET or DROP DEFAULT. */
export function changeDefault(scope: Scope, table: Table, name: string, set: boolean): void {
  const column = table.columns.get(name);
  scope.lock(table, 'ACCESS EXCLUSIVE');
  if (!set && column?.notNull && column.hasDefault) {
    scope.report({
      rule: 'drop-default',
      table,
      lock: 'ACCESS EXCLUSIVE',
      made: column.made,
      own: before => before.table(table.schema, table.name).columns.get(name)?.hasDefault !== true,
      message: `${scope.schema.nameOf(table)}.${name} must not be null: inserts that omit it now fail.`,
    });
  }
  if (column) schemaColumn(scope, table, { ...column, hasDefault: set });
}

/** ALTER COLUMN … DROP NOT NULL. */
export function dropNotNull(scope: Scope, table: Table, name: string): void {
  const column = table.columns.get(name);
  scope.lock(table, 'ACCESS EXCLUSIVE');
  if (!column || column.notNull) {
    scope.report({
      rule: 'drop-not-null',
      table,
      lock: 'ACCESS EXCLUSIVE',
      own: before => before.table(table.schema, table.name).columns.get(name)?.notNull === false,
      message: `${scope.schema.nameOf(table)}.${name} now accepts nulls.`,
    });
  }
  if (column) schemaColumn(scope, table, { ...column, notNull: false });
}

/** The new definition of one column in the schema. */
export function schemaColumn(scope: Scope, table: Table, column: Column): void {
  scope.schema.change(table, { columns: new Map(table.columns).set(column.name, column) });
}
