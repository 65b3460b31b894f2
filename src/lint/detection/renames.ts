import { type Node, namesIn } from '../../safety/parse.ts';
import { keyOf, type Table } from '../objects.ts';
import type { RuleId } from '../rules/all.ts';
import { referring, type Schema } from '../schema.ts';
import type { Scope } from '../scope.ts';
import { mentions } from './written.ts';

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
      renameType(schema, nameIn(tree.object).split('.'), to);
      return;
    case 'OBJECT_SEQUENCE':
      scope.report({
        rule: 'rename-object',
        message: `Clients that use the sequence ${schema.of(tree.relation).name} by name fail.`,
      });
      return;
    case 'OBJECT_INDEX': {
      const { relname = '' } = (tree.relation ?? {}) as { relname?: string };
      for (const table of schema.withIndex(relname)) {
        schema.change(table, {
          indexes: table.indexes.map(index => (index.name === relname ? { ...index, name: to } : index)),
        });
      }
      return;
    }
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
      if (tree.relation) {
        const table = schema.of(tree.relation);
        scope.lock(table, 'ACCESS EXCLUSIVE');
        schema.change(table, {
          guards: table.guards.map(one => (one.name === tree.subname ? { ...one, name: to } : one)),
        });
      }
  }
}

function renameType(schema: Schema, names: readonly string[], to: string): void {
  const from = names.at(-1) ?? '';
  const [was, is] = [schema.typeKey(names), schema.typeKey([...names.slice(0, -1), to])];
  if (schema.typeKeys.delete(was)) schema.typeKeys.add(is);
  const domain = schema.domains.get(from);
  if (domain) schema.domains.set(to, domain);
  schema.domains.delete(from);
  for (const set of [schema.types, schema.composites]) if (set.delete(from)) set.add(to);
  for (const table of [...schema.tables.values()]) {
    const columns = [...table.columns.values()];
    if (!columns.some(({ type }) => type.name === from)) continue;
    const renamed = columns.map(column =>
      column.type.name === from ? { ...column, type: { ...column.type, name: to } } : column,
    );
    schema.change(table, { columns: new Map(renamed.map(column => [column.name, column])) });
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
  // The queries of views keep the old name here.
  if (schema.viewsOf(table).some(one => mentions(one, table, from))) schema.certain = false;
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
    guards: table.guards.map(one => ({ ...one, columns: one.columns.map(name => renamed(name) as string) })),
  });
  for (const [other, { name: key }] of referring(schema, { ...table, columns }, from)) {
    schema.change(other, {
      constraints: other.constraints.map(one =>
        one.name === key ? { ...one, referenced: one.referenced.map(name => renamed(name) as string) } : one,
      ),
    });
  }
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
  const [was, is] = [keyOf(table), keyOf({ schema: schemaTo, name: to })];
  schema.drop(table);
  schema.put({ ...table, schema: schemaTo, name: to });
  for (const other of schema.referringTo(was)) {
    schema.put({
      ...other,
      sources: other.sources.map(key => (key === was ? is : key)),
      parents: other.parents.map(key => (key === was ? is : key)),
      constraints: other.constraints.map(one => (one.references === was ? { ...one, references: is } : one)),
      guards: other.guards.map(one => ({ ...one, reads: one.reads.map(key => (key === was ? is : key)) })),
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
