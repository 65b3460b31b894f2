import type { Node } from '../../safety/parse.ts';
import type { Table } from '../objects.ts';
import { quotedTable } from '../questions.ts';
import type { Scope } from '../scope.ts';
import { isVolatile } from '../volatility.ts';
import { addConstraint } from './add-constraint.ts';
import { columnAdvice } from './advice.ts';
import { columnOf } from './column-of.ts';

/** ALTER TABLE … ADD COLUMN. */
export function addColumn(scope: Scope, table: Table, { def, missing_ok: ifMissing }: Node): void {
  const { schema } = scope;
  const definition = columnOf((def as Node).ColumnDef);
  const { column, type, serial, identity, generated, defaultValue, constraints } = definition;
  const name = schema.nameOf(table);
  scope.lock(table, 'ACCESS EXCLUSIVE');
  if (ifMissing && table.columns.has(column.name)) return;
  columnAdvice(scope, definition, table);
  const rewrite = (
    rule: 'volatile-default' | 'serial-column-rewrites' | 'stored-column-rewrites' | 'domain-column-rewrites',
    why: string,
  ): void =>
    scope.report({
      rule,
      table,
      lock: 'ACCESS EXCLUSIVE',
      rewrites: true,
      message: `Adding ${name}.${column.name} ${why}: all of ${name} is rewritten, and reads and writes wait.`,
    });
  const domain = type.array ? undefined : schema.domains.get(type.name);
  if (serial || identity) rewrite('serial-column-rewrites', 'numbers every row');
  else if (generated === 'stored') rewrite('stored-column-rewrites', 'computes a stored value for every row');
  else if (generated === null && defaultValue && isVolatile(defaultValue, schema)) {
    rewrite('volatile-default', 'computes its default for every row');
  } else if (domain?.constrained)
    rewrite('domain-column-rewrites', `checks the domain ${type.name} for every row`);
  if (generated === 'virtual' && scope.server.version < 18) tooOld(scope, 'Virtual generated columns', 18);
  if (column.notNull && !column.hasDefault) {
    scope.report({
      rule: 'required-column',
      table,
      lock: 'ACCESS EXCLUSIVE',
      message: `${name}.${column.name} must not be null and has no default: this fails when ${name} has a row, and inserts that do not set the column fail.`,
      question: { sql: `select * from ${quotedTable(table)}` },
    });
  } else if (column.notNull && generated === 'virtual') {
    scope.report({
      rule: 'not-null-scans',
      table,
      lock: 'ACCESS EXCLUSIVE',
      scans: true,
      message: `NOT NULL of the virtual column ${name}.${column.name} is checked for every row, while reads and writes wait.`,
    });
  }
  const made = { ...column, made: true, empty: !column.hasDefault };
  schema.change(table, { columns: new Map(table.columns).set(column.name, made) });
  for (const constraint of constraints) {
    addConstraint(scope, schema.table(table.schema, table.name), constraint, {
      column: column.name,
      // A foreign key on a column that is null in every row has nothing to check.
      nothingToCheck: constraint.contype === 'CONSTR_FOREIGN' && !column.hasDefault,
    });
  }
}

/** A statement that this server version does not support. */
export function tooOld(scope: Scope, what: string, since: number): void {
  scope.report({
    rule: 'newer-server',
    message: `${what} need PostgreSQL ${since}; this server is ${scope.server.version}.`,
  });
}
