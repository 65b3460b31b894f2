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
}

export interface Constraint {
  readonly name: string;
  readonly kind: 'check' | 'foreign' | 'unique' | 'primary' | 'exclusion' | 'not-null';
  /** For a check, the columns in its expression. */
  readonly columns: readonly string[];
  readonly valid: boolean;
  /** Key of the referenced table. */
  readonly references: string | null;
  /** Columns of the referenced table; empty: its primary key. */
  readonly referenced: readonly string[];
  readonly expression: Node | null;
}

export interface Index {
  readonly name: string;
  /** In order; null for an expression. */
  readonly columns: readonly (string | null)[];
  /** Columns in expressions and in the condition. */
  readonly mentions: readonly string[];
  readonly unique: boolean;
  readonly partial: boolean;
  readonly valid: boolean;
}

/** A table or a view. Values are immutable; a changed table is a new value. */
export interface Table {
  readonly schema: string;
  readonly name: string;
  readonly kind: 'table' | 'partitioned' | 'view' | 'materialized' | 'foreign';
  /** False if its contents are unknown: it may have anything. */
  readonly known: boolean;
  readonly columns: ReadonlyMap<string, Column>;
  readonly constraints: readonly Constraint[];
  readonly indexes: readonly Index[];
  /** Created in the linted plan: not in use, and assumed to be empty. */
  readonly made: boolean;
  /** Keys of its parents (partitioned table or inheritance). */
  readonly parents: readonly string[];
  readonly defaultPartition: boolean;
  readonly unlogged: boolean;
  /** Estimated rows in the live database; null: unknown, so it counts as populated. */
  readonly rows: number | null;
  /** Bytes with indexes. */
  readonly bytes: number | null;
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

const nothing: Omit<Table, 'schema' | 'name'> = {
  kind: 'table',
  known: false,
  columns: new Map(),
  constraints: [],
  indexes: [],
  made: false,
  parents: [],
  defaultPartition: false,
  unlogged: false,
  rows: null,
  bytes: null,
};

/** The schema before a statement: tables and everything else that linting needs, by key (`schema.name`). */
export class Schema {
  readonly defaultSchema: string;
  readonly tables: ReadonlyMap<string, Table>;
  readonly #tables: Map<string, Table>;
  readonly domains: Map<string, Domain>;
  /** Types other than domains, by name without a schema. */
  readonly types: Set<string>;
  /** By name without a schema. */
  readonly routines: Map<string, Routine>;
  /** Estimated rows and bytes of tables in the live database by key, for tables that are put in use. */
  sizes: ReadonlyMap<string, { readonly rows: number | null; readonly bytes: number | null }> = new Map();
  /** Schemas of a search_path that the SQL has set; empty: the default schema. */
  path: readonly string[] = [];
  /** Everything is known: objects that are not here do not exist. */
  complete = false;

  /** Keys of what was put since all was settled. */
  readonly #unsettled: Set<string>;
  /** Keys of the tables that have parents. */
  readonly #children: Set<string>;

  constructor(defaultSchema = 'public', from?: Schema) {
    this.defaultSchema = defaultSchema;
    this.#tables = new Map(from?.tables);
    this.tables = this.#tables;
    this.#unsettled = new Set(from ? from.#unsettled : []);
    this.#children = new Set(from ? from.#children : []);
    this.domains = new Map(from?.domains);
    this.types = new Set(from?.types);
    this.routines = new Map(from?.routines);
  }

  /** An independent copy. */
  fork(): Schema {
    const copy = new Schema(this.defaultSchema, this);
    copy.complete = this.complete;
    copy.sizes = this.sizes;
    copy.path = this.path;
    return copy;
  }

  key(schema: string | null | undefined, name: string): string {
    return `${schema || this.#schemaOf(name)}.${name}`;
  }

  /** Where a name without a schema is found, or made. */
  #schemaOf(name: string): string {
    const { path } = this;
    return path.find(one => this.tables.has(`${one}.${name}`)) ?? path[0] ?? this.defaultSchema;
  }

