import type { Node, Statement } from '../../safety/parse.ts';
import { columnOf } from '../detection/column-of.ts';
import { quoted } from '../questions.ts';
import type { Schema } from '../schema.ts';
import { fill } from './backfill.ts';
import { notNullOf } from './constraints.ts';
import { nothing, type Rewrite } from './rewrite.ts';
import { cutAt, tableIn, withoutSemicolon } from './statement.ts';

/** What can follow a default in a column definition. */
const behind = [
  'not',
  'null',
  'constraint',
  'check',
  'unique',
  'primary',
  'references',
  'generated',
  'collate',
];

/**
 * ADD COLUMN with a default that differs from row to row: added without a default, filled in batches, then
 * changed to the requested definition.
 */
export function volatileDefaultOf(
  { text, tree }: Statement,
  command: Node,
  schema: Schema,
): Rewrite | string | null {
  const { column, serial, identity, generated, defaultValue, constraints } = columnOf(
    (command.def as Node | undefined)?.ColumnDef,
  );
  if (serial || identity || generated || !defaultValue) return null;
  const plain = ['CONSTR_DEFAULT', 'CONSTR_NOTNULL', 'CONSTR_NULL'];
  if (constraints.some(({ contype }) => !plain.includes(contype ?? ''))) return null;
  const cut = cutAt(withoutSemicolon(text), ['default', 'not', 'null']);
  // The default comes first, as usual.
  if (cut?.word !== 'default') return null;
  const value = cutAt(cut.after, behind)?.before ?? cut.after;
  const sql = tableIn(tree);
  const name = quoted(column.name);
  const backfill = fill(schema, schema.of(tree.relation), sql, {
    column: column.name,
    value,
    condition: `${name} is null`,
  });
  if (typeof backfill === 'string') return backfill;
  const { now, validate, finish, back } = column.notNull ? notNullOf(sql, column.name) : nothing;
  return {
    ...{ ...nothing, now, validate, finish },
    expand: [cut.before, `alter table ${sql} alter column ${name} set default ${value}`],
    backfill: [backfill.sql],
    back: { ...back, expand: [`alter table ${sql} drop column ${name}`] },
  };
}
