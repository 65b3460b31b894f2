import { type Node, namesIn, nodesOf } from '../../safety/parse.ts';
import { commandEvents, type Event, type Table } from '../objects.ts';
import { quotedTable } from '../questions.ts';
import type { RuleId } from '../rules/all.ts';
import type { Schema } from '../schema.ts';
import type { Scope } from '../scope.ts';
import { isNotNull } from './add-constraint.ts';
import { fires, type Inside, type Written, written } from './written.ts';

/** INSERT, UPDATE, DELETE, MERGE and SELECT, with the writes in their WITH clauses. */
export function rows(scope: Scope, type: string, tree: Node, inside: Inside): void {
  if (type === 'UpdateStmt' || type === 'DeleteStmt') change(scope, type, tree, inside);
  if (type === 'InsertStmt') insert(scope, tree, inside);
  if (type === 'MergeStmt') merge(scope, tree, inside);
  for (const query of nodesOf(tree.withClause, 'CommonTableExpr')) {
    const [inner, body] = Object.entries((query.ctequery ?? {}) as Node)[0] ?? [];
    if (inner) rows(scope, inner, body as Node, inside);
  }
}

/** Findings for a statement that changes all rows of a table, or those that match a condition. */
interface Changing {
  readonly all: RuleId;
  readonly many: RuleId;
  /** For all rows, and for those that match a condition. */
  readonly message: (table: string) => readonly [all: string, many: string];
  /** Rows selected by a key are not worth more than a note. */
  readonly isSelective: boolean;
  /** Other sessions wait for the rows of a table during the scan. */
  readonly holds: boolean;
}

const changing: Readonly<Record<'UpdateStmt' | 'DeleteStmt', Changing>> = {
  UpdateStmt: {
    all: 'update-all',
    many: 'update-many',
    message: table => [
      `Every row of ${table} is rewritten, and stays locked until the transaction ends.`,
      `The rows of ${table} that match the condition stay locked until the transaction ends.`,
    ],
    isSelective: false,
    holds: true,
  },
  DeleteStmt: {
    all: 'delete-all',
    many: 'delete-many',
    message: table => [
      `All rows of ${table} are lost.`,
      `The rows of ${table} that match the condition are lost.`,
    ],
    isSelective: true,
    holds: false,
  },
};

function change(scope: Scope, type: 'UpdateStmt' | 'DeleteStmt', tree: Node, inside: Inside): void {
  const { schema } = scope;
  const { all, many, message, isSelective, holds } = changing[type];
  const event = type === 'UpdateStmt' ? 'update' : 'delete';
  const write = writeTo(scope, tree.relation, event);
  if (!write) return;
  const { target, table, named, conditions } = write;
  const through = target === table ? '' : ` (through ${schema.nameOf(target)})`;
  const [ofAll, ofMany] = message(`${schema.nameOf(table)}${through}`);
  fires(scope, { table, target }, event, inside);
  // With ONLY, the rows of its child tables stay unchanged.
  const alone = (tree.relation as Node | undefined)?.inh !== true;
  if (alone && table.rows === 0) return;
  const reach = narrowest([
    reachOf(schema, named, tree.whereClause as Node | undefined),
    ...conditions.map(one => reachOf(schema, table, one)),
  ]);
  const common = { table, alone, lock: 'ROW EXCLUSIVE' } as const;
  if (reach === 'all') {
    const lost = type === 'DeleteStmt' ? { sql: `select * from ${quotedTable(target)}` } : undefined;
    scope.report({ ...common, rule: all, rewrites: holds, scans: true, message: ofAll, question: lost });
    if (lost) schema.empty(table, alone);
  } else if (reach === 'some') {
    if (holds) scope.takesLong(table, alone);
    scope.report({ ...common, rule: many, scans: true, message: ofMany });
  } else if (isSelective) {
    scope.report({ ...common, rule: many, severity: 'note', message: ofMany });
  }
}

/** The narrowest of conditions that all have to be met. */
function narrowest(reaches: readonly Reach[]): Reach {
  if (reaches.includes('few')) return 'few';
  return reaches.every(one => one === 'all') ? 'all' : 'some';
}

/** The table that a write reaches, with its locks; null if PostgreSQL refuses the write. */
function writeTo(
  scope: Scope,
  relation: unknown,
  event: Event,
): (Written & { readonly target: Table }) | null {
  const target = scope.schema.of(relation);
  const write = written(scope.schema, target, event);
  scope.lock(target, 'ROW EXCLUSIVE');
  scope.lock(write.table, 'ROW EXCLUSIVE');
  if (write.refused === true) {
    notWritable(scope, write.table);
    return null;
  }
  if (write.unknown !== null) undecided(scope, write.table, write.unknown);
  return { ...write, target };
}

function notWritable(scope: Scope, view: Table): void {
  scope.report({
    rule: 'cannot-run',
    table: view,
    message: `${scope.schema.nameOf(view)} selects from several tables, or not their rows as they are: PostgreSQL cannot write through it.`,
    remedy: 'Write to its tables, or give the view an INSTEAD OF trigger.',
  });
}

function undecided(scope: Scope, view: Table, what: string): void {
  scope.report({
    rule: 'dynamic-sql',
    table: view,
    message: `${scope.schema.nameOf(view)} is a view: ${what} decides which tables are written.`,
  });
}