  /** The table of a name; if unknown, one with unknown contents. */
  table(schema: string | null | undefined, name: string): Table {
    const found = this.tables.get(this.key(schema, name));
    return found ?? { ...nothing, schema: schema || this.#schemaOf(name), name };
  }

  byKey(key: string): Table {
    const dot = key.indexOf('.');
    return this.table(key.slice(0, dot), key.slice(dot + 1));
  }

  /** The table of a RangeVar. */
  of(range: unknown): Table {
    const { schemaname, relname } = (range ?? {}) as { schemaname?: string; relname?: string };
    return this.table(schemaname, relname ?? '');
  }

  has({ schema, name }: Pick<Table, 'schema' | 'name'>): boolean {
    return this.tables.has(`${schema}.${name}`);
  }

  put(table: Table): void {
    const key = `${table.schema}.${table.name}`;
    this.#tables.set(key, { ...table, known: true });
    this.#unsettled.add(key);
    if (table.parents.length > 0) this.#children.add(key);
    else this.#children.delete(key);
  }

  /** Changes a table if it is known. */
  change(table: Table, change: Partial<Table>): void {
    const now = this.tables.get(`${table.schema}.${table.name}`);
    if (now) this.put({ ...now, ...change });
  }

  /**
   * Marks indexes as INVALID.
   * @param names as `schema.index`
   */
  invalidate(names: ReadonlySet<string>): void {
    if (names.size === 0) return;
    for (const table of [...this.tables.values()]) {
      const isInvalid = (index: Index): boolean => names.has(`${table.schema}.${index.name}`);
      if (!table.indexes.some(isInvalid)) continue;
      this.put({
        ...table,
        indexes: table.indexes.map(index => (isInvalid(index) ? { ...index, valid: false } : index)),
      });
    }
  }

  drop({ schema, name }: Pick<Table, 'schema' | 'name'>): void {
    const key = `${schema}.${name}`;
    this.#tables.delete(key);
    this.#unsettled.delete(key);
    this.#children.delete(key);
  }

  /** Its name in messages: without the default schema. */
  nameOf({ schema, name }: Pick<Table, 'schema' | 'name'>): string {
    return schema === this.defaultSchema ? name : `${schema}.${name}`;
  }

  /** Partitions and child tables of a table, recursively. */
  below(table: Table): Table[] {
    const key = `${table.schema}.${table.name}`;
    const found: Table[] = [];
    for (const heir of this.#children) {
      const one = this.tables.get(heir);
      if (one?.parents.includes(key)) found.push(one, ...this.below(one));
    }
    return found;
  }

  /** Rows and bytes of a table with its partitions; null: unknown. */
  size(table: Table): { readonly rows: number | null; readonly bytes: number | null } {
    const parts = this.below(table).filter(part => !part.made);
    if (parts.length === 0) return { rows: table.rows, bytes: table.bytes };
    const sum = (of: (one: Table) => number | null): number | null =>
      [table, ...parts].reduce<number | null>((all, one) => {
        const part = of(one);
        return all === null || part === null ? null : all + part;
      }, 0);
    return { rows: sum(one => one.rows), bytes: sum(one => one.bytes) };
  }

  /** Whether it may have rows that are in use. */
  populated(table: Table): boolean {
    return !table.made && this.size(table).rows !== 0;
  }

  /** Everything created so far is in use from now on, with the sizes in the live database. */
  settle(): void {
    for (const key of this.#unsettled) {
      const table = this.tables.get(key);
      if (!table || (!table.made && !hasMadeColumn(table))) continue;
      const columns = [...table.columns.values()];
      const { rows, bytes } = this.sizes.get(key) ?? { rows: null, bytes: null };
      this.#tables.set(key, {
        ...table,
        made: false,
        rows,
        bytes,
        columns: new Map(columns.map(column => [column.name, { ...column, made: false, empty: false }])),
      });
    }
    this.#unsettled.clear();
  }
}

function hasMadeColumn({ columns }: Table): boolean {
  for (const column of columns.values()) if (column.made) return true;
  return false;
}

/** Foreign keys of other tables that reference a column, with their tables. */
export function referring(schema: Schema, table: Table, column: string): (readonly [Table, Constraint])[] {
  const primary = table.constraints.find(({ kind }) => kind === 'primary')?.columns ?? [];
  const key = `${table.schema}.${table.name}`;
  return [...schema.tables.values()]
    .filter(other => other.schema !== table.schema || other.name !== table.name)
    .flatMap(other =>
      other.constraints
        .filter(
          ({ references, referenced }) =>
            references === key && (referenced.length > 0 ? referenced : primary).includes(column),
        )
        .map(one => [other, one] as const),
    );
}
