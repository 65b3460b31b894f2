import { type Node, nodesOf } from '../../safety/parse.ts';
import type { Table } from '../schema.ts';
import type { Scope } from '../scope.ts';
import { columnsIn } from '../volatility.ts';
import { isNotNull } from './add-constraint.ts';

const keyOf = ({ schema, name }: Table): string => `${schema}.${name}`;

/** ATTACH PARTITION. */
export function attachPartition(scope: Scope, table: Table, { name, bound }: Node): void {
  const { schema } = scope;
  const part = schema.of(name);
  scope.lock(table, 'SHARE UPDATE EXCLUSIVE');
  if (!proves(part, bound)) {
    scope.report({
      rule: 'attach-scans',
      table: part,
      lock: 'ACCESS EXCLUSIVE',
      scans: true,
      message: `Every row of ${schema.nameOf(part)} is checked against the bounds of the partition, while its reads and writes wait.`,
    });
  } else scope.lock(part, 'ACCESS EXCLUSIVE');
  newPartition(scope, table);
  schema.change(part, {
    parents: [...part.parents, keyOf(table)],
    defaultPartition: (bound as Node | undefined)?.is_default === true,
  });
}

/** If there is a default partition, some of its rows may belong to a new partition. */
export function newPartition(scope: Scope, table: Table): void {
  const { schema } = scope;
  const rest = schema.below(table).find(part => part.defaultPartition && part.parents.includes(keyOf(table)));
  if (!rest) return;
  scope.report({
    rule: 'default-partition-scans',
    table: rest,
    lock: 'ACCESS EXCLUSIVE',
    scans: true,
    message: `Every row of the default partition ${schema.nameOf(rest)} is checked for the new partition, while its reads and writes wait.`,
  });
}

/**
 * Whether a validated check is equivalent to the bounds: the same constants, on a column that is not null.
 */
function proves(part: Table, bound: unknown): boolean {
  const constants = (node: unknown): string[] =>
    [...nodesOf(node, 'A_Const')].map(one => JSON.stringify({ ...one, location: undefined }));
  const wanted = new Set(constants(bound));
  if (wanted.size === 0) return false;
  return part.constraints.some(({ kind, valid, expression }) => {
    if (kind !== 'check' || !valid || !expression) return false;
    const has = new Set(constants(expression));
    const columns = columnsIn(expression);
    return (
      [...wanted].every(one => has.has(one)) &&
      columns.every(column => isNotNull(part, column) || !part.known)
    );
  });
}

/** DETACH PARTITION. */
export function detachPartition(scope: Scope, table: Table, { name, concurrent }: Node): void {
  const { schema } = scope;
  const part = schema.of(name);
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
