/** A kind of database that migtui supports, from MikroORM's driver. */
export type DatabaseKind = 'postgresql' | 'pglite' | 'sqlite' | 'libsql' | 'mysql' | 'mariadb';

/** Display name. */
export const productNames: Readonly<Record<DatabaseKind, string>> = {
  postgresql: 'PostgreSQL',
  pglite: 'PGlite',
  sqlite: 'SQLite',
  libsql: 'libSQL',
  mysql: 'MySQL',
  mariadb: 'MariaDB',
};

/** Whether a database is a file or a folder, which the first run creates. */
export const isEmbeddedKind: Readonly<Record<DatabaseKind, boolean>> = {
  postgresql: false,
  pglite: true,
  sqlite: true,
  libsql: true,
  mysql: false,
  mariadb: false,
};

/** Features that work only on PostgreSQL (and PGlite). */
export type Feature = 'shadow' | 'journal' | 'lint' | 'script' | 'backup' | 'fresh' | 'fleet' | 'schema';

/** A feature that the current database does not support. */
export interface Unavailable {
  readonly feature: Feature;
  /** The missing feature: `rehearsals, tests, …`. */
  readonly what: string;
  /** Why, as a sentence without its period. */
  readonly why: string;
  /** What to do instead. */
  readonly next?: string;
}
