import { Links } from './links.ts';
import {
  type Constraint,
  type Domain,
  type Index,
  keyOf,
  nothing,
  type Routine,
  type Table,
} from './objects.ts';

/** The schema before a statement: tables and everything else that linting needs, by key (`schema.name`). */
export class Schema {
  readonly defaultSchema: string;
  readonly tables: ReadonlyMap<string, Table>;
  readonly #tables: Map<string, Table>;
  readonly domains: Map<string, Domain>;
  /** Types other than domains, by name without a schema. */
  readonly types: Set<string>;
  /** Composite types among them. */
  readonly composites: Set<string>;
  /** Types and domains, by `schema.name`. */
  readonly typeKeys: Set<string>;
  /** By name without a schema. */
  readonly routines: Map<string, Routine>;
  /** Estimated rows and bytes of tables in the live database by key, for tables that are put in use. */
  sizes: ReadonlyMap<string, { readonly rows: number | null; readonly bytes: number | null }> = new Map();
  /** Schemas of a search_path that the SQL has set; empty: the default schema. */
  path: readonly string[] = [];
  /** Everything is known: objects that are not here do not exist. */
  complete = false;
  /** `complete`, and no schema of the database was left out. */
  everywhere = false;
  /** False once something ran whose effect on the schema is unknown. */
  certain = true;
  /** There are casts beyond PostgreSQL's own. */
  ownCasts = false;

  /** Null: not needed yet. */
  #links: Links | null = null;
  /** Keys of the tables that changed since `markInUse`. */
  readonly #changed: Set<string>;
  /** Keys of the tables that have parents. */
  readonly #children: Set<string>;

  constructor(defaultSchema = 'public', from?: Schema) {
    this.defaultSchema = defaultSchema;
    this.#tables = new Map(from?.tables);
    this.tables = this.#tables;
    this.#changed = new Set(from ? from.#changed : []);
    this.#children = new Set(from ? from.#children : []);
    this.domains = new Map(from?.domains);
    this.types = new Set(from?.types);
    this.composites = new Set(from?.composites);
    this.typeKeys = new Set(from?.typeKeys);
    this.routines = new Map(from?.routines);
  }

  /** An independent copy. */
  fork(): Schema {
    const copy = new Schema(this.defaultSchema, this);
    copy.complete = this.complete;
    copy.everywhere = this.everywhere;
    copy.certain = this.certain;
    copy.ownCasts = this.ownCasts;
    copy.sizes = this.sizes;
    copy.path = this.path;
    return copy;
  }

  key(schema: string | null | undefined, name: string): string {
    return `${schema || this.#schemaOf(name)}.${name}`;
  }

  /** The key of a type's name. */
  typeKey(names: readonly string[]): string {
    return `${names.at(-2) ?? this.path[0] ?? this.defaultSchema}.${names.at(-1) ?? ''}`;
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

  has(table: Pick<Table, 'schema' | 'name'>): boolean {
    return this.tables.has(keyOf(table));
  }

  put(table: Table): void {
    const key = keyOf(table);
    this.#links?.change(key, this.tables.get(key), table);
    this.#tables.set(key, { ...table, known: true });
    this.#changed.add(key);
    if (table.parents.length > 0) this.#children.add(key);
    else this.#children.delete(key);
  }

  /** Changes a table if it is known. */
  change(table: Table, change: Partial<Table>): void {
    const now = this.tables.get(keyOf(table));
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

  drop(table: Pick<Table, 'schema' | 'name'>): void {
    const key = keyOf(table);
    this.#links?.change(key, this.tables.get(key), undefined);
    this.#tables.delete(key);
    this.#changed.delete(key);
    this.#children.delete(key);
  }

  /** Tables and views that refer to one by its key: as a child, by a foreign key, a query, or a guard. */
  referringTo(key: string): Table[] {
    return this.#all(this.#linked().referring.get(key));
  }

  /** Whether a table or view has this name, in any schema. */
  hasName(name: string): boolean {
    return this.#linked().named.has(name);
  }

  /** Tables with an index of this name, in any schema. */
  withIndex(name: string): Table[] {
    return this.#all(this.#linked().indexed.get(name));
  }

  #linked(): Links {
    this.#links ??= new Links(this.tables);
    return this.#links;
  }

  #all(keys: Iterable<string>): Table[] {
    return [...keys].flatMap(key => this.tables.get(key) ?? []);
  }

