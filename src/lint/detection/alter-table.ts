import { type Node, namesIn, nodesOf } from '../../safety/parse.ts';
import type { LockMode } from '../../values/findings.ts';
import { keyOf, type Table } from '../objects.ts';
import type { Scope } from '../scope.ts';
import { addColumn, tooOld } from './add-column.ts';
import { addConstraint, notNull, validateConstraint } from './add-constraint.ts';
import { changeDefault, changeType, dropNotNull, schemaColumn } from './alter-column.ts';
import { dropColumn, dropConstraint } from './drop-parts.ts';
import { attachPartition, detachPartition } from './partitions.ts';

/** ALTER TABLE and the same of views, materialized views, indexes, sequences and foreign tables. */
export function alterTable(scope: Scope, tree: Node): void {
  const { schema } = scope;
  const kind = String(tree.objtype);
  if (kind === 'OBJECT_TYPE') {
    alterType(scope, tree);
    return;
  }
  if (kind === 'OBJECT_INDEX') {
    alterIndex(scope, tree);
    return;
  }
  if (kind === 'OBJECT_SEQUENCE') return;
  const commands = [...nodesOf(tree.cmds, 'AlterTableCmd')];
  const known = schema.of(tree.relation);
  if (tree.missing_ok === true && schema.complete && !known.known) return;
  // The strongest lock is taken first.
  for (const command of commands)
    for (const table of reached(scope, known, tree, command)) scope.lock(table, lockFor(command));
  scope.only = (tree.relation as Node | undefined)?.inh !== true;
  for (const command of commands) one(scope, schema.of(tree.relation), command);
  scope.only = false;
}

/** Commands that do not affect the partitions and child tables. */
const alone = new Set(['AT_AttachPartition', 'AT_DetachPartition', 'AT_AddInherit', 'AT_DropInherit']);

/** The table and, without ONLY, its partitions and child tables. */
function reached({ schema }: Scope, table: Table, tree: Node, { subtype, name }: Node): Table[] {
  const inherits = (tree.relation as Node | undefined)?.inh === true && !alone.has(String(subtype));
  if (subtype === 'AT_SetNotNull' && table.columns.get(String(name))?.notNull) return [table];
  return inherits ? [table, ...schema.below(table)] : [table];
}

const weaker: Readonly<Record<string, LockMode>> = {
  AT_ValidateConstraint: 'SHARE UPDATE EXCLUSIVE',
  AT_SetStatistics: 'SHARE UPDATE EXCLUSIVE',
  AT_SetOptions: 'SHARE UPDATE EXCLUSIVE',
  AT_ResetOptions: 'SHARE UPDATE EXCLUSIVE',
  AT_SetRelOptions: 'SHARE UPDATE EXCLUSIVE',
  AT_ResetRelOptions: 'SHARE UPDATE EXCLUSIVE',
  AT_ClusterOn: 'SHARE UPDATE EXCLUSIVE',
  AT_DropCluster: 'SHARE UPDATE EXCLUSIVE',
  AT_AttachPartition: 'SHARE UPDATE EXCLUSIVE',
  AT_DetachPartitionFinalize: 'SHARE UPDATE EXCLUSIVE',
  AT_EnableTrig: 'SHARE ROW EXCLUSIVE',
  AT_EnableAlwaysTrig: 'SHARE ROW EXCLUSIVE',
  AT_EnableReplicaTrig: 'SHARE ROW EXCLUSIVE',
  AT_EnableTrigAll: 'SHARE ROW EXCLUSIVE',
  AT_EnableTrigUser: 'SHARE ROW EXCLUSIVE',
  AT_DisableTrig: 'SHARE ROW EXCLUSIVE',
  AT_DisableTrigAll: 'SHARE ROW EXCLUSIVE',
  AT_DisableTrigUser: 'SHARE ROW EXCLUSIVE',
};

