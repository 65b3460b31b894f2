import { type Node, nodesOf } from '../../safety/parse.ts';
import { boundOf, excludesBound, impliesBound } from '../bounds.ts';
import { type Constraint, type Index, keyOf, type Table } from '../objects.ts';
import type { Schema } from '../schema.ts';
import type { Scope } from '../scope.ts';
import { columnsIn } from '../volatility.ts';
import { isNotNull } from './add-constraint.ts';

/** ATTACH PARTITION. */
export function attachPartition(scope: Scope, table: Table, { name, bound }: Node): void {
  const { schema } = scope;
  const part = schema.of(name);
  scope.lock(table, 'SHARE UPDATE EXCLUSIVE');
  scope.lock(part, 'ACCESS EXCLUSIVE');
  if (!proves(schema, table, part, bound)) {
    scope.report({
      rule: 'attach-scans',
      table: part,
      lock: 'ACCESS EXCLUSIVE',
      scans: true,
      message: `Every row of ${schema.nameOf(part)} is checked against the bounds of the partition, while its reads and writes wait.`,
    });
  }
  for (const index of part.known ? table.indexes : []) {
    if (part.indexes.some(one => covers(one, index))) continue;
    scope.report({
      rule: 'attach-scans',
      table: part,
      lock: 'ACCESS EXCLUSIVE',
      scans: true,
      message: `${schema.nameOf(part)} has no index like ${index.name}: it is built while reads and writes of ${schema.nameOf(part)} wait.`,
      remedy: 'Create such an index on the partition concurrently, in an earlier revision.',
    });
  }
  for (const key of foreignKeys(schema, table)) attachKey(scope, part, key);
  newPartition(scope, table, bound);
  schema.change(part, {
    parents: [...part.parents, keyOf(table)],
    defaultPartition: (bound as Node | undefined)?.is_default === true,
  });
}

/** Whether an index of a partition can stand for one of the partitioned table. */
function covers(one: Index, wanted: Index): boolean {
  return (
    one.valid &&
    one.partial === wanted.partial &&
    (one.unique || !wanted.unique) &&
    one.columns.join('\0') === wanted.columns.join('\0') &&
    one.mentions.join('\0') === wanted.mentions.join('\0')
  );
}

/** The foreign keys of a partitioned table, which its partitions inherit. */
function foreignKeys(schema: Schema, table: Table): Constraint[] {
  const above = table.parents.flatMap(parent => foreignKeys(schema, schema.byKey(parent)));
  const own = table.constraints.filter(one => one.kind === 'foreign' && one.enforced);
  const has = (key: Constraint): boolean => own.some(one => sameKey(one, key));
  return [...own, ...above.filter(key => !has(key))];
}

const sameKey = (one: Constraint, other: Constraint): boolean =>
  one.kind === 'foreign' &&
  one.references === other.references &&
  one.columns.join() === other.columns.join();

/** A table becomes a partition and gets a foreign key. */
function attachKey(scope: Scope, part: Table, key: Constraint): void {
  const { schema } = scope;
  const other = schema.byKey(key.references as string);
  const has = part.constraints.some(one => sameKey(one, key) && one.valid);
  // The triggers of the partition's own key are replaced.
  scope.lock(other, has ? 'ACCESS EXCLUSIVE' : 'SHARE ROW EXCLUSIVE');
  if (has || !key.valid || !schema.populated(part)) return;
  const remedy =
    'Add the same foreign key to the partition first: NOT VALID, and validate it in a later revision.';
  scope.report({
    rule: 'foreign-key-scans',
    table: part,
    lock: 'ACCESS EXCLUSIVE',
    scans: true,
    message: `Every row of ${schema.nameOf(part)} is checked for its match in ${schema.nameOf(other)}, because the partitioned table has the foreign key ${key.name}.`,
    remedy,
  });
  scope.report({
    rule: 'foreign-key-locks',
    table: other,
    lock: 'SHARE ROW EXCLUSIVE',
    severity: 'danger',
    message: `Writes to ${schema.nameOf(other)} wait while every row of ${schema.nameOf(part)} is checked.`,
    remedy,
  });
}

/** The tables that a partition references are locked when it is created or detached. */
export function lockReferenced(scope: Scope, table: Table): void {
  for (const { references } of foreignKeys(scope.schema, table))
    scope.lock(scope.schema.byKey(references as string), 'SHARE ROW EXCLUSIVE');
}

/** If there is a default partition, some of its rows may belong to a new partition. */
export function newPartition(scope: Scope, table: Table, bound: unknown): void {
  const { schema } = scope;
  const rest = schema.below(table).find(part => part.defaultPartition && part.parents.includes(keyOf(table)));
  if (!rest) return;
  const bounds = boundOf(bound);
  const [column] = table.partitionKey;
  const excluded =
    bounds !== null &&
    column !== undefined &&
    checksOf(rest).some(check => excludesBound(check, column, bounds));
  if (excluded) {
    scope.lock(rest, 'ACCESS EXCLUSIVE');
    return;
  }
  scope.report({
    rule: 'default-partition-scans',
    table: rest,
    lock: 'ACCESS EXCLUSIVE',
    scans: true,
    message: `Every row of the default partition ${schema.nameOf(rest)} is checked for the new partition, while its reads and writes wait.`,
  });
}

/** The expressions of the valid checks of a table. */
function checksOf({ constraints }: Table): Node[] {
  return constraints.flatMap(({ kind, valid, expression }) =>
    kind === 'check' && valid && expression ? [expression] : [],
  );
}

/** Whether validated checks prove the bounds, on columns that are not null. */
function proves(schema: Schema, table: Table, part: Table, bound: unknown): boolean {
  const bounds = boundOf(bound);
  const [column, ...more] = table.partitionKey;
  if (bounds !== null && column !== undefined && more.length === 0) {
    return (
      (isNotNull(schema, part, column) || !part.known) &&
      checksOf(part).some(check => impliesBound(check, column, bounds))
    );
  }
  return hasConstants(schema, part, bound);
}

/** For several columns or an unknown key: whether a check has the same constants. */
function hasConstants(schema: Schema, part: Table, bound: unknown): boolean {
  const constants = (node: unknown): string[] =>
    [...nodesOf(node, 'A_Const')].map(one => JSON.stringify({ ...one, location: undefined }));
  const wanted = new Set(constants(bound));
  if (wanted.size === 0) return false;
  return checksOf(part).some(expression => {
    const has = new Set(constants(expression));
    const columns = columnsIn(expression);
    return (
      [...wanted].every(one => has.has(one)) &&
      columns.every(column => isNotNull(schema, part, column) || !part.known)
    );
  });
}

/** DETACH PARTITION. */
export function detachPartition(scope: Scope, table: Table, { name, concurrent }: Node): void {
  const { schema } = scope;
  const part = schema.of(name);
  lockReferenced(scope, table);
  if (concurrent) {
    scope.lock(table, 'SHARE UPDATE EXCLUSIVE');
  } else {
    scope.lock(part, 'ACCESS EXCLUSIVE');
    scope.report({
      rule: 'detach-partition-locks',
      table,
      lock: 'ACCESS EXCLUSIVE',
      message: `Reads and writes of ${schema.nameOf(table)} wait until ${schema.nameOf(part)} is detached.`,
    });
  }
  schema.change(part, { parents: part.parents.filter(key => key !== keyOf(table)), defaultPartition: false });
}
