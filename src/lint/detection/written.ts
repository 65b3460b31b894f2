import { type Node, namesIn, nodesOf } from '../../safety/parse.ts';
import type { Event, Guard, Table } from '../objects.ts';
import type { Schema } from '../schema.ts';
import type { Scope } from '../scope.ts';
import { insideRoutine, type LintInside } from './code.ts';

/** Analyses statements that another statement runs: their text, or their tree. */
export interface Inside extends LintInside {
  tree: (type: string, tree: Node) => void;
}

/** What a write to a table or a view reaches. */
export interface Written {
  /** The table whose rows are written; a view if that cannot be determined. */
  readonly table: Table;
  /** The table with the columns and keys as the view names them. */
  readonly named: Table;
  /** The conditions of the views in between. */
  readonly conditions: readonly Node[];
  /** Why the table is unknown, or null. */
  readonly unknown: string | null;
  /** PostgreSQL cannot write through the view. */
  readonly refused?: boolean;
}

/** Follows a write through views to the table. */
export function written(schema: Schema, target: Table, event: Event): Written {
  if (target.kind !== 'view') return { table: target, named: target, conditions: [], unknown: null };
  const guard = target.guards.find(one => one.instead && one.events.includes(event));
  const unsure = (unknown: string): Written => ({ table: target, named: target, conditions: [], unknown });
  if (guard) return unsure(`the ${guard.kind} ${guard.name}`);
  const base = simpleSource(schema, target);
  if (!base) return { ...unsure('its definition'), refused: target.definition !== null };
  const below = written(schema, base, event);
  const condition = target.definition?.whereClause as Node | undefined;
  return {
    ...below,
    named: renamed(target, below.named),
    conditions: condition ? [...below.conditions, condition] : below.conditions,
  };
}

const complex = [
  'groupClause',
  'havingClause',
  'distinctClause',
  'limitCount',
  'limitOffset',
  'withClause',
  'windowClause',
  'valuesLists',
];

/** The only table or view that a view selects from, if PostgreSQL can write through it. */
function simpleSource(schema: Schema, { definition }: Table): Table | null {
  if (!definition || complex.some(key => definition[key] !== undefined) || definition.op !== 'SETOP_NONE')
    return null;
  const from = definition.fromClause;
  const { RangeVar } = (Array.isArray(from) && from.length === 1 ? from[0] : {}) as { RangeVar?: Node };
  return RangeVar ? schema.of(RangeVar) : null;
}

/** A table with its columns and keys under the names of a view's output. */
function renamed({ definition, aliases }: Table, table: Table): Table {
  const names = new Map<string, string>();
  const targets = [...nodesOf(definition?.targetList, 'ResTarget')];
  for (const [index, { name, val }] of targets.entries()) {
    const { ColumnRef } = (val ?? {}) as { ColumnRef?: Node };
    const from = namesIn(ColumnRef?.fields).at(-1);
    if (from !== undefined) names.set(from, aliases[index] ?? (typeof name === 'string' ? name : from));
  }
  const to = (name: string | null): string | null => (name === null ? null : (names.get(name) ?? name));
  return {
    ...table,
    columns: new Map([...table.columns.values()].map(one => [to(one.name) as string, one])),
    indexes: table.indexes.map(index => ({ ...index, columns: index.columns.map(to) })),
  };
}

/** Code that runs because a statement writes to a table: its triggers, and rules that add statements. */
export function fires(
  scope: Scope,
  { table, target }: { readonly table: Table; readonly target: Table },
  event: Event,
  lint: Inside,
): void {
  const guards = target === table ? table.guards : [...target.guards, ...table.guards];
  for (const guard of guards) {
    if (!guard.events.includes(event)) continue;
    const why = `${scope.schema.nameOf(target)} has the ${guard.kind} ${guard.name}`;
    scope.because(why, () => run(scope, guard, lint));
  }
}

function run(scope: Scope, guard: Guard, lint: Inside): void {
  for (const action of guard.actions) {
    const [type, tree] = Object.entries(action)[0] ?? [];
    if (type) lint.tree(type, tree as Node);
  }
  const routine = guard.routine === null ? undefined : scope.schema.routines.get(guard.routine);
  if (routine) insideRoutine(scope, routine, lint);
}

/** Whether the query of a view may read a column of a table. */
export function mentions({ definition }: Table, table: Table, column: string): boolean {
  if (!definition) return true;
  const names = [...nodesOf(definition, 'ColumnRef')].map(({ fields }) => namesIn(fields));
  // `*` has no name.
  return names.some(parts => parts.length === 0 || parts.at(-1) === column || parts.at(-1) === table.name);
}
