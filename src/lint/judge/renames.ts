import { type Node, namesIn } from '../../safety/parse.ts';
import type { RuleId } from '../rules/all.ts';
import type { Table } from '../schema.ts';
import type { Scope } from '../scope.ts';

/** ALTER … RENAME. */
export function rename(scope: Scope, tree: Node): void {
  const { schema } = scope;
  const kind = String(tree.renameType);
  const to = String(tree.newname ?? '');
  switch (kind) {
    case 'OBJECT_COLUMN':
      renameColumn(scope, tree, to);
      return;
    case 'OBJECT_TABLE':
    case 'OBJECT_FOREIGN_TABLE':
      moved(scope, schema.of(tree.relation), tree, to, 'rename-table');
      return;
    case 'OBJECT_VIEW':
    case 'OBJECT_MATVIEW':
      moved(scope, schema.of(tree.relation), tree, to, 'rename-view');
      return;
    case 'OBJECT_SCHEMA':
      scope.report({
        rule: 'rename-schema',
        message: `Running clients that name the schema ${String(tree.subname)} fail.`,
      });
      return;
    case 'OBJECT_FUNCTION':
    case 'OBJECT_PROCEDURE':
    case 'OBJECT_ROUTINE':
    case 'OBJECT_AGGREGATE':
      scope.report({
        rule: 'rename-function',
        message: `Running clients that call ${nameIn(tree.object)} fail.`,
      });
      return;
    case 'OBJECT_ATTRIBUTE':
      scope.report({
        rule: 'type-attribute',
        message: `The attribute ${String(tree.subname)} is renamed; running clients that name it fail.`,
      });
      return;
    case 'OBJECT_TYPE':
    case 'OBJECT_DOMAIN':
      scope.report({
        rule: 'rename-object',
        message: `Clients that use the type ${nameIn(tree.object)} by name fail.`,
      });
      return;
    case 'OBJECT_SEQUENCE':
      scope.report({
        rule: 'rename-object',
        message: `Clients that use the sequence ${schema.of(tree.relation).name} by name fail.`,
      });
      return;
    case 'OBJECT_INDEX':
      for (const table of schema.tables.values()) {
        const { relname } = (tree.relation ?? {}) as { relname?: string };
        if (table.indexes.some(index => index.name === relname)) {
          schema.change(table, {
            indexes: table.indexes.map(index => (index.name === relname ? { ...index, name: to } : index)),
          });
        }
      }
      return;
    case 'OBJECT_TABCONSTRAINT': {
      const table = schema.of(tree.relation);
      scope.lock(table, 'ACCESS EXCLUSIVE');
      schema.change(table, {
        constraints: table.constraints.map(one => (one.name === tree.subname ? { ...one, name: to } : one)),
        indexes: table.indexes.map(one => (one.name === tree.subname ? { ...one, name: to } : one)),
      });
      return;
    }
    default:
      // Triggers, policies and rules.
      if (tree.relation) scope.lock(schema.of(tree.relation), 'ACCESS EXCLUSIVE');
  }
}

function nameIn(object: unknown): string {
  const { List, ObjectWithArgs } = (object ?? {}) as {
    List?: { items?: unknown };
    ObjectWithArgs?: { objname?: unknown };
  };
  return namesIn(List?.items ?? ObjectWithArgs?.objname).join('.');
}

function renameColumn(scope: Scope, tree: Node, to: string): void {
  const { schema } = scope;
  const table = schema.of(tree.relation);
  const from = String(tree.subname);
  const column = table.columns.get(from);
  const view = tree.relationType === 'OBJECT_VIEW' || tree.relationType === 'OBJECT_MATVIEW';
  scope.report({
    rule: view ? 'rename-view' : 'rename-column',
    table: view ? { ...table, rows: null } : table,
    lock: 'ACCESS EXCLUSIVE',
    made: column?.made === true,
    message: `Running clients that use ${schema.nameOf(table)}.${from} fail once it is renamed to ${to}.`,
  });
  if (!column) return;
  const columns = new Map(
    [...table.columns.values()].map(one => (one === column ? [to, { ...one, name: to }] : [one.name, one])),
  );
  const renamed = (name: string | null): string | null => (name === from ? to : name);
  schema.change(table, {
    columns,
    indexes: table.indexes.map(index => ({
      ...index,
      columns: index.columns.map(renamed),
      mentions: index.mentions.map(one => renamed(one) as string),
    })),
    constraints: table.constraints.map(one => ({
      ...one,
      columns: one.columns.map(name => renamed(name) as string),
    })),
  });
}

function moved(
  scope: Scope,
  table: Table,
  tree: Node,
  to: string,
  rule: RuleId,
  schemaTo = table.schema,
): void {
  const { schema } = scope;
  if (!table.known && tree.missing_ok === true && schema.complete) return;
  const subject = rule === 'rename-view' ? { ...table, rows: null } : table;
  const name = schemaTo === table.schema ? to : `${schemaTo}.${to}`;
  scope.report({
    rule,
    table: subject,
    lock: 'ACCESS EXCLUSIVE',
    message: `Running clients that use ${schema.nameOf(table)} fail once it is renamed to ${name}.`,
  });
  if (!table.known) return;
  const [was, is] = [`${table.schema}.${table.name}`, `${schemaTo}.${to}`];
  schema.drop(table);
  schema.put({ ...table, schema: schemaTo, name: to });
  for (const other of [...schema.tables.values()]) {
    if (!other.parents.includes(was) && !other.constraints.some(one => one.references === was)) continue;
    schema.put({
      ...other,
      parents: other.parents.map(key => (key === was ? is : key)),
      constraints: other.constraints.map(one => (one.references === was ? { ...one, references: is } : one)),
    });
  }
}

/** ALTER … SET SCHEMA. */
export function setSchema(scope: Scope, tree: Node): void {
  const { schema } = scope;
  const kind = String(tree.objectType);
  if (
    kind === 'OBJECT_TABLE' ||
    kind === 'OBJECT_FOREIGN_TABLE' ||
    kind === 'OBJECT_VIEW' ||
    kind === 'OBJECT_MATVIEW'
  ) {
    const table = schema.of(tree.relation);
    const rule = kind === 'OBJECT_TABLE' || kind === 'OBJECT_FOREIGN_TABLE' ? 'rename-table' : 'rename-view';
    moved(scope, table, tree, table.name, rule, String(tree.newschema));
    return;
  }
  const routine = ['OBJECT_FUNCTION', 'OBJECT_PROCEDURE', 'OBJECT_ROUTINE', 'OBJECT_AGGREGATE'].includes(
    kind,
  );
  const name = tree.relation ? schema.of(tree.relation).name : nameIn(tree.object);
  scope.report({
    rule: routine ? 'rename-function' : 'rename-object',
    message: `Clients that use ${name} by its schema, or without that schema in the search_path, fail.`,
  });
}
