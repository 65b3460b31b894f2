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
  lo_export: 'writes a file of the server',
  lo_import: 'reads a file of the server',
  pg_cancel_backend: 'cancels a statement of another session',
  pg_terminate_backend: 'ends another session',
  pg_reload_conf: 'reloads the settings of the server',
  pg_create_physical_replication_slot: 'creates a replication slot',
  pg_create_logical_replication_slot: 'creates a replication slot',
  pg_drop_replication_slot: 'drops a replication slot',
};

/** What a statement does outside the database; null: nothing that is known. */
export function outsideScratch({ type, tree }: Statement): string | null {
  const what = statements[type];
  if (what !== undefined) return what;
  if (type === 'CopyStmt') {
    if (tree.is_program === true) return 'runs a program on the server';
    if (tree.filename) return `${tree.is_from === true ? 'reads' : 'writes'} a file of the server`;
  }
  for (const { funcname } of nodesOf(tree, 'FuncCall')) {
    const does = functions[namesIn(funcname as unknown[]).at(-1) ?? ''];
    if (does !== undefined) return does;
  }
  return null;
}

/** A word of every statement with such an effect, for a regular expression. */
export const outsideWords = [
  'database',
  'tablespace',
  'system',
  'subscription',
  'copy',
  ...Object.keys(functions),
];
