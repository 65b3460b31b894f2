import { type Node, namesIn, nodesOf, type Statement } from '../../safety/parse.ts';
import { keyOf, type Table } from '../objects.ts';
import type { Scope } from '../scope.ts';
import { keysTo } from './dependents.ts';
import { already, missing, missingColumns, otherKind, type Refusal } from './refusal.ts';
import { refusedAlter, refusedKeys } from './refused-alter.ts';
import { refusedDrop } from './refused-drop.ts';

/*
 * Statements that PostgreSQL refuses in this schema, regardless of the rows: names that exist already or not at all, and
 * what depends on something else. Only what is certain.
 */

/** Reports that PostgreSQL refuses a statement, if that is certain. */
export function refused(scope: Scope, { type, tree }: Statement): void {
  if (!scope.schema.certain) return;
  for (const refusal of refusals(scope, type, tree)) scope.report({ rule: 'cannot-run', ...refusal });
}

function refusals(scope: Scope, type: string, tree: Node): Refusal[] {
  const { schema } = scope;
  switch (type) {
    case 'CreateStmt':
      return createTable(scope, tree);
    case 'CreateTableAsStmt': {
      const { rel } = (tree.into ?? {}) as { rel?: unknown };
      return tree.if_not_exists === true ? [] : exists(scope, rel);
    }
    case 'ViewStmt': {
      const there = schema.of(tree.view);
      if (tree.replace !== true) return exists(scope, tree.view);
      return schema.has(there) && there.kind !== 'view' ? [otherKind(scope, there, 'view')] : [];
    }
    case 'IndexStmt':
      return createIndex(scope, tree);
    case 'AlterTableStmt':
      return alterTable(scope, tree);
    case 'RenameStmt':
      return rename(scope, tree);
    case 'DropStmt':
      return refusedDrop(scope, tree);
    case 'TruncateStmt':
      return truncate(scope, tree);
    case 'InsertStmt':
      return [...missing(scope, tree.relation), ...missingColumns(scope, tree.relation, targets(tree.cols))];
    case 'UpdateStmt':
      return [
        ...missing(scope, tree.relation),
        ...missingColumns(scope, tree.relation, targets(tree.targetList)),
      ];
    case 'DeleteStmt':
    case 'MergeStmt':
      return missing(scope, tree.relation);
    case 'LockStmt':
      return [...nodesOf(tree.relations, 'RangeVar')].flatMap(range => missing(scope, range));
    case 'RefreshMatViewStmt': {
      const view = schema.of(tree.relation);
      if (!schema.has(view)) return missing(scope, tree.relation);
      return view.kind === 'materialized' ? [] : [otherKind(scope, view, 'materialized')];
    }
    case 'CreateTrigStmt':
      return tree.replace === true
        ? missing(scope, tree.relation)
        : [...missing(scope, tree.relation), ...guardExists(scope, tree.relation, 'trigger', tree.trigname)];
    case 'RuleStmt':
      return tree.replace === true ? [] : guardExists(scope, tree.relation, 'rule', tree.rulename);
    case 'CreatePolicyStmt':
      return guardExists(scope, tree.table, 'policy', tree.policy_name);
    case 'CreateEnumStmt':
    case 'CreateRangeStmt':
      return typeExists(scope, namesIn(tree.typeName));
    case 'CreateDomainStmt':
      return typeExists(scope, namesIn(tree.domainname));
    default:
      return [];
  }
}

/** A table, view or other relation of this name exists. */
function exists({ schema }: Scope, range: unknown): Refusal[] {
  const place = schema.of(range);
  const temporary = (range as { relpersistence?: string } | undefined)?.relpersistence === 't';
  return schema.has(place) && !temporary ? [already(schema.nameOf(place))] : [];
}

/** Names of the columns of INSERT and UPDATE. */
function targets(list: unknown): string[] {
  return (Array.isArray(list) ? list : []).flatMap(one => {
    const { name } = ((one as Node).ResTarget ?? {}) as { name?: string };
    return name === undefined ? [] : [name];
  });
}

function guardExists({ schema }: Scope, range: unknown, kind: string, name: unknown): Refusal[] {
  const table = schema.of(range);
  const there = table.guards.some(one => one.kind === kind && one.name === name);
  return there ? [already(`The ${kind} ${String(name)} of ${schema.nameOf(table)}`, table)] : [];
}

function typeExists({ schema }: Scope, names: readonly string[]): Refusal[] {
  return schema.typeKeys.has(schema.typeKey(names)) ? [already(`The type ${names.join('.')}`)] : [];
}

function createTable(scope: Scope, tree: Node): Refusal[] {
  const { schema } = scope;
  if (tree.if_not_exists === true && schema.has(schema.of(tree.relation))) return [];
  const found = exists(scope, tree.relation);
  for (const range of tree.partbound ? nodesOf(tree.inhRelations, 'RangeVar') : []) {
    found.push(...missing(scope, range), ...notPartitioned(scope, schema.of(range)));
  }
  return found;
}

