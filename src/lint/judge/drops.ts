import { type Node, namesIn, nodesOf } from '../../safety/parse.ts';
import { quotedTable } from '../questions.ts';
import type { RuleId } from '../rules/all.ts';
import type { Table } from '../schema.ts';
import type { Scope } from '../scope.ts';
import { dropIndexes } from './indexes.ts';

const words: Readonly<Record<string, string>> = {
  OBJECT_TYPE: 'type',
  OBJECT_DOMAIN: 'domain',
  OBJECT_SEQUENCE: 'sequence',
  OBJECT_EXTENSION: 'extension',
  OBJECT_FUNCTION: 'function',
  OBJECT_PROCEDURE: 'procedure',
  OBJECT_ROUTINE: 'routine',
  OBJECT_AGGREGATE: 'aggregate',
  OBJECT_TRIGGER: 'trigger',
  OBJECT_RULE: 'rule',
  OBJECT_POLICY: 'policy',
  OBJECT_PUBLICATION: 'publication',
  OBJECT_COLLATION: 'collation',
  OBJECT_OPERATOR: 'operator',
  OBJECT_CAST: 'cast',
  OBJECT_FOREIGN_SERVER: 'server',
  OBJECT_FDW: 'foreign data wrapper',
  OBJECT_EVENT_TRIGGER: 'event trigger',
};

/** DROP of everything that DropStmt covers. */
export function drop(scope: Scope, tree: Node): void {
  const kind = String(tree.removeType);
  if (kind === 'OBJECT_INDEX') {
    dropIndexes(scope, tree);
    return;
  }
  const cascade = tree.behavior === 'DROP_CASCADE';
  for (const object of Array.isArray(tree.objects) ? tree.objects : []) {
    const names = namesOf(object as Node);
    if (kind === 'OBJECT_TABLE' || kind === 'OBJECT_FOREIGN_TABLE') dropTable(scope, names, tree);
    else if (kind === 'OBJECT_VIEW' || kind === 'OBJECT_MATVIEW') dropView(scope, names, tree);
    else if (kind === 'OBJECT_TRIGGER' || kind === 'OBJECT_RULE' || kind === 'OBJECT_POLICY')
      dropGuard(scope, names, kind);
    else if (kind === 'OBJECT_SCHEMA') dropSchema(scope, names[0] ?? '', cascade);
    else if (kind === 'OBJECT_STATISTIC_EXT') continue;
    else {
      const name = names.at(-1) ?? '';
      if (tree.missing_ok === true && isGone(scope, kind, name)) continue;
      dropOther(scope, kind, names.join('.'), name, cascade);
    }
  }
}

function namesOf(object: Node): string[] {
  const {
    List,
    TypeName,
    ObjectWithArgs,
    String: single,
  } = object as {
    List?: { items?: unknown };
    TypeName?: { names?: unknown };
    ObjectWithArgs?: { objname?: unknown };
    String?: { sval?: string };
  };
  if (single?.sval !== undefined) return [single.sval];
  return namesIn(List?.items ?? TypeName?.names ?? ObjectWithArgs?.objname);
}

function dropTable(scope: Scope, names: readonly string[], tree: Node): void {
  const { schema } = scope;
  const table = schema.table(names.at(-2), names.at(-1) ?? '');
  if (!table.known && tree.missing_ok === true && schema.complete) return;
  const cascade = tree.behavior === 'DROP_CASCADE';
  const key = `${table.schema}.${table.name}`;
  for (const other of schema.tables.values()) {
    if (
      other.parents.includes(key) ||
      other.constraints.some(one => one.references === key && other.name !== table.name)
    )
      scope.lock(other, 'ACCESS EXCLUSIVE');
  }
  for (const parent of table.parents) scope.lock(schema.byKey(parent), 'ACCESS EXCLUSIVE');
  for (const { references } of table.constraints)
    if (references) scope.lock(schema.byKey(references), 'ACCESS EXCLUSIVE');
  scope.report({
    rule: 'drop-table',
    table,
    lock: 'ACCESS EXCLUSIVE',
    message: `All data in ${schema.nameOf(table)} is lost${cascade ? ', with the views and foreign keys that depend on it' : ''}; running clients that use it fail.`,
    own: before => table.known && !before.has(table),
    question: { sql: `select * from ${quotedTable(table)}` },
  });
  for (const part of schema.below(table)) schema.drop(part);
  schema.drop(table);
}

