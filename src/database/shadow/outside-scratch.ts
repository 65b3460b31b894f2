import { namesIn, nodesOf, type Statement } from '../../safety/parse.ts';

/** Statements about objects of the whole server, which would remain or affect others. */
const statements: Readonly<Record<string, string>> = {
  CreatedbStmt: 'creates a database',
  DropdbStmt: 'drops a database',
  CreateTableSpaceStmt: 'creates a tablespace',
  DropTableSpaceStmt: 'drops a tablespace',
  AlterTableSpaceOptionsStmt: 'changes a tablespace',
  AlterSystemStmt: 'changes the settings of the server',
  CreateSubscriptionStmt: 'creates a subscription',
  AlterSubscriptionStmt: 'changes a subscription',
  DropSubscriptionStmt: 'drops a subscription',
};

/** Functions with an effect outside the database. */
const functions: Readonly<Record<string, string>> = {
  lo_export: 'writes a file on the server',
  lo_import: 'reads a file on the server',
  pg_cancel_backend: 'cancels a statement of another session',
  pg_terminate_backend: 'terminates another session',
  pg_reload_conf: 'reloads the settings of the server',
  pg_create_physical_replication_slot: 'creates a replication slot',
  pg_create_logical_replication_slot: 'creates a replication slot',
  pg_copy_physical_replication_slot: 'creates a replication slot',
  pg_copy_logical_replication_slot: 'creates a replication slot',
  pg_drop_replication_slot: 'drops a replication slot',
  pg_replication_origin_create: 'creates a replication origin',
  pg_replication_origin_drop: 'drops a replication origin',
  pg_promote: 'promotes a standby server',
  dblink: 'runs SQL in another database',
  dblink_exec: 'runs SQL in another database',
};

/** What a statement comments on, grants, renames or the like: `OBJECT_DATABASE`. */
const subjectOf = ({ tree }: Statement): unknown => tree.objtype ?? tree.objectType ?? tree.renameType;

/**
 * Changes a property of a database, role, tablespace or parameter that is in no inventory: a comment, owner,
 * privilege or label. It would change the real one, and a scratch database does not need it.
 */
export function ofSharedObject(statement: Statement): boolean {
  const subject = String(subjectOf(statement));
  if (['AlterDatabaseStmt', 'AlterDatabaseSetStmt', 'AlterDatabaseRefreshCollStmt'].includes(statement.type))
    return true;
  if (subject === 'OBJECT_DATABASE') return true;
  const property = ['CommentStmt', 'GrantStmt', 'SecLabelStmt', 'AlterOwnerStmt'].includes(statement.type);
  return property && ['OBJECT_ROLE', 'OBJECT_TABLESPACE', 'OBJECT_PARAMETER_ACL'].includes(subject);
}

/** What a statement does outside the database; null: nothing that is known. */
export function outsideScratch(statement: Statement): string | null {
  const { type, tree } = statement;
  const what = statements[type];
  if (what !== undefined) return what;
  if (type === 'RenameStmt' && tree.renameType === 'OBJECT_ROLE') return 'renames a role';
  if (type === 'RenameStmt' && tree.renameType === 'OBJECT_TABLESPACE') return 'renames a tablespace';
  if (type === 'CopyStmt') {
    if (tree.is_program === true) return 'runs a program on the server';
    if (tree.filename) return `${tree.is_from === true ? 'reads' : 'writes'} a file on the server`;
  }
  for (const { funcname } of nodesOf(tree, 'FuncCall')) {
    const does = functions[namesIn(funcname as unknown[]).at(-1) ?? ''];
    if (does !== undefined) return does;
  }
  return null;
}

/** A word of every statement with such an effect, for a regular expression. */
export const outsideKeywords = [
  'database',
  'tablespace',
  'system',
  'subscription',
  'parameter',
  'copy',
  ...Object.keys(functions),
];
