import { type Node, namesIn } from '../../safety/parse.ts';
import { baseOf } from '../coercion.ts';
import type { Column, Table } from '../objects.ts';
import type { Schema } from '../schema.ts';
import type { Scope } from '../scope.ts';
import { type TypeRef, typeOf, typeText } from '../type-name.ts';
import { columnOf } from './column-of.ts';
import { constraintOf } from './constraint-of.ts';
import { dependentsOfColumn, keysTo, ownColumns } from './dependents.ts';
import {
  already,
  dependText,
  gone,
  lacks,
  missing,
  missingColumns,
  needed,
  type Refusal,
} from './refusal.ts';

/** Subcommands that name an existing column. */
const ofColumn = new Set([
  'AT_ColumnDefault',
  'AT_DropNotNull',
  'AT_SetNotNull',
  'AT_SetOptions',
  'AT_ResetOptions',
  'AT_SetStorage',
  'AT_SetCompression',
  'AT_AlterColumnType',
  'AT_AddIdentity',
  'AT_SetIdentity',
  'AT_DropIdentity',
  'AT_DropExpression',
  'AT_SetExpression',
]);

/** Why PostgreSQL refuses one subcommand of ALTER TABLE; all of them are done in an order of its own. */
export function refusedAlter(scope: Scope, table: Table, command: Node, all: readonly Node[]): Refusal[] {
  const { schema } = scope;
  const { subtype, def } = command;
  const name = String(command.name ?? '');
  const added = new Set(all.filter(one => one.subtype === 'AT_AddColumn').map(one => columnIn(one)));
  const of = schema.nameOf(table);
  if (ofColumn.has(String(subtype)) && lacks(schema, table, name) && !added.has(name)) {
    return [gone(`${of}.${name}`, table)];
  }
  switch (subtype) {
    case 'AT_AddColumn': {
      const column = columnIn(command);
      const replaced = all.some(one => one.subtype === 'AT_DropColumn' && one.name === column);
      if (!table.columns.has(column) || command.missing_ok === true || replaced) return [];
      return [already(`${of}.${column}`, table)];
    }
    case 'AT_DropColumn':
      return dropColumn(scope, table, command);
    case 'AT_DropNotNull': {
      const primary = table.constraints.find(one => one.kind === 'primary' && one.columns.includes(name));
      const dropped = all.some(one => one.subtype === 'AT_DropConstraint' && one.name === primary?.name);
      if (!primary || dropped) return [];
      const message = `${of}.${name} is in the primary key, which has no nulls: this fails.`;
      return [{ table, message, remedy: 'Drop the primary key first.' }];
    }
    case 'AT_AlterColumnType':
      return changeType(scope, table, name, ((def as Node | undefined)?.ColumnDef ?? {}) as Node, all);
    case 'AT_AddConstraint':
      return addConstraint(scope, table, ((def as Node | undefined)?.Constraint ?? {}) as Node, all, added);
    case 'AT_DropConstraint':
      return command.behavior === 'DROP_CASCADE' ? [] : dropConstraint(schema, table, name);
    default:
      return [];
  }
}

const columnIn = ({ def }: Node): string => columnOf((def as Node | undefined)?.ColumnDef).column.name;

function dropColumn(
  { schema }: Scope,
  table: Table,
  { name, behavior, missing_ok: ifThere }: Node,
): Refusal[] {
  const column = String(name);
  const of = `${schema.nameOf(table)}.${column}`;
  if (lacks(schema, table, column)) return ifThere === true ? [] : [gone(of, table)];
  if (behavior === 'DROP_CASCADE') return [];
  const { views, own, keys } = dependentsOfColumn(schema, table, column);
  const by = [...views, ...own, ...keys.map(key => `the foreign key ${key}`)];
  return by.length > 0 ? [needed(of, by, table)] : [];
}

