import type { FactKey } from '../effects.ts';
import type { Fact } from '../inventory.ts';
import { withoutSchemaName } from './names.ts';

/**
 * Whether an object that is created or dropped needs no statement, because it comes and goes with another.
 * @param others that are created or dropped with it
 * @param other the inventory that does not have it
 */
export function follows(fact: Fact, others: readonly Fact[], other: ReadonlyMap<FactKey, Fact>): boolean {
  // of a partition or an inheriting table
  if (fact.is.inherited)
    return others.some(one => one.kind === fact.kind && one.part === fact.part && one.name !== fact.name);
  // a column takes it over, and with it the next value, or leaves it
  if (fact.kind === 'sequence') {
    return [...other.values()].some(
      column => column.kind === 'column' && column.is.serial && sequenceOf(column) === fact.name,
    );
  }
  return false;
}

/** Whether an object changes by a statement of its own. */
export function changesAlone(from: Fact, to: Fact): boolean {
  const changed = Object.keys({ ...from.is, ...to.is }).filter(key => from.is[key] !== to.is[key]);
  // Both are a consequence of what the table inherits.
  if (changed.every(key => key === 'inherited')) return false;
  return !(to.kind === 'sequence' && to.is['owned by'] && changed.every(key => key === 'owner'));
}

/** The name of the sequence of a `serial` or identity column, qualified like that of its table. */
export function sequenceOf(column: Fact): string {
  const { schema, name, part, is } = column;
  const table = withoutSchemaName(column);
  const sequence = is['sequence name'] ?? `${table}_${part}_seq`;
  return table === name ? sequence : `${schema}.${sequence}`;
}
