import { type Node, namesIn, nodesOf } from '../../safety/parse.ts';
import { type Guard, keyOf, type Table } from '../objects.ts';
import { quotedTable } from '../questions.ts';
import type { RuleId } from '../rules/all.ts';
import { isPartOf, type Schema } from '../schema.ts';
import type { Scope } from '../scope.ts';
import { dropIndexes } from './indexes.ts';

const kindNames: Readonly<Record<string, string>> = {
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
      dropGuard(scope, names, kind, tree.missing_ok === true);
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
  const key = keyOf(table);
  for (const other of schema.referringTo(key)) {
    if (
      other.parents.includes(key) ||
      other.constraints.some(one => one.references === key && other.name !== table.name)
    )
      scope.lock(other, 'ACCESS EXCLUSIVE');
  }
  for (const parent of table.parents.map(one => schema.byKey(one)))
    if (parent.kind === 'partitioned') scope.lock(parent, 'ACCESS EXCLUSIVE');
  for (const { references } of table.constraints) {
    // The foreign keys of a partition belong to the partitioned table.
    const has = (whole: Table): boolean => whole.constraints.some(one => one.references === references);
    if (references && !isPartOf(schema, table, has)) scope.lock(schema.byKey(references), 'ACCESS EXCLUSIVE');
  }
  if (cascade) {
    dropViews(scope, schema.viewsOf(table));
    dropReferences(scope, table);
  }
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

/** Views that CASCADE drops. */
export function dropViews(scope: Scope, views: readonly Table[]): void {
  for (const view of views) {
    scope.lock({ ...view, rows: null }, 'ACCESS EXCLUSIVE');
    dropReferences(scope, view);
    scope.schema.drop(view);
  }
}

/** Foreign keys, rules and policies of other tables that CASCADE drops with a table or view. */
function dropReferences(scope: Scope, dropped: Table): void {
  const { schema } = scope;
  const key = keyOf(dropped);
  for (const table of schema.referringTo(key)) {
    const constraints = table.constraints.filter(one => one.references !== key);
    const guards = table.guards.filter(({ reads }) => !reads.includes(key));
    if (constraints.length === table.constraints.length && guards.length === table.guards.length) continue;
    for (const guard of table.guards) {
      if (guards.includes(guard)) continue;
      scope.report({
        rule: 'drop-guard',
        table,
        lock: 'ACCESS EXCLUSIVE',
        message: `The ${guard.kind} ${guard.name} of ${schema.nameOf(table)} depends on ${schema.nameOf(dropped)}, and is dropped with it.`,
      });
    }
    schema.change(table, { constraints, guards });
  }
}

function dropView(scope: Scope, names: readonly string[], tree: Node): void {
  const { schema } = scope;
  const view = schema.table(names.at(-2), names.at(-1) ?? '');
  if (!view.known && tree.missing_ok === true && schema.complete) return;
  const cascade = tree.behavior === 'DROP_CASCADE';
  if (cascade) dropViews(scope, schema.viewsOf(view));
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

function dropGuard(scope: Scope, names: readonly string[], kind: string, ifThere: boolean): void {
  const { schema } = scope;
  const table = schema.table(names.at(-3), names.at(-2) ?? '');
  const isIt = (one: Guard): boolean => one.kind === kindNames[kind] && one.name === names.at(-1);
  if (ifThere && schema.complete && table.known && !table.guards.some(isIt)) return;
  schema.change(table, { guards: table.guards.filter(one => !isIt(one)) });
  scope.report({
    rule: 'drop-guard',
    table,
    lock: 'ACCESS EXCLUSIVE',
    own: () => true,
    message: `The ${kindNames[kind]} ${names.at(-1)} of ${schema.nameOf(table)} is dropped.`,
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
    for (const other of around(scope.schema, table)) scope.lock(other, 'ACCESS EXCLUSIVE');
  }
  dropViews(
    scope,
    inside.flatMap(table => scope.schema.viewsOf(table)),
  );
  for (const table of inside) scope.schema.drop(table);
  for (const table of inside) dropReferences(scope, table);
}

/** The tables that a table references, and those that reference it. */
function around(schema: Schema, table: Table): Table[] {
  const key = keyOf(table);
  const referenced = table.constraints.flatMap(one => (one.references ? [schema.byKey(one.references)] : []));
  const refer = schema
    .referringTo(key)
    .filter(one => one.constraints.some(({ references }) => references === key));
  return [...referenced, ...refer];
}

/** Whether no object of this kind has that name; false if the schema is not completely known. */
function isGone({ schema }: Scope, kind: string, name: string): boolean {
  if (!schema.complete) return false;
  if (kind === 'OBJECT_TYPE' || kind === 'OBJECT_DOMAIN')
    return !schema.types.has(name) && !schema.domains.has(name);
  return (kind === 'OBJECT_FUNCTION' || kind === 'OBJECT_PROCEDURE') && !schema.routines.has(name);
}

function dropOther(scope: Scope, kind: string, shown: string, name: string, cascade: boolean): void {
  const what = `${kindNames[kind] ?? 'object'} ${shown}`;
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
  if (kind === 'OBJECT_TYPE' || kind === 'OBJECT_DOMAIN') {
    schema.typeKeys.delete(schema.typeKey(shown.split('.')));
    schema.domains.delete(name);
    schema.types.delete(name);
  }
  if (routine) schema.routines.delete(name);
  // Columns, defaults and constraints that depend on it are dropped too.
  if (cascade) schema.certain = false;
}

/** Tables with columns of a type, or with triggers that call a function. */
function using({ schema }: Scope, name: string): Table[] {
  return [...schema.tables.values()].filter(
    table =>
      table.guards.some(({ routine }) => routine === name) ||
      [...table.columns.values()].some(column => column.type.name === name),
  );
}

/** TRUNCATE. */
export function truncate(scope: Scope, tree: Node): void {
  const { schema } = scope;
  const cascade = tree.behavior === 'DROP_CASCADE';
  const named = [...nodesOf(tree.relations, 'RangeVar')].map(range => schema.of(range));
  const emptied = new Map(named.map(table => [keyOf(table), table]));
  for (const key of cascade ? emptied.keys() : []) {
    const refers = (one: Table): boolean => one.constraints.some(({ references }) => references === key);
    for (const table of schema.referringTo(key))
      if (refers(table) && !isPartOf(schema, table, refers)) emptied.set(keyOf(table), table);
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
  const only = new Set(
    [...nodesOf(tree.relations, 'RangeVar')].flatMap(range => (range.inh === true ? [] : [schema.of(range)])),
  );
  for (const table of emptied.values()) schema.empty(table, only.has(table));
}