function lockFor({ subtype, def }: Node): LockMode {
  if (subtype === 'AT_AddConstraint') {
    const { contype } = ((def as Node).Constraint ?? {}) as Node;
    return contype === 'CONSTR_FOREIGN' ? 'SHARE ROW EXCLUSIVE' : 'ACCESS EXCLUSIVE';
  }
  const concurrently = [...nodesOf(def, 'PartitionCmd')].some(one => one.concurrent === true);
  if (subtype === 'AT_DetachPartition' && concurrently) return 'SHARE UPDATE EXCLUSIVE';
  if (subtype === 'AT_SetRelOptions' && JSON.stringify(def).includes('user_catalog_table'))
    return 'ACCESS EXCLUSIVE';
  return weaker[String(subtype)] ?? 'ACCESS EXCLUSIVE';
}

function one(scope: Scope, table: Table, command: Node): void {
  const { schema } = scope;
  const { subtype, def } = command;
  const name = String(command.name ?? '');
  const of = schema.nameOf(table);
  switch (subtype) {
    case 'AT_AddColumn': {
      addColumn(scope, table, command);
      return;
    }
    case 'AT_DropColumn':
      dropColumn(scope, table, command);
      return;
    case 'AT_AlterColumnType':
      changeType(scope, table, name, ((def as Node).ColumnDef ?? {}) as Node);
      return;
    case 'AT_SetNotNull': {
      notNull(scope, table, [name], true);
      const column = table.columns.get(name);
      if (column) schemaColumn(scope, table, { ...column, notNull: true });
      return;
    }
    case 'AT_DropNotNull':
      dropNotNull(scope, table, name);
      return;
    case 'AT_ColumnDefault':
      changeDefault(scope, table, name, def !== undefined);
      return;
    case 'AT_AddConstraint': {
      const node = ((def as Node).Constraint ?? {}) as Node;
      addConstraint(scope, table, node);
      return;
    }
    case 'AT_DropConstraint':
      dropConstraint(scope, table, command);
      return;
    case 'AT_ValidateConstraint':
      validateConstraint(scope, table, name);
      return;
    case 'AT_AddIdentity': {
      const column = table.columns.get(name);
      if (column) schemaColumn(scope, table, { ...column, identity: true, hasDefault: true });
      return;
    }
    case 'AT_DropIdentity':
      changeDefault(scope, table, name, false);
      return;
    case 'AT_SetExpression':
      scope.report({
        rule: 'stored-column-rewrites',
        table,
        lock: 'ACCESS EXCLUSIVE',
        rewrites: true,
        message: `A new expression of ${of}.${name} is computed for every row: all of ${of} is rewritten, and reads and writes wait.`,
      });
      return;
    case 'AT_SetLogged':
    case 'AT_SetUnLogged': {
      const unlogged = subtype === 'AT_SetUnLogged';
      if (table.known && table.unlogged === unlogged) return;
      rewrites(scope, table, unlogged ? 'SET UNLOGGED' : 'SET LOGGED');
      if (unlogged) scope.report({ rule: 'unlogged-table', table, message: `After a crash ${of} is empty.` });
      schema.change(table, { unlogged });
      return;
    }
    case 'AT_SetAccessMethod':
      if (scope.server.version < 15) tooOld(scope, 'Changes of the access method', 15);
      // The default for everything.
      if (name === 'heap' || name === '') return;
      rewrites(scope, table, 'SET ACCESS METHOD');
      return;
    case 'AT_SetTableSpace':
      if (name === 'pg_default') return;
      rewrites(scope, table, 'SET TABLESPACE');
      return;
    case 'AT_AttachPartition':
      attachPartition(scope, table, ((def as Node).PartitionCmd ?? {}) as Node);
      return;
    case 'AT_DetachPartition': {
      const partition = ((def as Node).PartitionCmd ?? {}) as Node;
      if (partition.concurrent === true && scope.server.version < 14)
        tooOld(scope, 'Detaching concurrently', 14);
      detachPartition(scope, table, partition);
      return;
    }
    case 'AT_AddInherit': {
      const parent = schema.of((def as Node).RangeVar);
      scope.lock(parent, 'SHARE UPDATE EXCLUSIVE');
      schema.change(table, { parents: [...table.parents, keyOf(parent)] });
      return;
    }
    case 'AT_EnableRowSecurity':
    case 'AT_ForceRowSecurity':
      scope.report({
        rule: 'row-security',
        table,
        lock: 'ACCESS EXCLUSIVE',
        message: `Without a policy that lets them through, clients see no rows of ${of}.`,
      });
      return;
    case 'AT_DisableRowSecurity':
    case 'AT_NoForceRowSecurity':
      scope.report({
        rule: 'drop-guard',
        table,
        lock: 'ACCESS EXCLUSIVE',
        message: `Clients now see rows of ${of} that its policies hid.`,
      });
      return;
    case 'AT_AlterConstraint':
      enforce(scope, table, (command.def as Node | undefined)?.ATAlterConstraint as Node | undefined);
      return;
    case 'AT_DisableTrig':
    case 'AT_DisableTrigAll':
    case 'AT_DisableTrigUser':
      scope.report({
        rule: 'triggers-disabled',
        table,
        lock: 'SHARE ROW EXCLUSIVE',
        message: `Checks and values from ${name === '' ? 'the triggers' : name} of ${of} no longer apply.`,
      });
      return;
  }
}