function dropView(scope: Scope, names: readonly string[], tree: Node): void {
  const { schema } = scope;
  const view = schema.table(names.at(-2), names.at(-1) ?? '');
  if (!view.known && tree.missing_ok === true && schema.complete) return;
  const cascade = tree.behavior === 'DROP_CASCADE';
  scope.report({
    rule: 'drop-view',
    // It has no rows of its own.
    table: { ...view, rows: null },
    lock: 'ACCESS EXCLUSIVE',
    own: before => view.known && !before.has(view),
    replaced: after => after.has(view),
    message: `Running clients that read ${schema.nameOf(view)} fail${cascade ? ', and what depends on it is dropped too' : ''}.`,
  });
  schema.drop(view);
}

function dropGuard(scope: Scope, names: readonly string[], kind: string): void {
  const { schema } = scope;
  const table = schema.table(names.at(-3), names.at(-2) ?? '');
  scope.report({
    rule: 'drop-guard',
    table,
    lock: 'ACCESS EXCLUSIVE',
    own: () => true,
    message: `The ${words[kind]} ${names.at(-1)} of ${schema.nameOf(table)} is dropped.`,
  });
}

function dropSchema(scope: Scope, name: string, cascade: boolean): void {
  const inside = [...scope.schema.tables.values()].filter(table => table.schema === name);
  const made = inside.length > 0 && inside.every(table => table.made);
  scope.report({
    rule: cascade ? 'drop-schema' : 'drop-object',
    made: cascade && made,
    own: before => ![...before.tables.values()].some(table => table.schema === name),
    message: cascade
      ? `The schema ${name} and everything in it is lost.`
      : `The schema ${name} is dropped; this fails while something is in it.`,
  });
  for (const table of inside) {
    scope.lock(table, 'ACCESS EXCLUSIVE');
    scope.schema.drop(table);
  }
}

/** Whether nothing of this kind has that name, as far as a schema that is known in full tells. */
function isGone({ schema }: Scope, kind: string, name: string): boolean {
  if (!schema.complete) return false;
  if (kind === 'OBJECT_TYPE' || kind === 'OBJECT_DOMAIN')
    return !schema.types.has(name) && !schema.domains.has(name);
  return (kind === 'OBJECT_FUNCTION' || kind === 'OBJECT_PROCEDURE') && !schema.routines.has(name);
}

function dropOther(scope: Scope, kind: string, shown: string, name: string, cascade: boolean): void {
  const what = `${words[kind] ?? 'object'} ${shown}`;
  const routine = ['OBJECT_FUNCTION', 'OBJECT_PROCEDURE', 'OBJECT_ROUTINE', 'OBJECT_AGGREGATE'].includes(
    kind,
  );
  const rule: RuleId = cascade ? 'drop-cascade' : routine ? 'drop-function' : 'drop-object';
  const { schema } = scope;
  if (cascade) for (const table of using(scope, name)) scope.lock(table, 'ACCESS EXCLUSIVE');
  scope.report({
    rule,
    replaced: after => rule === 'drop-function' && after.routines.has(name),
    own: before =>
      !before.routines.has(name) &&
      !before.types.has(name) &&
      !before.domains.has(name) &&
      (schema.routines.has(name) || schema.types.has(name) || schema.domains.has(name)),
    message: cascade
      ? `The ${what} is dropped, and with it columns, defaults and whatever else depends on it.`
      : `Clients that still use the ${what} fail.`,
  });
  schema.domains.delete(name);
  schema.types.delete(name);
  schema.routines.delete(name);
}

/** Tables with columns of a type. */
function using({ schema }: Scope, type: string): Table[] {
  return [...schema.tables.values()].filter(table =>
    [...table.columns.values()].some(column => column.type.name === type),
  );
}

/** TRUNCATE. */
export function truncate(scope: Scope, tree: Node): void {
  const { schema } = scope;
  const cascade = tree.behavior === 'DROP_CASCADE';
  const named = [...nodesOf(tree.relations, 'RangeVar')].map(range => schema.of(range));
  const emptied = new Map(named.map(table => [`${table.schema}.${table.name}`, table]));
  for (const key of cascade ? emptied.keys() : []) {
    for (const [other, table] of schema.tables)
      if (table.constraints.some(one => one.references === key)) emptied.set(other, table);
  }
  for (const table of emptied.values()) {
    scope.report({
      rule: 'truncate',
      table,
      lock: 'ACCESS EXCLUSIVE',
      message: `All rows of ${schema.nameOf(table)} are lost${named.includes(table) ? '' : ', because it references what is emptied'}.`,
      question: { sql: `select * from ${quotedTable(table)}` },
    });
  }
}
