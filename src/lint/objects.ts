import type { Node } from '../safety/parse.ts';
import type { TypeRef } from './type-name.ts';

/** A column after the previous statements. */
export interface Column {
  readonly name: string;
  readonly type: TypeRef;
  readonly notNull: boolean;
  readonly hasDefault: boolean;
  readonly identity: boolean;
  /** Added in the linted plan: no client uses it yet. */
  readonly made: boolean;
  /** Added in the linted plan without a value: it is null in every row. */
  readonly empty: boolean;
  /** A virtual generated column: it is not stored. */
  readonly virtual: boolean;
  /** Columns in the expression of a generated column. */
  readonly from: readonly string[];
}

export interface Constraint {
  readonly name: string;
  readonly kind: 'check' | 'foreign' | 'unique' | 'primary' | 'exclusion' | 'not-null';
  /** For a check, the columns in its expression. */
  readonly columns: readonly string[];
  readonly valid: boolean;
  /** False for NOT ENFORCED. */
  readonly enforced: boolean;
  /** Key of the referenced table. */
  readonly references: string | null;
  /** Columns of the referenced table; empty: its primary key. */
  readonly referenced: readonly string[];
  readonly expression: Node | null;
}

export interface Index {
  readonly name: string;
  /** PostgreSQL chooses a name that is not in use if the statement has none. */
  readonly named: boolean;
  /** In order; null for an expression. */
  readonly columns: readonly (string | null)[];
  /** Columns in expressions and in the condition. */
  readonly mentions: readonly string[];
  /** Columns with a collation of their own, independent of the table's. */
  readonly collated: readonly string[];
  readonly unique: boolean;
  readonly partial: boolean;
  readonly valid: boolean;
}

/** What a trigger or a rule reacts to. */
export type Event = 'insert' | 'update' | 'delete' | 'truncate';

/** The events of rules and of the actions of MERGE, as the parse tree names them. */
export const commandEvents: Readonly<Record<string, Event>> = {
  CMD_INSERT: 'insert',
  CMD_UPDATE: 'update',
  CMD_DELETE: 'delete',
};

/** A trigger, rule or policy. */
export interface Guard {
  readonly kind: 'trigger' | 'rule' | 'policy';
  readonly name: string;
  readonly events: readonly Event[];
  /** It replaces the statement. */
  readonly instead: boolean;
  /** The function of a trigger, without its schema. */
  readonly routine: string | null;
  /** Columns of its table that it names: of UPDATE OF, WHEN, USING, WITH CHECK. */
  readonly columns: readonly string[];
  /** Keys of the other tables and views that it names. */
  readonly reads: readonly string[];
  /** The statements of a rule. */
  readonly actions: readonly Node[];
}

/** A table or a view. Values are immutable; a changed table is a new value. */
export interface Table {
  readonly schema: string;
  readonly name: string;
  readonly kind: 'table' | 'partitioned' | 'view' | 'materialized' | 'foreign';
  /** False if its contents are unknown: it may have anything. */
  readonly known: boolean;
  /** It may have columns that are not here. */
  readonly open: boolean;
  readonly columns: ReadonlyMap<string, Column>;
  readonly constraints: readonly Constraint[];
  readonly indexes: readonly Index[];
  /** Created in the linted plan: not in use, and assumed to be empty. */
  readonly made: boolean;
  /** Keys of its parents (partitioned table or inheritance). */
  readonly parents: readonly string[];
  readonly defaultPartition: boolean;
  /** Columns by which it is partitioned; empty if it is not, or by an expression. */
  readonly partitionKey: readonly string[];
  readonly unlogged: boolean;
  /** False for a materialized view that queries cannot read until it is refreshed. */
  readonly filled: boolean;
  /** The query of a view; null if unknown. */
  readonly definition: Node | null;
  /** Column names in parentheses after the name of a view. */
  readonly aliases: readonly string[];
  /** Keys of the tables and views that the query of a view reads. */
  readonly sources: readonly string[];
  readonly guards: readonly Guard[];
  /** Estimated rows in the live database; null: unknown, so it counts as populated. */
  readonly rows: number | null;
  /** Bytes with indexes. */
  readonly bytes: number | null;
  /** All of its rows were deleted earlier in the linted plan: it is in use, and has nothing to scan. */
  readonly emptied: boolean;
}

export interface Routine {
  readonly language: string;
  readonly body: string;
  /** The statement that creates it. */
  readonly text: string;
  readonly volatile: boolean;
}

export interface Domain {
  readonly base: TypeRef;
  readonly constrained: boolean;
}

/** What a table is without any statement about it. */
export const nothing: Omit<Table, 'schema' | 'name'> = {
  kind: 'table',
  known: false,
  open: true,
  columns: new Map(),
  constraints: [],
  indexes: [],
  made: false,
  parents: [],
  defaultPartition: false,
  partitionKey: [],
  unlogged: false,
  filled: true,
  definition: null,
  aliases: [],
  sources: [],
  guards: [],
  rows: null,
  bytes: null,
  emptied: false,
};

/** The key of a table: `schema.name`. */
export const keyOf = ({ schema, name }: Pick<Table, 'schema' | 'name'>): string => `${schema}.${name}`;
