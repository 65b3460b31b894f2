import type { Table } from '../objects.ts';
import type { Schema } from '../schema.ts';
import type { Scope } from '../scope.ts';

/** Why PostgreSQL refuses a statement, and what to do instead. */
export interface Refusal {
  readonly table?: Table | undefined;
  readonly message: string;
  readonly remedy: string;
}

/** Something of this name is there. */
export const already = (what: string, table?: Table): Refusal => ({
  table,
  message: `${what} already exists: this fails.`,
  remedy: 'Choose another name, or omit the statement.',
});

/** Nothing of this name is there. */
export const gone = (what: string, table?: Table): Refusal => ({
  table,
  message: `${what} does not exist: this fails.`,
  remedy: 'Correct the name, or create it first.',
});

/** No table has this name. */
export function missing({ schema }: Scope, range: unknown): Refusal[] {
  const { schemaname, relname = '' } = (range ?? {}) as { schemaname?: string; relname?: string };
  const system =
    relname.startsWith('pg_') || (schemaname !== undefined && /^(pg_|information_schema$)/.test(schemaname));
  if (!schema.everywhere || system || schema.path.length > 0) return [];
  const there =
    schemaname === undefined ? schema.hasName(relname) : schema.has({ schema: schemaname, name: relname });
  return there ? [] : [gone(schemaname === undefined ? relname : `${schemaname}.${relname}`)];
}

/** Columns that a table does not have. */
export function missingColumns({ schema }: Scope, range: unknown, names: readonly string[]): Refusal[] {
  const table = schema.of(range);
  return names.flatMap(name =>
    lacks(schema, table, name) ? [gone(`${schema.nameOf(table)}.${name}`, table)] : [],
  );
}

const systemColumns = ['ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid'];

/** Whether a table certainly has no such column. */
export function lacks(schema: Schema, table: Table, name: string): boolean {
  if (!table.known || table.open || table.kind === 'view' || table.kind === 'materialized') return false;
  if (table.columns.has(name) || systemColumns.includes(name)) return false;
  // What is added to a partitioned or inherited table is not repeated here.
  return table.parents.every(key => lacks(schema, schema.byKey(key), name));
}

/**
 * The beginning of a sentence: `The view a, the view b depend on c`.
 * @param by at least one
 */
export function dependText(what: string, by: readonly string[]): string {
  const [first = '', ...more] = by.length > 3 ? [...by.slice(0, 3), `${by.length - 3} more`] : by;
  const start = first.startsWith('the ') ? `The ${first.slice('the '.length)}` : first;
  return `${[start, ...more].join(', ')} ${more.length > 0 ? 'depend' : 'depends'} on ${what}`;
}

/** Something else depends on what is dropped. */
export function needed(what: string, by: readonly string[], table?: Table): Refusal {
  return {
    table,
    message: `${dependText(what, by)}: without CASCADE, this fails.`,
    remedy: 'Drop what depends on it first, in the same revision.',
  };
}

const kinds: Readonly<Record<Table['kind'], string>> = {
  table: 'a table',
  partitioned: 'a table',
  foreign: 'a foreign table',
  view: 'a view',
  materialized: 'a materialized view',
};

/** It exists, as something else. */
export function otherKind({ schema }: Scope, table: Table, wanted: Table['kind']): Refusal {
  return {
    table,
    message: `${schema.nameOf(table)} is ${kinds[table.kind]}, not ${kinds[wanted]}: this fails.`,
    remedy: 'Use the statement for its kind.',
  };
}
