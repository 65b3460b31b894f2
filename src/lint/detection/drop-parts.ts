import type { Node } from '../../safety/parse.ts';
import { keyOf, type Table } from '../objects.ts';
import { quoted, quotedTable } from '../questions.ts';
import { referring } from '../schema.ts';
import type { Scope } from '../scope.ts';
import { dropViews } from './drops.ts';
import { mentions } from './written.ts';

/** ALTER TABLE … DROP COLUMN. */
export function dropColumn(scope: Scope, table: Table, { name, behavior, missing_ok: ifThere }: Node): void {
  const { schema } = scope;
  const column = table.columns.get(String(name));
  scope.lock(table, 'ACCESS EXCLUSIVE');
  if (ifThere && table.known && !column) return;
  const of = `${schema.nameOf(table)}.${String(name)}`;
  scope.report({
    rule: 'drop-column',
    table,
    lock: 'ACCESS EXCLUSIVE',
    made: column?.made === true && scope.before === null,
    own: before => column !== undefined && !before.table(table.schema, table.name).columns.has(column.name),
    message: `The values of ${of} are lost${behavior === 'DROP_CASCADE' ? ', with everything that depends on the column' : ''}; running clients that name it fail.`,
    question: { sql: `select * from ${quotedTable(table)} where ${quoted(String(name))} is not null` },
  });
  for (const one of table.constraints) {
    if (one.kind === 'foreign' && one.references && one.columns.includes(String(name)))
      scope.lock(schema.byKey(one.references), 'ACCESS EXCLUSIVE');
  }
  if (behavior === 'DROP_CASCADE') {
    schema.certain = false;
    for (const [other] of referring(schema, table, String(name))) scope.lock(other, 'ACCESS EXCLUSIVE');
    dropViews(
      scope,
      schema.viewsOf(table).filter(view => mentions(view, table, String(name))),
    );
  }
  const columns = new Map(table.columns);
  columns.delete(String(name));
  schema.change(table, {
    columns,
    constraints: table.constraints.filter(one => !one.columns.includes(String(name))),
    indexes: table.indexes.filter(
      one => !one.columns.includes(String(name)) && !one.mentions.includes(String(name)),
    ),
  });
}

/** ALTER TABLE … DROP CONSTRAINT. */
export function dropConstraint(
  scope: Scope,
  table: Table,
  { name, behavior, missing_ok: ifThere }: Node,
): void {
  const { schema } = scope;
  const found = table.constraints.find(one => one.name === name);
  scope.lock(table, 'ACCESS EXCLUSIVE');
  if (ifThere && table.known && !found) return;
  if (found?.references) scope.lock(schema.byKey(found.references), 'ACCESS EXCLUSIVE');
  if (behavior === 'DROP_CASCADE') {
    const key = keyOf(table);
    for (const other of schema.referringTo(key)) {
      if (other.constraints.some(one => one.references === key)) scope.lock(other, 'ACCESS EXCLUSIVE');
    }
    schema.certain = false;
  }
  // A check that only repeats the column definitions protects nothing.
  const repeats =
    found?.kind === 'check' &&
    found.columns.length === 1 &&
    table.columns.get(found.columns[0] as string)?.notNull &&
    found.expression !== null &&
    'NullTest' in found.expression;
  if (!repeats) {
    scope.report({
      rule: 'drop-constraint',
      table,
      lock: 'ACCESS EXCLUSIVE',
      own: before => !before.table(table.schema, table.name).constraints.some(one => one.name === name),
      message: `${schema.nameOf(table)} now accepts rows that ${String(name)} rejected.`,
    });
  }
  schema.change(table, {
    constraints: table.constraints.filter(one => one.name !== name),
    indexes: table.indexes.filter(one => one.name !== name),
  });
}