function insert(scope: Scope, tree: Node, inside: Inside): void {
  const { schema } = scope;
  const write = writeTo(scope, tree.relation, 'insert');
  if (!write) return;
  const { target, table } = write;
  fires(scope, { table, target }, 'insert', inside);
  const read = [...nodesOf(tree.selectStmt, 'RangeVar')].map(range => schema.of(range));
  for (const one of read) if (one.known && one.name !== table.name) scope.takesLong(one);
  // A few rows of VALUES are nothing to wait for.
  const { valuesLists } = ((tree.selectStmt as Node | undefined)?.SelectStmt ?? {}) as Node;
  if (tree.selectStmt && valuesLists === undefined) schema.change(table, { emptied: false });
  const { action } = (tree.onConflictClause ?? {}) as { action?: string };
  if (action === 'ONCONFLICT_UPDATE' && read.length > 0) {
    fires(scope, { table, target }, 'update', inside);
    scope.report({
      rule: 'update-many',
      table,
      lock: 'ROW EXCLUSIVE',
      message: `The rows of ${schema.nameOf(table)} that exist already are updated, and stay locked until the transaction ends.`,
    });
  }
}

function merge(scope: Scope, tree: Node, inside: Inside): void {
  const { schema } = scope;
  const write = writeTo(scope, tree.relation, 'update');
  if (!write) return;
  const { target, table } = write;
  if (scope.server.version < 15)
    scope.report({
      rule: 'newer-server',
      message: `MERGE needs PostgreSQL 15; this server is ${scope.server.version}.`,
    });
  const actions = [...nodesOf(tree.mergeWhenClauses, 'MergeWhenClause')].map(one => one.commandType);
  for (const action of new Set(actions)) {
    const event = commandEvents[String(action)];
    if (event) fires(scope, { table, target }, event, inside);
  }
  if (actions.includes('CMD_DELETE'))
    scope.report({
      rule: 'delete-many',
      table,
      lock: 'ROW EXCLUSIVE',
      scans: true,
      message: `The rows of ${schema.nameOf(table)} that match are lost.`,
    });
  else if (actions.includes('CMD_UPDATE'))
    scope.report({
      rule: 'update-many',
      table,
      lock: 'ROW EXCLUSIVE',
      scans: true,
      message: `The rows of ${schema.nameOf(table)} that match stay locked until the transaction ends.`,
    });
}

/** The rows that match a condition: all, a few by key, or some. */
type Reach = 'all' | 'few' | 'some';

/** The rows that a condition matches. */
function reachOf(schema: Schema, table: Table, where: Node | undefined): Reach {
  if (!where) return 'all';
  const { BoolExpr, NullTest, A_Const, A_Expr } = where as {
    BoolExpr?: { boolop?: string; args?: Node[] };
    NullTest?: Node;
    A_Const?: { boolval?: { boolval?: boolean } };
    A_Expr?: Node;
  };
  if (A_Const) return A_Const.boolval?.boolval === true ? 'all' : 'few';
  if (BoolExpr) {
    const parts = (BoolExpr.args ?? []).map(one => reachOf(schema, table, one));
    if (BoolExpr.boolop === 'AND_EXPR') return narrowest(parts);
    if (BoolExpr.boolop === 'OR_EXPR')
      return parts.includes('all') ? 'all' : parts.every(part => part === 'few') ? 'few' : 'some';
    return 'some';
  }
  if (NullTest) {
    const column = columnNamed(NullTest.arg);
    if (column === null) return 'some';
    if (NullTest.nulltesttype === 'IS_NOT_NULL') return isNotNull(schema, table, column) ? 'all' : 'some';
    // Null in every row, because it was just added.
    return table.columns.get(column)?.empty ? 'all' : 'some';
  }
  return A_Expr ? compared(table, A_Expr) : 'some';
}

function compared(table: Table, { kind, name, lexpr, rexpr }: Node): Reach {
  const [left, right] = [constant(lexpr), constant(rexpr)];
  const equal = namesIn(name).join() === '=';
  if (left !== null && right !== null) return equal && left === right ? 'all' : 'few';
  const column = columnNamed(lexpr) ?? columnNamed(rexpr);
  if (column === null || !equal || !isKey(table, column)) return 'some';
  if (kind === 'AEXPR_IN') return 'few';
  return left !== null || right !== null || [lexpr, rexpr].some(one => 'ParamRef' in ((one ?? {}) as object))
    ? 'few'
    : 'some';
}

function isKey(table: Table, column: string): boolean {
  if (!table.known) return column === 'id';
  return table.indexes.some(
    index =>
      index.unique &&
      index.valid &&
      !index.partial &&
      index.columns.length === 1 &&
      index.columns[0] === column,
  );
}

function columnNamed(node: unknown): string | null {
  const { ColumnRef } = (node ?? {}) as { ColumnRef?: Node };
  return ColumnRef ? (namesIn(ColumnRef.fields).at(-1) ?? null) : null;
}

function constant(node: unknown): string | null {
  const { A_Const, TypeCast } = (node ?? {}) as { A_Const?: Node; TypeCast?: { arg?: unknown } };
  if (TypeCast) return constant(TypeCast.arg);
  return A_Const ? JSON.stringify({ ...A_Const, location: 0 }) : null;
}