function notPartitioned({ schema }: Scope, table: Table): Refusal[] {
  if (!table.known || table.kind !== 'table') return [];
  const message = `${schema.nameOf(table)} is not partitioned: this fails.`;
  return [{ table, message, remedy: 'Only a table that was created with PARTITION BY has partitions.' }];
}

function createIndex(scope: Scope, tree: Node): Refusal[] {
  const { schema } = scope;
  const table = schema.of(tree.relation);
  const nowhere = missing(scope, tree.relation);
  const name = tree.idxname === undefined ? null : String(tree.idxname);
  const found: Refusal[] = [...nowhere];
  if (name !== null && tree.if_not_exists !== true && nowhere.length === 0) {
    const there = relationNamed(scope, table.schema, name);
    // An INVALID index has a finding of its own.
    if (there && (there === 'relation' || there.valid)) found.push(already(name, table));
  }
  const columns = [
    ...nodesOf(tree.indexParams, 'IndexElem'),
    ...nodesOf(tree.indexIncludingParams, 'IndexElem'),
  ];
  const keys = columns.flatMap(one => (typeof one.name === 'string' ? [one.name] : []));
  found.push(...missingColumns(scope, tree.relation, keys));
  if (table.kind === 'partitioned' && tree.concurrent === true) {
    found.push({
      table,
      message: `${schema.nameOf(table)} is partitioned, and CONCURRENTLY does not work for that: this fails.`,
      remedy:
        'Create the index ON ONLY the partitioned table, create one concurrently on each partition, and attach them with ALTER INDEX … ATTACH PARTITION.',
    });
  }
  if (tree.unique === true) found.push(...refusedKeys(schema, table, keys));
  return found;
}

/** What has a name in a schema: an index, or another relation. */
function relationNamed({ schema }: Scope, place: string, name: string) {
  if (schema.has({ schema: place, name })) return 'relation' as const;
  for (const table of schema.withIndex(name)) {
    if (table.schema !== place) continue;
    const index = table.indexes.find(one => one.name === name && one.named);
    if (index) return index;
  }
  return null;
}

/** Subcommands that views do not have. */
const ofTables = new Set([
  'AT_AddColumn',
  'AT_DropColumn',
  'AT_AlterColumnType',
  'AT_SetNotNull',
  'AT_DropNotNull',
  'AT_AddConstraint',
  'AT_DropConstraint',
]);

function alterTable(scope: Scope, tree: Node): Refusal[] {
  const { schema } = scope;
  if (tree.objtype !== 'OBJECT_TABLE') return [];
  const table = schema.of(tree.relation);
  if (!schema.has(table)) return tree.missing_ok === true ? [] : missing(scope, tree.relation);
  const commands = [...nodesOf(tree.cmds, 'AlterTableCmd')];
  if (table.kind === 'view' || table.kind === 'materialized')
    return commands.some(({ subtype }) => ofTables.has(String(subtype)))
      ? [otherKind(scope, table, 'table')]
      : [];
  return commands.flatMap(command => {
    const { name: range } = ((command.def as Node | undefined)?.PartitionCmd ?? {}) as { name?: unknown };
    switch (command.subtype) {
      case 'AT_AttachPartition':
      case 'AT_DetachPartition':
        return [...notPartitioned(scope, table), ...missing(scope, range)];
      default:
        return refusedAlter(scope, table, command, commands);
    }
  });
}

function rename(scope: Scope, tree: Node): Refusal[] {
  const { schema } = scope;
  const to = String(tree.newname ?? '');
  const table = schema.of(tree.relation);
  const there = schema.has(table);
  switch (tree.renameType) {
    case 'OBJECT_COLUMN':
      if (!there) return tree.missing_ok === true ? [] : missing(scope, tree.relation);
      return [
        ...missingColumns(scope, tree.relation, [String(tree.subname)]),
        ...(table.columns.has(to) && table.kind !== 'view'
          ? [already(`${schema.nameOf(table)}.${to}`, table)]
          : []),
      ];
    case 'OBJECT_TABLE':
    case 'OBJECT_VIEW':
    case 'OBJECT_MATVIEW':
      if (!there) return tree.missing_ok === true ? [] : missing(scope, tree.relation);
      return relationNamed(scope, table.schema, to) ? [already(to)] : [];
    default:
      return [];
  }
}

function truncate(scope: Scope, tree: Node): Refusal[] {
  const { schema } = scope;
  const ranges = [...nodesOf(tree.relations, 'RangeVar')];
  const found = ranges.flatMap(range => missing(scope, range));
  if (tree.behavior === 'DROP_CASCADE' || found.length > 0) return found;
  const tables = ranges.map(range => schema.of(range));
  const all = new Set([...tables, ...tables.flatMap(table => schema.below(table))].map(keyOf));
  for (const table of tables) {
    const by = keysTo(schema, table).filter(([other, { enforced }]) => enforced && !all.has(keyOf(other)));
    if (by.length === 0) continue;
    found.push({
      table,
      message: `${by.map(([other, { name }]) => `${name} of ${schema.nameOf(other)}`).join(', ')} references ${schema.nameOf(table)}: this fails.`,
      remedy: 'Truncate the referencing tables in the same statement, or use DELETE.',
    });
  }
  return found;
}
