import { type Node, nodesOf } from '../../safety/parse.ts';
import { type Column, type Constraint, type Index, keyOf, type Table } from '../objects.ts';
import type { Schema } from '../schema.ts';
import type { Scope } from '../scope.ts';
import { addConstraint } from './add-constraint.ts';
import { columnAdvice } from './advice.ts';
import { columnOf } from './column-of.ts';
import { lockReferenced, newPartition } from './partitions.ts';

/** CREATE TABLE in all its forms. */
export function createTable(scope: Scope, tree: Node, foreign = false): void {
  const { schema } = scope;
  const place = schema.of(tree.relation);
  if (tree.if_not_exists === true && schema.has(place)) return;
  const { relpersistence } = (tree.relation ?? {}) as { relpersistence?: string };
  const temporary = relpersistence === 't';
  const definitions = elements(tree, 'ColumnDef').map(node => columnOf(node));
  const columns = new Map<string, Column>();
  const indexes: Index[] = [];
  const constraints: Constraint[] = [];
  const likes: Table[] = [];
  for (const like of elements(tree, 'TableLikeClause')) {
    const source = schema.of(like.relation);
    likes.push(source);
    scope.lock(source, 'ACCESS SHARE');
    for (const column of source.columns.values()) columns.set(column.name, column);
    const options = Number(like.options ?? 0);
    if (options & likeIndexes) indexes.push(...source.indexes);
    constraints.push(...source.constraints.filter(({ kind }) => (options & (including[kind] ?? 0)) !== 0));
  }
  const parents = [...nodesOf(tree.inhRelations, 'RangeVar')].map(range => schema.of(range));
  for (const parent of parents) {
    scope.lock(parent, tree.partbound ? 'ACCESS EXCLUSIVE' : 'SHARE UPDATE EXCLUSIVE');
    for (const column of parent.columns.values())
      columns.set(column.name, { ...column, made: false, empty: false });
    if (tree.partbound) {
      newPartition(scope, parent, tree.partbound);
      lockReferenced(scope, parent);
    }
  }
  for (const { column } of definitions) columns.set(column.name, column);
  const bound = tree.partbound as { is_default?: boolean } | undefined;
  const table: Table = {
    ...place,
    kind: foreign ? 'foreign' : tree.partspec ? 'partitioned' : 'table',
    known: true,
    columns,
    constraints,
    indexes,
    made: true,
    parents: parents.map(parent => keyOf(parent)),
    defaultPartition: bound?.is_default === true,
    partitionKey: partitionKey(tree.partspec),
    unlogged: relpersistence === 'u',
    filled: true,
    definition: null,
    aliases: [],
    sources: [],
    guards: [],
    rows: 0,
    bytes: 0,
    emptied: false,
    open:
      tree.ofTypename !== undefined || [...likes, ...parents].some(source => !source.known || source.open),
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
  const missesKey = !now().constraints.some(one => one.kind === 'primary') && parents.length === 0;
  if (missesKey && !temporary && tree.relation && elements(tree, 'TableLikeClause').length === 0) {
    scope.report({
      rule: 'table-without-primary-key',
      table,
      message: `${schema.nameOf(table)} has no primary key.`,
    });
  }
}

/** The columns of PARTITION BY; empty if one of them is an expression. */
function partitionKey(spec: unknown): string[] {
  const names = [...nodesOf((spec as Node | undefined)?.partParams, 'PartitionElem')].map(({ name }) => name);
  return names.every(name => typeof name === 'string') ? names : [];
}

/** Bits of LIKE's INCLUDING. */
const likeIndexes = 64;
const including: Partial<Readonly<Record<Constraint['kind'], number>>> = {
  check: 4,
  unique: likeIndexes,
  primary: likeIndexes,
  exclusion: likeIndexes,
};

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
  const empty = (into as Node | undefined)?.skipData === true;
  for (const range of nodesOf(query, 'RangeVar')) {
    const table = schema.of(range);
    if (table.known) scope.lock(table, 'ACCESS SHARE');
    if (table.known && !empty) scope.takesLong(table);
  }
  schema.put({
    ...place,
    kind: kind === 'OBJECT_MATVIEW' ? 'materialized' : 'table',
    open: true,
    columns: new Map(),
    made: true,
    filled: !empty,
    definition:
      kind === 'OBJECT_MATVIEW' ? ((query as { SelectStmt?: Node } | undefined)?.SelectStmt ?? null) : null,
    sources: kind === 'OBJECT_MATVIEW' ? sourcesOf(schema, query) : [],
    rows: null,
  });
}

/** Keys of the tables and views that a query reads. */
export function sourcesOf(schema: Schema, query: unknown): string[] {
  return [...nodesOf(query, 'RangeVar')].map(range => keyOf(schema.of(range)));
}
