import { longIdentifiers } from '../../safety/parse.ts';
import type { Table } from '../objects.ts';
import type { Scope } from '../scope.ts';
import type { ColumnDefinition } from './column-of.ts';

/** Advice on a new column, independent of the table's contents. */
export function columnAdvice(
  scope: Scope,
  { column, type, serial, identity, constraints }: ColumnDefinition,
  table: Table,
): void {
  const name = `${scope.schema.nameOf(table)}.${column.name}`;
  if (type.name === 'bpchar')
    scope.report({ rule: 'char-column', table, message: `${name} is padded with blanks.` });
  if (type.name === 'timestamp')
    scope.report({ rule: 'timestamp-without-zone', table, message: `${name} has no time zone.` });
  if (type.name === 'money')
    scope.report({ rule: 'money-column', table, message: `${name} is of type money.` });
  if (serial) scope.report({ rule: 'serial-column', table, message: `${name} is a serial column.` });
  if (type.name === 'json')
    scope.report({
      rule: 'json-column',
      table,
      message: `${name} is json: queries with distinct, group by or union over it fail.`,
    });
  const primary = constraints.some(one => one.contype === 'CONSTR_PRIMARY');
  if (primary && (serial || identity) && ['int4', 'int2'].includes(column.type.name)) {
    scope.report({
      rule: 'small-primary-key',
      table,
      message: `${name} ends at ${column.type.name === 'int4' ? '2,147,483,647' : '32,767'}.`,
    });
  }
}

const longest = 63;

/** Names that PostgreSQL truncates. */
export function longNames(scope: Scope, sql: string): void {
  for (const name of longIdentifiers(sql, longest + 1)) {
    scope.report({
      rule: 'identifier-too-long',
      message: `"${name}" has ${Buffer.byteLength(name)} bytes: PostgreSQL keeps the first ${longest}.`,
    });
  }
}
