import { type Node, namesIn, nodesOf, type Statement, splitSync } from '../../safety/parse.ts';
import { isConcurrent } from '../../safety/traces.ts';
import type { Scope } from '../scope.ts';
import { longNames } from './advice.ts';
import { alterTable } from './alter-table.ts';
import { calls, createRoutine, doBlock } from './code.ts';
import { createTable, createTableAs } from './create-table.ts';
import { drop, truncate } from './drops.ts';
import { createIndex, reindex } from './indexes.ts';
import * as others from './others.ts';
import { rename, setSchema } from './renames.ts';
import { rows } from './rows.ts';

/** Maximum nesting of code that is analysed. */
const deepest = 5;

/** Analyses one statement, and applies it to the schema. */
export function judgeStatement(scope: Scope, statement: Statement): void {
  scope.during(statement, () => {
    if (scope.transactional) inTransaction(scope, statement);
    longNames(scope, statement.text);
    judge(scope, statement.type, statement.tree, 0);
  });
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

function judge(scope: Scope, type: string, tree: Node, depth: number): void {
  const { schema } = scope;
  const inside = (sql: string): void => {
    if (depth >= deepest) return;
    const statements = splitSync(sql);
    if (statements === null) {
      scope.report({ rule: 'dynamic-sql', message: 'The SQL of this code is known only at run time.' });
      return;
    }
    for (const one of statements) judge(scope, one.type, one.tree, depth + 1);
  };
  if (type !== 'AlterEnumStmt') others.newValueUsed(scope, tree);
  switch (type) {
    case 'CreateStmt':
      createTable(scope, tree);
      return;
    case 'CreateForeignTableStmt':
      createTable(scope, (tree.base ?? tree.base_stmt ?? {}) as Node);
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
      createTableAs(
        scope,
        (tree.into as Node | undefined)?.IntoClause ?? tree.into,
        tree.query,
        tree.objtype,
        tree.if_not_exists === true,
      );
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
      rows(scope, type, tree);
      return;
    }
    case 'UpdateStmt':
    case 'DeleteStmt':
    case 'InsertStmt':
    case 'MergeStmt':
      rows(scope, type, tree);
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
        judge(scope, inner, body as Node, depth);
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
      others.createDomain(scope, tree);
      return;
    case 'AlterDomainStmt':
      others.alterDomain(scope, tree);
      return;
    case 'CreateEnumStmt':
      others.createEnum(scope, tree);
      return;
    case 'AlterEnumStmt':
      others.alterEnum(scope, tree);
      return;
    case 'CreateTrigStmt':
      others.createTrigger(scope, tree);
      return;
    case 'RuleStmt':
      others.locksTable(scope, tree.relation, 'ACCESS EXCLUSIVE');
      return;
    case 'CreatePolicyStmt':
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
      schema.types.add(
        String((tree.typevar as Node | undefined)?.relname ?? namesIn(tree.typevar).at(-1) ?? ''),
      );
      return;
  }
}