function rewrites(scope: Scope, table: Table, what: string): void {
  scope.report({
    rule: 'table-rewrites',
    table,
    alone: true,
    lock: 'ACCESS EXCLUSIVE',
    rewrites: true,
    message: `${what} rewrites all of ${scope.schema.nameOf(table)}, while reads and writes wait.`,
  });
}

function alterType(scope: Scope, tree: Node): void {
  for (const { subtype, name } of nodesOf(tree.cmds, 'AlterTableCmd')) {
    if (subtype !== 'AT_DropColumn' && subtype !== 'AT_AlterColumnType') continue;
    const verb = subtype === 'AT_DropColumn' ? 'dropped' : 'changed';
    scope.report({
      rule: 'type-attribute',
      message: `The attribute ${String(name)} of the type ${typeName(tree)} is ${verb}.`,
    });
  }
}

/** ALTER CONSTRAINT … [NOT] ENFORCED of a foreign key, from PostgreSQL 18 on. The rest of ALTER CONSTRAINT is quick. */
function enforce(scope: Scope, table: Table, change: Node = {}): void {
  const { schema } = scope;
  if (change.alterEnforceability !== true) return;
  const constraint = table.constraints.find(({ name }) => name === change.conname);
  const enforces = change.is_enforced === true;
  if (constraint?.enforced === enforces) return;
  const other = constraint?.references ? schema.byKey(constraint.references) : null;
  if (other) scope.lock(other, enforces ? 'SHARE ROW EXCLUSIVE' : 'ACCESS EXCLUSIVE');
  const name = schema.nameOf(table);
  schema.change(table, {
    constraints: table.constraints.map(one =>
      one.name === change.conname ? { ...one, enforced: enforces } : one,
    ),
  });
  if (enforces) {
    if (other && schema.populated(table)) {
      scope.report({
        rule: 'foreign-key-locks',
        table: other,
        lock: 'SHARE ROW EXCLUSIVE',
        severity: 'danger',
        message: `Writes to ${schema.nameOf(other)} wait while every row of ${name} is checked.`,
        remedy: 'Drop the foreign key, and add it NOT VALID. Validate it in a later revision.',
      });
    }
    scope.report({
      rule: 'foreign-key-scans',
      table,
      lock: 'ACCESS EXCLUSIVE',
      scans: true,
      message: `Every row of ${name} is checked for a matching row, while reads and writes wait.`,
    });
  } else {
    scope.report({
      rule: 'drop-constraint',
      table,
      lock: 'ACCESS EXCLUSIVE',
      message: `${name} now accepts rows that ${String(change.conname)} rejected.`,
    });
  }
}

function typeName({ relation }: Node): string {
  return String((relation as Node | undefined)?.relname ?? namesIn(relation).at(-1) ?? '');
}

/** Tablespaces of indexes are changed by copying them; the rest is quick. */
function alterIndex(scope: Scope, tree: Node): void {
  const { relname = '' } = (tree.relation ?? {}) as { relname?: string };
  const moved = [...nodesOf(tree.cmds, 'AlterTableCmd')].find(
    one => one.subtype === 'AT_SetTableSpace' && one.name !== 'pg_default',
  );
  const [table] = scope.schema.withIndex(relname);
  if (!moved || !table) return;
  scope.report({
    rule: 'table-rewrites',
    table,
    rewrites: false,
    scans: true,
    message: `The index ${relname} is copied, while reads that use it and writes wait.`,
  });
}
