import {
  type DatabaseKind,
  type Feature,
  productNames,
  type Unavailable,
} from '../../values/database-kind.ts';

/** The differences of a database other than PostgreSQL. */
export interface Product {
  /** Schema changes in a transaction are rolled back. */
  readonly rollsBackSchema: boolean;
  /**
   * How runs of different processes exclude each other: with a lock file, with the server's own lock, or not
   * at all.
   */
  readonly lock: 'file' | 'server';
  /** The default port of a server, which is not shown; null: a file. */
  readonly port: number | null;
  readonly version: Question;
  /** Set on a connection before the first query; empty: nothing. */
  readonly session: string;
  /** The names of tables and views, as `name`. */
  tables(schema: string): Question;
  /** The names of a table's columns, as `name`. */
  columns(schema: string, table: string): Question;
}

/** A statement with `?` for each parameter. */
export type Question = readonly [sql: string, params?: readonly unknown[]];

const sqlite: Product = {
  rollsBackSchema: true,
  lock: 'file',
  port: null,
  version: ['select sqlite_version() as version'],
  // Another process may be committing, and drivers differ in whether they wait for it.
  session: 'pragma busy_timeout = 5000',
  tables: () => [
    "select name from sqlite_master where type in ('table', 'view') and substr(name, 1, 7) <> 'sqlite_'",
  ],
  columns: (_, table) => ['select name from pragma_table_info(?)', [table]],
};

const mysql: Product = {
  rollsBackSchema: false,
  lock: 'server',
  port: 3306,
  version: ['select version() as version'],
  session: '',
  tables: schema => [
    'select table_name as name from information_schema.tables where table_schema = ?',
    [schema],
  ],
  columns: (schema, table) => [
    'select column_name as name from information_schema.columns where table_schema = ? and table_name = ?',
    [schema, table],
  ],
};

const products: Readonly<Record<Exclude<DatabaseKind, 'postgresql' | 'pglite'>, Product>> = {
  sqlite,
  libsql: sqlite,
  mysql,
  mariadb: mysql,
};

/** The properties of a kind of database. Not for PostgreSQL, which has its own dialect. */
export const productOf = (kind: DatabaseKind): Product => products[kind as keyof typeof products];

const everywhere: Readonly<Record<Exclude<Feature, 'schema'>, Omit<Unavailable, 'feature'>>> = {
  shadow: {
    what: 'rehearsals, tests, schema comparisons and revisions from the entities',
    why: 'Revisions are replayed on a scratch database, which is always PostgreSQL',
    next: 'To generate a revision from the entities: mikro-orm migration:create',
  },
  journal: {
    what: 'the journal, undo, redo, and the detection of edited files and interrupted revisions',
    why: 'They use a schema and comments of PostgreSQL',
  },
  lint: {
    what: 'lint',
    why: "The rules use PostgreSQL's grammar and locks",
  },
  script: { what: 'SQL scripts (--sql)', why: 'They are written for psql' },
  backup: { what: 'backups (--backup)', why: 'They are made with pg_dump' },
  fleet: { what: 'fleet', why: "It reads PostgreSQL's catalog" },
  fresh: { what: 'fresh', why: "It reads PostgreSQL's catalog" },
};

/** The unsupported features of a kind of database, and why. */
export function unavailableOn(kind: DatabaseKind): readonly Unavailable[] {
  const all = Object.entries(everywhere).map(([feature, texts]) => ({
    feature: feature as Feature,
    ...texts,
  }));
  return [
    ...all,
    {
      feature: 'schema',
      what: 'another schema (--schema)',
      why: `A ${productNames[kind]} database has no schemas`,
    },
  ];
}
