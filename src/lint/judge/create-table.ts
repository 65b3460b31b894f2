import { type Node, nodesOf } from '../../safety/parse.ts';
import type { Column, Table } from '../schema.ts';
import type { Scope } from '../scope.ts';
import { addConstraint } from './add-constraint.ts';
import { columnAdvice } from './advice.ts';
import { columnOf } from './column-of.ts';
import { newPartition } from './partitions.ts';

/** CREATE TABLE in all its forms. */
export function createTable(scope: Scope, tree: Node): void {
  const { schema } = scope;
  const place = schema.of(tree.relation);
  if (tree.if_not_exists === true && schema.has(place)) return;
  const { relpersistence } = (tree.relation ?? {}) as { relpersistence?: string };
  const temporary = relpersistence === 't';
  const definitions = elements(tree, 'ColumnDef').map(node => columnOf(node));
  const columns = new Map<string, Column>();
  for (const like of elements(tree, 'TableLikeClause')) {
    const source = schema.of(like.relation);
    scope.lock(source, 'ACCESS SHARE');
    for (const column of source.columns.values()) columns.set(column.name, column);
  }
  const parents = [...nodesOf(tree.inhRelations, 'RangeVar')].map(range => schema.of(range));
  for (const parent of parents) {
    scope.lock(parent, tree.partbound ? 'ACCESS EXCLUSIVE' : 'SHARE UPDATE EXCLUSIVE');
    for (const column of parent.columns.values())
      columns.set(column.name, { ...column, made: false, empty: false });
    if (tree.partbound) newPartition(scope, parent);
  }
  for (const { column } of definitions) columns.set(column.name, column);
  const bound = tree.partbound as { is_default?: boolean } | undefined;
  const table: Table = {
    ...place,
    kind: tree.partspec ? 'partitioned' : 'table',
    known: true,
    columns,
    constraints: [],
    indexes: [],
    made: true,
    parents: parents.map(parent => `${parent.schema}.${parent.name}`),
    defaultPartition: bound?.is_default === true,
    unlogged: relpersistence === 'u',
    rows: 0,
    bytes: 0,
  };
  schema.put(table);
  const now = (): Table => schema.table(table.schema, table.name);
  for (const definition of definitions) {
    columnAdvice(scope, definition, table);
    for (const constraint of definition.constraints) {
      addConstraint(scope, now(), constraint, { column: definition.column.name, nothingToCheck: true });
    }
  }
  for (const constraint of elements(tree, 'Constraint')) {
    addConstraint(scope, now(), constraint);
  }
  const lacksKey = !now().constraints.some(one => one.kind === 'primary') && parents.length === 0;
  if (lacksKey && !temporary && tree.relation && elements(tree, 'TableLikeClause').length === 0) {
    scope.report({
      rule: 'table-without-primary-key',
      table,
      message: `${schema.nameOf(table)} has no primary key.`,
    });
  }
}

function elements({ tableElts }: Node, kind: string): Node[] {
  if (!Array.isArray(tableElts)) return [];
  return tableElts.flatMap(one => {
    const found = (one as Node)[kind] as Node | undefined;
    return found ? [found] : [];
  });
}

/** CREATE TABLE AS, SELECT INTO and CREATE MATERIALIZED VIEW: a new table from a query. */
export function createTableAs(
  scope: Scope,
  into: unknown,
  query: unknown,
  kind: unknown,
  ifMissing: boolean,
): void {
  const { schema } = scope;
  const place = schema.of((into as Node | undefined)?.rel);
  if (ifMissing && schema.has(place)) return;
  for (const range of nodesOf(query, 'RangeVar')) {
    const table = schema.of(range);
    if (table.known) scope.lock(table, 'ACCESS SHARE');
    if (table.known) scope.takesLong(table);
  }
  schema.put({
    ...place,
    kind: kind === 'OBJECT_MATVIEW' ? 'materialized' : 'table',
    known: false,
    columns: new Map(),
    made: true,
    rows: null,
  });
}
