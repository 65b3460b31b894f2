import { type Node, namesIn, nodesOf, type Statement, splitSync } from '../../safety/parse.ts';
import { isConcurrent } from '../../safety/traces.ts';
import type { Scope } from '../scope.ts';
import { isPlainFunction } from '../volatility.ts';
import { longNames } from './advice.ts';
import { alterTable } from './alter-table.ts';
import { calls, createRoutine, doBlock } from './code.ts';
import { createTable, createTableAs } from './create-table.ts';
import { drop, truncate } from './drops.ts';
import * as guards from './guards.ts';
import { createIndex, reindex } from './indexes.ts';
import * as others from './others.ts';
import { refused } from './refused.ts';
import { rename, setSchema } from './renames.ts';
import { rows } from './rows.ts';
import * as types from './types.ts';
import type { Inside } from './written.ts';

/** Statements that change rows, but no definitions. */
const readsOrWrites = new Set([
  'SelectStmt',
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'LockStmt',
  'RefreshMatViewStmt',
  'TruncateStmt',
]);

/** Maximum nesting of code that is analysed. */
const deepest = 5;

/** Analyses one statement, and applies it to the schema. */
export function lintStatement(scope: Scope, statement: Statement): void {
  scope.during(statement, () => {
    if (scope.transactional) inTransaction(scope, statement);
    longNames(scope, statement.text);
    refused(scope, statement);
    if (changesUnseen(scope, statement)) scope.schema.certain = false;
    lintStatementNode(scope, statement.type, statement.tree, 0);
  });
}

/** Statements that may change definitions in a way that is not followed. */
function changesUnseen({ schema }: Scope, { type, tree }: Statement): boolean {
  switch (type) {
    case 'CreateExtensionStmt':
    case 'AlterExtensionStmt':
    case 'AlterExtensionContentsStmt':
    case 'ImportForeignSchemaStmt':
    case 'DropOwnedStmt':
    case 'ExecuteStmt':
      return true;
    case 'TransactionStmt':
      return tree.kind === 'TRANS_STMT_ROLLBACK_TO';
    case 'CreateSchemaStmt':
      return tree.schemaElts !== undefined;
    case 'RenameStmt':
      return tree.renameType === 'OBJECT_SCHEMA';
    case 'DropStmt':
      return tree.removeType === 'OBJECT_EXTENSION';
    case 'SelectStmt':
    case 'InsertStmt':
    case 'UpdateStmt':
    case 'DeleteStmt':
    case 'MergeStmt':
    case 'CallStmt':
      return [...nodesOf(tree, 'FuncCall')].some(
        ({ funcname }) => !isPlainFunction(namesIn(funcname), schema),
      );
    default:
      return false;
  }
}

/** Statements that PostgreSQL, or the run, refuses inside a transaction. */
function inTransaction(scope: Scope, statement: Statement): void {
  const { type, tree } = statement;
  const alone =
    (isConcurrent(statement) && !(type === 'RefreshMatViewStmt')) ||
    (type === 'VacuumStmt' && tree.is_vacuumcmd === true) ||
    (type === 'ReindexStmt' &&
      ['REINDEX_OBJECT_SCHEMA', 'REINDEX_OBJECT_DATABASE', 'REINDEX_OBJECT_SYSTEM'].includes(
        String(tree.kind),
      )) ||
    (type === 'ClusterStmt' && !tree.relation) ||
    ['CreatedbStmt', 'DropdbStmt', 'AlterSystemStmt', 'CreateTableSpaceStmt', 'DropTableSpaceStmt'].includes(
      type,
    );
  if (alone) {
    scope.report({
      rule: 'concurrent-in-transaction',
      message: 'PostgreSQL refuses this inside a transaction: the revision fails.',
    });
  }
  if (
    type === 'TransactionStmt' &&
    ['TRANS_STMT_COMMIT', 'TRANS_STMT_ROLLBACK', 'TRANS_STMT_PREPARE'].includes(String(tree.kind))
  ) {
    scope.report({
      rule: 'ends-transaction',
      message: 'It ends the transaction that the revision runs in: a run refuses it.',
    });
  }
}