function dropConstraint(schema: Schema, table: Table, name: string): Refusal[] {
  const constraint = table.constraints.find(one => one.name === name);
  if (constraint?.kind !== 'primary' && constraint?.kind !== 'unique') return [];
  const same = (columns: readonly string[]): boolean => sameSet(columns, constraint.columns);
  // Another key of the same columns may be the one that is referenced.
  if (table.constraints.filter(one => one.kind !== 'foreign' && same(one.columns)).length > 1) return [];
  if (
    table.indexes.filter(one => one.unique && same(one.columns.filter(column => column !== null))).length > 1
  )
    return [];
  const by = keysTo(schema, table).filter(([, { referenced }]) =>
    referenced.length > 0 ? same(referenced) : constraint.kind === 'primary',
  );
  if (by.length === 0) return [];
  const keys = by.map(([other, key]) => `the foreign key ${key.name} of ${schema.nameOf(other)}`);
  return [needed(`${name} of ${schema.nameOf(table)}`, keys, table)];
}

const sameSet = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every(name => other.includes(name));

function addConstraint(
  scope: Scope,
  table: Table,
  node: Node,
  all: readonly Node[],
  added: ReadonlySet<string>,
): Refusal[] {
  const { schema } = scope;
  const constraint = constraintOf(node, table, schema);
  if (!constraint) return [];
  const of = schema.nameOf(table);
  const dropped = new Set(all.filter(one => one.subtype === 'AT_DropConstraint').map(one => one.name));
  const remains = table.constraints.filter(one => !dropped.has(one.name));
  const found: Refusal[] = [];
  if (node.conname !== undefined && remains.some(one => one.name === node.conname)) {
    found.push({
      table,
      message: `The constraint ${constraint.name} of ${of} already exists: this fails.`,
      remedy: 'Choose another name, or drop the old one first.',
    });
  }
  const names = constraint.kind === 'check' ? ownColumns(node.raw_expr, table) : constraint.columns;
  for (const name of names)
    if (lacks(schema, table, name) && !added.has(name)) found.push(gone(`${of}.${name}`, table));
  if (constraint.kind === 'primary' && remains.some(one => one.kind === 'primary')) {
    found.push({
      table,
      message: `${of} already has a primary key: this fails.`,
      remedy: 'Drop the old one first, or add a unique constraint.',
    });
  }
  if (constraint.kind === 'primary' || constraint.kind === 'unique')
    found.push(...refusedKeys(schema, table, constraint.columns));
  if (constraint.kind === 'foreign') found.push(...foreignKey(scope, table, node, constraint.columns));
  return found;
}

/** A key of a partitioned table contains the columns by which it is partitioned. */
export function refusedKeys(schema: Schema, table: Table, columns: readonly string[]): Refusal[] {
  const lacking = table.partitionKey.filter(column => !columns.includes(column));
  if (table.kind !== 'partitioned' || lacking.length === 0 || columns.length === 0) return [];
  return [
    {
      table,
      message: `A unique key of ${schema.nameOf(table)} must contain ${lacking.join(', ')}, by which it is partitioned: this fails.`,
      remedy: `Add ${lacking.join(', ')} to the key.`,
    },
  ];
}

function foreignKey(scope: Scope, table: Table, node: Node, columns: readonly string[]): Refusal[] {
  const { schema } = scope;
  const nowhere = missing(scope, node.pktable);
  const other = schema.of(node.pktable);
  if (nowhere.length > 0 || !other.known || other.open) return nowhere;
  const given = namesIn(node.pk_attrs);
  const absent = missingColumns(scope, node.pktable, given);
  if (absent.length > 0) return absent;
  const primary = other.constraints.find(one => one.kind === 'primary')?.columns ?? [];
  const referenced = given.length > 0 ? given : primary;
  const key = other.indexes.some(
    index => index.unique && !index.partial && sameSet(index.columns.map(String), referenced),
  );
  const target = schema.nameOf(other);
  if (referenced.length === 0 || (!key && !sameSet(primary, referenced))) {
    const what = given.length > 0 ? `no unique key of ${given.join(', ')}` : 'no primary key';
    return [{ table, message: `${target} has ${what}: this fails.`, remedy: `Add one to ${target} first.` }];
  }
  return referenced.flatMap((name, index) => {
    const [from, to] = [table.columns.get(columns[index] ?? ''), other.columns.get(name)];
    if (!from || !to || !differ(schema, from.type, to.type)) return [];
    const pair = `${schema.nameOf(table)}.${from.name} (${typeText(from.type)}) and ${target}.${name} (${typeText(to.type)})`;
    return [
      {
        table,
        message: `${pair} cannot be compared: this fails.`,
        remedy: 'Use the same type for both columns.',
      },
    ];
  });
}

