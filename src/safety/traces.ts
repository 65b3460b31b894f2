import { type Statement, splitStatements, splitSync } from './parse.ts';

/**
 * Whether a text ends the transaction in which it is sent: COMMIT, ROLLBACK, PREPARE TRANSACTION, but not a
 * savepoint. The grammar must be loaded (`loadParser`).
 */
export function endsTransaction(sql: string): boolean {
  // Parsing a megabyte of inserts for nothing would take noticeable time.
  if (!/\b(commit|rollback|abort|end|prepare)\b/i.test(sql)) return false;
  return (splitSync(sql) ?? []).some(({ type, tree }) => {
    if (type !== 'TransactionStmt') return false;
    return ['TRANS_STMT_COMMIT', 'TRANS_STMT_ROLLBACK', 'TRANS_STMT_PREPARE'].includes(String(tree.kind));
  });
}

/**
 * Whether a statement that failed outside a transaction left nothing behind. PostgreSQL rolls a single
 * statement back completely, except those that commit while they run: anything CONCURRENTLY, a procedure or a
 * DO block, VACUUM, …
 */
export async function leavesNothing(sql: string): Promise<boolean> {
  if (sql.trim() === '') return true;
  const statements = await splitStatements(sql);
  return statements?.every(statement => !commitsOnItsWay(statement)) === true;
}

function commitsOnItsWay(statement: Statement): boolean {
  const { type } = statement;
  return (
    isConcurrent(statement) ||
    ['CallStmt', 'DoStmt', 'VacuumStmt', 'ClusterStmt', 'TransactionStmt'].includes(type)
  );
}

/** CREATE or DROP INDEX, REINDEX, REFRESH or DETACH PARTITION with CONCURRENTLY. */
export function isConcurrent({ type, tree }: Statement): boolean {
  if (type === 'IndexStmt' || type === 'DropStmt') return tree.concurrent === true;
  if (type === 'ReindexStmt') return JSON.stringify(tree.params ?? []).includes('"concurrently"');
  if (type === 'AlterTableStmt') return JSON.stringify(tree.cmds ?? []).includes('"concurrent":true');
  return false;
}
