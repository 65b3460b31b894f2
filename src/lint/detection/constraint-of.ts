import { type Node, namesIn } from '../../safety/parse.ts';
import type { Constraint, Index, Table } from '../objects.ts';
import type { Schema } from '../schema.ts';
import { columnsIn } from '../volatility.ts';

const kinds: Readonly<Record<string, Constraint['kind']>> = {
  CONSTR_CHECK: 'check',
  CONSTR_FOREIGN: 'foreign',
  CONSTR_UNIQUE: 'unique',
  CONSTR_PRIMARY: 'primary',
  CONSTR_EXCLUSION: 'exclusion',
  CONSTR_NOTNULL: 'not-null',
};

/**
 * Reads a Constraint node of a table, or of one of its columns.
 * @returns null if it is not a table constraint, such as a default
 */
export function constraintOf(node: Node, table: Table, schema: Schema, column?: string): Constraint | null {
  const kind = kinds[String(node.contype)];
  if (!kind) return null;
  const keys = namesIn(kind === 'foreign' ? node.fk_attrs : node.keys);
  const columns = kind === 'check' ? columnsIn(node.raw_expr) : column !== undefined ? [column] : keys;
  const { pktable } = node as { pktable?: { schemaname?: string; relname?: string } };
  const suffix = {
    check: 'check',
    foreign: 'fkey',
    unique: 'key',
    primary: 'pkey',
    exclusion: 'excl',
    'not-null': 'not_null',
  }[kind];
  const several = kind === 'check' && columns.length !== 1;
  const middle = kind === 'primary' || several ? '' : `${columns.join('_')}_`;
  return {
    name: String(node.conname ?? node.indexname ?? `${table.name}_${middle}${suffix}`),
    kind,
    columns,
    valid: node.skip_validation !== true,
    enforced: node.is_enforced === true,
    references: pktable ? schema.key(pktable.schemaname, pktable.relname ?? '') : null,
    referenced: namesIn(node.pk_attrs),
    expression: (node.raw_expr as Node | undefined) ?? null,
  };
}

/** The index of a key. */
export function uniqueIndex(name: string, columns: readonly string[]): Index {
  return {
    name,
    named: true,
    columns,
    mentions: [],
    collated: [],
    unique: true,
    partial: false,
    valid: true,
  };
}

/** The index that a constraint creates; null if it needs none. */
function indexBehind({ kind, name, columns }: Constraint): Index | null {
  return kind === 'unique' || kind === 'primary' ? uniqueIndex(name, columns) : null;
}

/** The table after a constraint was added. */
export function withConstraint(table: Table, constraint: Constraint, existing?: Index): Partial<Table> {
  const index = existing ? null : indexBehind(constraint);
  const columns = new Map(table.columns);
  if (constraint.kind === 'primary' || (constraint.kind === 'not-null' && constraint.valid)) {
    for (const name of existing ? existing.columns : constraint.columns) {
      const column = columns.get(name ?? '');
      if (column) columns.set(column.name, { ...column, notNull: true });
    }
  }
  return {
    columns,
    constraints: [...table.constraints, constraint],
    indexes: index ? [...table.indexes, index] : table.indexes,
  };
}
