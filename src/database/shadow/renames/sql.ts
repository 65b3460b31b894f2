import { quoteIdent, quoteLiteral } from '../../quote.ts';
import type { SchemaJson } from '../schema.ts';
import { renamed } from './after.ts';
import { checksOf, followers, isTable, sequencesOf, type Table } from './json.ts';
import type { Rename } from './rename.ts';

/** The statements that rename, and those that revert it, each in the order in which they run. */
export function renameSql(
  schema: SchemaJson,
  renames: readonly Rename[],
): { readonly up: string[]; readonly down: string[] } {
  let now = schema;
  const pairs = renames.flatMap(rename => {
    const statements = statementsOf(now, rename);
    now = renamed(now, [rename]);
    return statements;
  });
  return { up: pairs.map(([up]) => up), down: pairs.map(([, down]) => down).reverse() };
}

/** @param schema after the renames before this one */
function statementsOf(schema: SchemaJson, rename: Rename): [up: string, down: string][] {
  const { from, to } = rename;
  const there = (one: string): string => sqlName(rename.schema, one);
  if (rename.kind === 'enum type') return moved('type', there, from, to);
  const name = there(rename.kind === 'table' ? to : rename.of);
  const pair = (start: string, before: string, after: string): [string, string] => [
    `${start} ${before} to ${after};`,
    `${start} ${after} to ${before};`,
  ];
  if (rename.kind === 'enum value') {
    return [pair(`alter type ${name} rename value`, quoteLiteral(from), quoteLiteral(to))];
  }
  if (rename.kind === 'index') return moved('index', there, from, to);
  if (rename.kind === 'constraint') {
    return [pair(`alter table ${name} rename constraint`, quoteIdent(from), quoteIdent(to))];
  }
  const table = schema.tables.find(one =>
    isTable(one, rename.schema, rename.kind === 'table' ? from : rename.of),
  );
  if (rename.kind === 'value') return valueStatements(table, name, rename);
  const constraints = followers(table, rename).map(([old, fresh]) =>
    pair(`alter table ${name} rename constraint`, quoteIdent(old), quoteIdent(fresh)),
  );
  if (rename.kind === 'column') {
    return [pair(`alter table ${name} rename column`, quoteIdent(from), quoteIdent(to)), ...constraints];
  }
  const sequences = sequencesOf(table, from).flatMap(([old, column]) =>
    moved('sequence', there, old, `${to}_${column}_seq`),
  );
  return [...moved('table', there, from, to), ...constraints, ...sequences];
}

/** @param there the name in its schema, for SQL */
function moved(
  kind: 'table' | 'sequence' | 'index' | 'type',
  there: (name: string) => string,
  from: string,
  to: string,
): [up: string, down: string][] {
  return [
    [
      `alter ${kind} ${there(from)} rename to ${quoteIdent(to)};`,
      `alter ${kind} ${there(to)} rename to ${quoteIdent(from)};`,
    ],
  ];
}

/** The check is dropped so that rows can have the new value; the comparison afterwards recreates it. */
function valueStatements(
  table: Table | undefined,
  name: string,
  { column, from, to }: Extract<Rename, { kind: 'value' }>,
): [up: string, down: string][] {
  const set = (old: string, fresh: string): string =>
    `update ${name} set ${quoteIdent(column)} = ${quoteLiteral(fresh)} where ${quoteIdent(column)} = ${quoteLiteral(old)};`;
  const checks = checksOf(table, column).map(({ name: check, definition }): [string, string] => [
    `alter table ${name} drop constraint ${quoteIdent(check)};`,
    `alter table ${name} add constraint ${quoteIdent(check)} ${definition};`,
  ]);
  return [...checks, [set(from, to), set(to, from)]];
}

function sqlName(schema: string | undefined, name: string): string {
  return schema === undefined || schema === 'public'
    ? quoteIdent(name)
    : `${quoteIdent(schema)}.${quoteIdent(name)}`;
}
