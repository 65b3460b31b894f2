import { type Node, namesIn, nodesOf } from '../../safety/parse.ts';
import type { Index, Table } from '../objects.ts';
import type { Scope } from '../scope.ts';
import { columnsIn } from '../volatility.ts';
import { tooOld } from './add-column.ts';
import { duplicates } from './add-constraint.ts';

/** CREATE INDEX. */
export function createIndex(scope: Scope, tree: Node): void {
  const { schema } = scope;
  const table = schema.of(tree.relation);
  const index = indexOf(tree, table);
  const of = schema.nameOf(table);
  if (tree.nulls_not_distinct === true && scope.server.version < 15)
    tooOld(scope, 'Indexes with NULLS NOT DISTINCT', 15);
  const there = table.indexes.find(one => one.name === index.name);
  if (there && !there.valid && tree.if_not_exists !== true) {
    scope.report({
      rule: 'invalid-index-kept',
      table,
      severity: 'danger',
      message: `${index.name} already exists and is INVALID after a failed attempt: this fails.`,
      remedy: `drop index concurrently if exists ${index.name} first.`,
    });
  }
  if (there && tree.if_not_exists === true) {
    scope.lock(table, tree.concurrent === true ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE');
    if (!there.valid) {
      scope.report({
        rule: 'invalid-index-kept',
        table,
        severity: 'warning',
        message: `${index.name} already exists and is INVALID: IF NOT EXISTS does not rebuild it.`,
      });
    }
    return;
  }
  // The child tables of inheritance keep their own indexes.
  const partitioned = table.kind === 'partitioned';
  const only = partitioned && (tree.relation as Node | undefined)?.inh !== true;
  const reached = partitioned && !only ? [table, ...schema.below(table)] : [table];
  const alone = !partitioned;
  if (tree.concurrent === true) {
    for (const one of reached) scope.lock(one, 'SHARE UPDATE EXCLUSIVE');
    scope.takesLong(table, alone);
    if (index.unique) {
      scope.report({
        rule: 'unique-index-can-fail',
        table,
        alone,
        lock: 'SHARE UPDATE EXCLUSIVE',
        scans: true,
        message: `A duplicate in ${of} makes ${index.name} fail and leaves it INVALID.`,
        question: index.partial ? undefined : duplicates(table, index.columns),
      });
    }
    if (tree.if_not_exists === true) {
      scope.report({
        rule: 'invalid-index-kept',
        table,
        message: `If an earlier attempt left ${index.name} INVALID, it stays INVALID.`,
      });
    }
  } else if (only) scope.lock(table, 'SHARE');
  else {
    for (const one of reached) scope.lock(one, 'SHARE');
    scope.report({
      rule: 'index-blocks-writes',
      table,
      alone,
      lock: 'SHARE',
      scans: true,
      message: `Writes to ${of} wait until ${index.name} is built.`,
      remedy: index.unique
        ? `${createConcurrently} It fails if there are duplicates; --with-rows counts them.`
        : createConcurrently,
      question: index.unique && !index.partial ? duplicates(table, index.columns) : undefined,
    });
  }
  advice(scope, table, index);
  schema.change(table, { indexes: [...table.indexes, index] });
}

const createConcurrently =
  'create index concurrently, in a revision of its own whose isTransactional() returns false.';

function advice(scope: Scope, table: Table, index: Index): void {
  if (!index.unique && index.columns.length > 3) {
    scope.report({
      rule: 'wide-index',
      table,
      message: `${index.name} has ${index.columns.length} columns.`,
    });
  }
  if (index.unique || index.partial || index.columns.includes(null)) return;
  const longer = table.indexes.find(
    one =>
      !one.partial &&
      one.valid &&
      one.columns.length >= index.columns.length &&
      index.columns.every((column, at) => one.columns[at] === column),
  );
  if (longer)
    scope.report({
      rule: 'duplicate-index',
      table,
      message: `${longer.name} begins with the columns of ${index.name} already.`,
    });
}

function indexOf(tree: Node, table: Table): Index {
  const elements = [...nodesOf(tree.indexParams, 'IndexElem')];
  const columns = elements.map(({ name }) => (typeof name === 'string' ? name : null));
  const parts = columns.map(column => column ?? 'expr').join('_');
  return {
    name: String(tree.idxname ?? `${table.name}_${parts}_idx`),
    named: tree.idxname !== undefined,
    columns,
    mentions: [...columnsIn(elements.map(one => one.expr)), ...columnsIn(tree.whereClause)],
    collated: elements.flatMap(one => (one.collation && typeof one.name === 'string' ? [one.name] : [])),
    unique: tree.unique === true,
    partial: tree.whereClause !== undefined,
    valid: true,
  };
}

/** The table of an index; undefined if unknown. */
function tableOfIndex({ schema }: Scope, name: string): Table | undefined {
  return schema.withIndex(name)[0];
}

/** DROP INDEX. */
export function dropIndexes(scope: Scope, tree: Node): void {
  const { schema } = scope;
  for (const object of Array.isArray(tree.objects) ? tree.objects : []) {
    const name = namesIn((object as { List?: { items?: unknown } }).List?.items).at(-1) ?? '';
    const table = tableOfIndex(scope, name);
    const index = table?.indexes.find(one => one.name === name);
    if (!table && schema.complete && tree.missing_ok === true) continue;
    if (tree.concurrent === true) {
      if (table) scope.lock(table, 'SHARE UPDATE EXCLUSIVE');
    } else {
      scope.report({
        rule: 'drop-index-locks',
        table,
        lock: 'ACCESS EXCLUSIVE',
        message: `Reads and writes of ${table ? schema.nameOf(table) : 'the table'} wait until ${name} is dropped.`,
      });
    }
    if (index?.unique && index.valid) {
      scope.report({
        rule: 'drop-unique-index',
        table,
        own: before =>
          !before
            .table((table as Table).schema, (table as Table).name)
            .indexes.some(one => one.name === name),
        message: `${schema.nameOf(table as Table)} now accepts duplicates that ${name} rejected.`,
      });
    }
    if (table) schema.change(table, { indexes: table.indexes.filter(one => one.name !== name) });
  }
}

/** REINDEX. */
export function reindex(scope: Scope, tree: Node): void {
  const { schema } = scope;
  const concurrent = JSON.stringify(tree.params ?? []).includes('"concurrently"');
  const { relname } = (tree.relation ?? {}) as { relname?: string };
  const table =
    tree.kind === 'REINDEX_OBJECT_INDEX'
      ? tableOfIndex(scope, relname ?? '')
      : tree.kind === 'REINDEX_OBJECT_TABLE'
        ? schema.of(tree.relation)
        : undefined;
  if (concurrent) {
    if (table) scope.lock(table, 'SHARE UPDATE EXCLUSIVE');
    return;
  }
  const what =
    relname ??
    `the whole ${tree.kind === 'REINDEX_OBJECT_SCHEMA' ? `schema ${String(tree.name)}` : 'database'}`;
  scope.report({
    rule: 'reindex-blocks',
    table,
    lock: 'SHARE',
    scans: true,
    message: `Writes to ${table ? schema.nameOf(table) : 'the tables'}, and reads that use the indexes, wait while ${what} is built again.`,
  });
}
