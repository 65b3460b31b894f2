import { type Node, namesIn, nodesOf } from '../../safety/parse.ts';
import { quotedTable } from '../questions.ts';
import type { RuleId } from '../rules/all.ts';
import type { Table } from '../schema.ts';
import type { Scope } from '../scope.ts';
import { isNotNull } from './add-constraint.ts';

/** INSERT, UPDATE, DELETE, MERGE and SELECT, with the writes in their WITH clauses. */
export function rows(scope: Scope, type: string, tree: Node): void {
  if (type === 'UpdateStmt' || type === 'DeleteStmt') change(scope, type, tree);
  if (type === 'InsertStmt') insert(scope, tree);
  if (type === 'MergeStmt') merge(scope, tree);
  for (const query of nodesOf(tree.withClause, 'CommonTableExpr')) {
    const [inner, body] = Object.entries((query.ctequery ?? {}) as Node)[0] ?? [];
    if (inner) rows(scope, inner, body as Node);
  }
}

/** Findings for a statement that changes all rows of a table, or those that match a condition. */
interface Changing {
  readonly all: RuleId;
  readonly many: RuleId;
  /** For all rows, and for those that match a condition. */
  readonly message: (table: string) => readonly [all: string, many: string];
  /** Rows selected by a key are not worth more than a note. */
  readonly tellsFew: boolean;
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
    tellsFew: false,
    holds: true,
  },
  DeleteStmt: {
    all: 'delete-all',
    many: 'delete-many',
    message: table => [
      `All rows of ${table} are lost.`,
      `The rows of ${table} that match the condition are lost.`,
    ],
    tellsFew: true,
    holds: false,
  },
};

function change(scope: Scope, type: 'UpdateStmt' | 'DeleteStmt', tree: Node): void {
  const { schema } = scope;
  const { all, many, message, tellsFew, holds } = changing[type];
  const table = schema.of(tree.relation);
  const [ofAll, ofMany] = message(schema.nameOf(table));
  scope.lock(table, 'ROW EXCLUSIVE');
  // ONLY: those of its heirs stay as they are
  if ((tree.relation as Node | undefined)?.inh !== true && table.rows === 0) return;
  const reach = reachOf(table, tree.whereClause as Node | undefined);
  const common = { table, lock: 'ROW EXCLUSIVE' } as const;
  if (reach === 'all') {
    const lost = type === 'DeleteStmt' ? { sql: `select * from ${quotedTable(table)}` } : undefined;
    scope.report({ ...common, rule: all, rewrites: holds, scans: true, message: ofAll, question: lost });
  } else if (reach === 'some') {
    if (holds) scope.takesLong(table);
    scope.report({ ...common, rule: many, scans: true, message: ofMany });
  } else if (tellsFew) {
    scope.report({ ...common, rule: many, severity: 'note', message: ofMany });
  }
}

function insert(scope: Scope, tree: Node): void {
  scope.lock(scope.schema.of(tree.relation), 'ROW EXCLUSIVE');
  const target = scope.schema.of(tree.relation);
  for (const range of nodesOf(tree.selectStmt, 'RangeVar')) {
    const table = scope.schema.of(range);
    if (table.known && table.name !== target.name) scope.takesLong(table);
  }
}

function merge(scope: Scope, tree: Node): void {
  const { schema } = scope;
  const table = schema.of(tree.relation);
  scope.lock(table, 'ROW EXCLUSIVE');
  if (scope.server.version < 15)
    scope.report({
      rule: 'newer-server',
      message: `MERGE needs PostgreSQL 15; this server is ${scope.server.version}.`,
    });
  const actions = [...nodesOf(tree.mergeWhenClauses, 'MergeWhenClause')].map(one => one.commandType);
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
function reachOf(table: Table, where: Node | undefined): 'all' | 'few' | 'some' {
  if (!where) return 'all';
  const { BoolExpr, NullTest, A_Const, A_Expr } = where as {
    BoolExpr?: { boolop?: string; args?: Node[] };
    NullTest?: Node;
    A_Const?: { boolval?: { boolval?: boolean } };
    A_Expr?: Node;
  };
  if (A_Const) return A_Const.boolval?.boolval === true ? 'all' : 'few';
  if (BoolExpr) {
    const parts = (BoolExpr.args ?? []).map(one => reachOf(table, one));
    if (BoolExpr.boolop === 'AND_EXPR')
      return parts.includes('few') ? 'few' : parts.every(part => part === 'all') ? 'all' : 'some';
    if (BoolExpr.boolop === 'OR_EXPR')
      return parts.includes('all') ? 'all' : parts.every(part => part === 'few') ? 'few' : 'some';
    return 'some';
  }
  if (NullTest) {
    const column = columnNamed(NullTest.arg);
    if (column === null) return 'some';
    if (NullTest.nulltesttype === 'IS_NOT_NULL') return isNotNull(table, column) ? 'all' : 'some';
    // Null in every row, because it was just added.
    return table.columns.get(column)?.empty ? 'all' : 'some';
  }
  return A_Expr ? compared(table, A_Expr) : 'some';
}

function compared(table: Table, { kind, name, lexpr, rexpr }: Node): 'all' | 'few' | 'some' {
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