function lintStatementNode(scope: Scope, type: string, tree: Node, depth: number): void {
  const { schema } = scope;
  const inside: Inside = (sql: string): void => {
    if (depth >= deepest) return;
    const statements = splitSync(sql);
    if (statements === null) {
      scope.report({ rule: 'dynamic-sql', message: 'The SQL of this code is known only at run time.' });
      return;
    }
    for (const one of statements) nested(one.type, one.tree);
  };
  const nested = (one: string, node: Node): void => {
    // Code may run it, or not.
    if (!readsOrWrites.has(one)) schema.certain = false;
    lintStatementNode(scope, one, node, depth + 1);
  };
  inside.tree = (one, node) => {
    if (depth < deepest) nested(one, node);
  };
  if (type !== 'AlterEnumStmt') types.newValueUsed(scope, tree);
  switch (type) {
    case 'CreateStmt':
      createTable(scope, tree);
      return;
    case 'CreateForeignTableStmt':
      createTable(scope, (tree.base ?? {}) as Node, true);
      return;
    case 'AlterTableStmt':
      alterTable(scope, tree);
      return;
    case 'IndexStmt':
      createIndex(scope, tree);
      return;
    case 'DropStmt':
      drop(scope, tree);
      return;
    case 'TruncateStmt':
      truncate(scope, tree);
      return;
    case 'RenameStmt':
      rename(scope, tree);
      return;
    case 'AlterObjectSchemaStmt':
      setSchema(scope, tree);
      return;
    case 'ReindexStmt':
      reindex(scope, tree);
      return;
    case 'CreateTableAsStmt':
      createTableAs(scope, tree.into, tree.query, tree.objtype, tree.if_not_exists === true);
      return;
    case 'SelectStmt': {
      const into = tree.intoClause as Node | undefined;
      if (into) {
        createTableAs(scope, into, tree.fromClause, 'OBJECT_TABLE', false);
        return;
      }
      for (const range of nodesOf(tree.fromClause, 'RangeVar')) {
        const table = schema.of(range);
        if (table.known) scope.lock(table, 'ACCESS SHARE');
      }
      calls(scope, tree, inside);
      rows(scope, type, tree, inside);
      return;
    }
    case 'UpdateStmt':
    case 'DeleteStmt':
    case 'InsertStmt':
    case 'MergeStmt':
      rows(scope, type, tree, inside);
      return;
    case 'PrepareStmt':
    case 'ExplainStmt': {
      // EXPLAIN alone runs nothing
      if (
        type === 'ExplainStmt' &&
        ![...nodesOf(tree.options, 'DefElem')].some(one => one.defname === 'analyze')
      )
        return;
      for (const [inner, body] of Object.entries((tree.query ?? {}) as Node))
        lintStatementNode(scope, inner, body as Node, depth);
      return;
    }
    case 'DoStmt':
      doBlock(scope, tree, inside);
      return;
    case 'CallStmt':
      calls(scope, { FuncCall: tree.funccall }, inside);
      return;
    case 'CreateFunctionStmt':
      createRoutine(scope, tree);
      return;
    case 'CreateDomainStmt':
      types.createDomain(scope, tree);
      return;
    case 'AlterDomainStmt':
      types.alterDomain(scope, tree);
      return;
    case 'CreateRangeStmt':
      schema.types.add(namesIn(tree.typeName).at(-1) ?? '');
      schema.typeKeys.add(schema.typeKey(namesIn(tree.typeName)));
      return;
    case 'CreateEnumStmt':
      types.createEnum(scope, tree);
      return;
    case 'AlterEnumStmt':
      types.alterEnum(scope, tree);
      return;
    case 'CreateTrigStmt':
      guards.createTrigger(scope, tree);
      return;
    case 'RuleStmt':
      guards.createRule(scope, tree);
      return;
    case 'CreatePolicyStmt':
      guards.createPolicy(scope, tree);
      return;
    case 'AlterPolicyStmt':
      others.locksTable(scope, tree.table, 'ACCESS EXCLUSIVE');
      return;
    case 'CreateStatsStmt':
      for (const range of nodesOf(tree.relations, 'RangeVar'))
        others.locksTable(scope, range, 'SHARE UPDATE EXCLUSIVE');
      return;
    case 'CreatePublicationStmt':
    case 'AlterPublicationStmt':
      for (const range of nodesOf(tree.pubobjects, 'RangeVar'))
        others.locksTable(scope, range, 'SHARE UPDATE EXCLUSIVE');
      return;
    case 'CommentStmt':
      others.comment(scope, tree);
      return;
    case 'LockStmt':
      others.lockTable(scope, tree);
      return;
    case 'VacuumStmt':
      others.vacuum(scope, tree);
      return;
    case 'ClusterStmt':
      others.cluster(scope, tree);
      return;
    case 'RefreshMatViewStmt':
      others.refresh(scope, tree);
      return;
    case 'ViewStmt':
      others.createView(scope, tree);
      return;
    case 'VariableSetStmt':
      others.setting(scope, tree);
      return;
    case 'GrantStmt':
      if (tree.is_grant === true) return;
      scope.report({ rule: 'revoke', message: 'Running clients that need these privileges fail.' });
      return;
    case 'AlterExtensionStmt':
      scope.report({
        rule: 'extension-update',
        message: `The effect of updating ${String(tree.extname)} is unknown.`,
      });
      return;
    case 'DropdbStmt':
      scope.report({ rule: 'drop-database', message: `The database ${String(tree.dbname)} is lost.` });
      return;
    case 'DropOwnedStmt':
      scope.report({ rule: 'drop-database', message: 'Everything the role owns is lost.' });
      return;
    case 'DropRoleStmt':
      scope.report({ rule: 'drop-object', message: 'Clients that still connect as this role fail.' });
      return;
    case 'AlterSystemStmt':
    case 'AlterDatabaseSetStmt':
    case 'AlterRoleSetStmt':
      scope.report({ rule: 'changes-server', message: 'A setting beyond this schema is changed.' });
      return;
    case 'AlterTableMoveAllStmt':
      scope.report({
        rule: 'table-rewrites',
        message: 'Every table of the tablespace is copied, while its reads and writes wait.',
      });
      return;
    case 'CompositeTypeStmt':
      types.createComposite(scope, tree);
      return;
    case 'CreateCastStmt':
      schema.ownCasts = true;
      return;
  }
}