function changeType(
  { schema }: Scope,
  table: Table,
  name: string,
  definition: Node,
  all: readonly Node[],
): Refusal[] {
  const of = `${schema.nameOf(table)}.${name}`;
  const { views, own } = dependentsOfColumn(schema, table, name);
  const by = [...views, ...own];
  if (by.length > 0) {
    return [
      {
        table,
        message: `${dependText(of, by)}, and PostgreSQL does not change its type then: this fails.`,
        remedy: 'Drop what depends on it first, and create it again afterwards, in the same revision.',
      },
    ];
  }
  const column = table.columns.get(name);
  return column ? casts(schema, table, column, definition, all) : [];
}

/** Values, or the default, that PostgreSQL does not convert by itself. */
function casts(
  schema: Schema,
  table: Table,
  column: Column,
  definition: Node,
  all: readonly Node[],
): Refusal[] {
  const to = typeOf(definition.typeName);
  const of = `${schema.nameOf(table)}.${column.name}`;
  if (schema.ownCasts) return [];
  const type = typeText(to);
  if (definition.raw_default === undefined) {
    if (!differ(schema, column.type, to) || familyOf(schema, to) === 'text') return [];
    const message = `PostgreSQL does not convert ${of} from ${typeText(column.type)} to ${type} by itself: this fails.`;
    return [
      {
        table,
        message,
        remedy: `Add USING with a conversion, such as using "${column.name}"::text::${type}.`,
      },
    ];
  }
  const changed = all.some(one => one.subtype === 'AT_ColumnDefault' && one.name === column.name);
  const other =
    differ(schema, column.type, to) || (familyOf(schema, column.type) === 'text' && isEnum(schema, to));
  if (!column.hasDefault || changed || !other || familyOf(schema, to) === 'text') return [];
  const message = `PostgreSQL does not convert the default of ${of} to ${type} (USING is for the rows): this fails.`;
  return [{ table, message, remedy: 'Drop the default first, and set it again afterwards.' }];
}

const isEnum = (schema: Schema, { name, array }: TypeRef): boolean =>
  !array && schema.types.has(name) && !schema.composites.has(name);

/** Between two of these families there is neither an implicit cast nor one for assignments, except to text. */
const families: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['text', 'varchar', 'bpchar', 'citext'].map(name => [name, 'text'])),
  ...Object.fromEntries(
    ['int2', 'int4', 'int8', 'numeric', 'float4', 'float8'].map(name => [name, 'number']),
  ),
  ...Object.fromEntries(['date', 'timestamp', 'timestamptz'].map(name => [name, 'time'])),
  ...Object.fromEntries(['json', 'jsonb'].map(name => [name, 'json'])),
  uuid: 'uuid',
  bool: 'bool',
};

function familyOf(schema: Schema, type: TypeRef): string | null {
  const { name, array, schema: place } = baseOf(type, schema);
  return array || place !== null ? null : (families[name] ?? null);
}

/** Whether two types are of different families. */
function differ(schema: Schema, one: TypeRef, other: TypeRef): boolean {
  const [a, b] = [familyOf(schema, one), familyOf(schema, other)];
  return a !== null && b !== null && a !== b;
}
