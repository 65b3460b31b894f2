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

/** Features that work only on PostgreSQL (and PGlite). */
export type Feature = 'shadow' | 'journal' | 'lint' | 'script' | 'backup' | 'fresh' | 'fleet' | 'schema';

/** A feature that the current database does not support. */
export interface Unavailable {
  readonly feature: Feature;
  /** The missing feature: `rehearsals, tests, …`. */
  readonly what: string;
  /** Why, as the end of a sentence. */
  readonly why: string;
}