  /** Its name in messages: without the default schema. */
  nameOf({ schema, name }: Pick<Table, 'schema' | 'name'>): string {
    return schema === this.defaultSchema ? name : `${schema}.${name}`;
  }

  /** Partitions and child tables of a table, recursively. */
  below(table: Table): Table[] {
    const key = keyOf(table);
    const found: Table[] = [];
    for (const heir of this.#children) {
      const one = this.tables.get(heir);
      if (one?.parents.includes(key)) found.push(one, ...this.below(one));
    }
    return found;
  }

  /** A later deployment: tables that were emptied may have rows again. */
  refill(): void {
    for (const key of this.#changed) {
      const table = this.tables.get(key);
      if (table?.emptied) this.#tables.set(key, { ...table, emptied: false });
    }
  }

  /** Views and materialized views that read a table or a view, also through others. */
  viewsOf(table: Table): Table[] {
    const found = new Map<string, Table>();
    const keys = [keyOf(table)];
    for (const key of keys) {
      for (const view of this.referringTo(key)) {
        const other = keyOf(view);
        if (!view.sources.includes(key) || found.has(other)) continue;
        found.set(other, view);
        keys.push(other);
      }
    }
    return [...found.values()];
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

  /**
   * Whether it had rows before the plan: clients use it.
   * @param alone without its child tables
   */
  inUse(table: Table, alone = false): boolean {
    return !hadNoRows(table, alone) && (alone ? table.rows : this.size(table).rows) !== 0;
  }

  /**
   * Whether it may have rows that are in use, and takes long to read.
   * @param alone without its child tables
   */
  populated(table: Table, alone = false): boolean {
    if (hadNoRows(table, alone)) return false;
    const all = alone ? [table] : [table, ...this.below(table)];
    return all.some(one => !one.made && !one.emptied && one.rows !== 0);
  }

  /**
   * All rows of a table were deleted.
   * @param alone without its child tables
   */
  empty(table: Table, alone = false): void {
    for (const one of alone ? [table] : [table, ...this.below(table)]) this.change(one, { emptied: true });
  }

  /** Everything created so far is in use from now on, with the sizes in the live database. */
  markInUse(): void {
    for (const key of this.#changed) {
      const table = this.tables.get(key);
      if (!table || (!table.made && !table.emptied && !hasMadeColumn(table))) continue;
      const columns = [...table.columns.values()];
      const { rows, bytes } = this.sizes.get(key) ?? { rows: null, bytes: null };
      this.#tables.set(key, {
        ...table,
        made: false,
        emptied: false,
        rows,
        bytes,
        columns: new Map(columns.map(column => [column.name, { ...column, made: false, empty: false }])),
      });
    }
    this.#changed.clear();
  }
}

/** Created in the plan; a partitioned table has no rows of its own. */
const hadNoRows = ({ made, kind }: Table, alone: boolean): boolean =>
  made || (alone && kind === 'partitioned');

function hasMadeColumn({ columns }: Table): boolean {
  for (const column of columns.values()) if (column.made) return true;
  return false;
}

/** Foreign keys of other tables that reference a column, with their tables. */
export function referring(schema: Schema, table: Table, column: string): (readonly [Table, Constraint])[] {
  const primary = table.constraints.find(({ kind }) => kind === 'primary')?.columns ?? [];
  const key = keyOf(table);
  const refers = ({ references, referenced }: Constraint): boolean =>
    references === key && (referenced.length > 0 ? referenced : primary).includes(column);
  const found: (readonly [Table, Constraint])[] = [];
  for (const other of schema.referringTo(key)) {
    if (!other.constraints.some(refers)) continue;
    if (keyOf(other) === key) continue;
    if (isPartOf(schema, other, one => one.constraints.some(refers))) continue;
    for (const one of other.constraints) if (refers(one)) found.push([other, one]);
  }
  return found;
}

/** Whether a table is a partition of one that meets a condition. */
export function isPartOf(schema: Schema, table: Table, meets: (whole: Table) => boolean): boolean {
  return table.parents.some(parent => {
    const whole = schema.byKey(parent);
    return whole.kind === 'partitioned' && (meets(whole) || isPartOf(schema, whole, meets));
  });
}
