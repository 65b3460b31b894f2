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

/** The properties of a kind of database. Not for PostgreSQL, which has its own dialect. */
export function productOf(kind: DatabaseKind): Product {
  return kind === 'mysql' || kind === 'mariadb' ? mysql : sqlite;
}

const everywhere: Readonly<Record<Exclude<Feature, 'schema'>, Omit<Unavailable, 'feature'>>> = {
  shadow: {
    what: 'rehearsals, tests, effects, comparisons with the schema, and revisions from the entities',
    why: 'the scratch database on which revisions are replayed is PostgreSQL',
  },
  journal: {
    what: 'the journal, undo and redo, edited files, and interrupted revisions',
    why: 'they are kept in a schema and in comments of PostgreSQL',
  },
  lint: {
    what: 'findings about locks, rewrites and data (lint)',
    why: "they are read by PostgreSQL's grammar and about its locks",
  },
  script: { what: 'scripts for later (--sql)', why: 'they are written for psql' },
  backup: { what: 'backups (--backup)', why: 'they are made with pg_dump' },
  fleet: { what: 'many schemas and databases at once (fleet)', why: "it reads PostgreSQL's catalog" },
  fresh: { what: 'emptying a database (fresh)', why: "it reads PostgreSQL's catalog" },
};

/** The unsupported features of a kind of database, and why. */
export function unavailableOn(kind: DatabaseKind): readonly Unavailable[] {
  const all = Object.entries(everywhere).map(([feature, words]) => ({
    feature: feature as Feature,
    ...words,
  }));
  return [
    ...all,
    {
      feature: 'schema',
      what: 'another schema (--schema)',
      why: `${productNames[kind]} has no schemas in a database`,
    },
  ];
}
