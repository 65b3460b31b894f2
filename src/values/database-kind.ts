/** A kind of database that migtui works with, as MikroORM's driver says. */
export type DatabaseKind = 'postgresql' | 'pglite' | 'sqlite' | 'libsql' | 'mysql' | 'mariadb';

/** How people call it. */
export const productNames: Readonly<Record<DatabaseKind, string>> = {
  postgresql: 'PostgreSQL',
  pglite: 'PGlite',
  sqlite: 'SQLite',
  libsql: 'libSQL',
  mysql: 'MySQL',
  mariadb: 'MariaDB',
};

/** What works on PostgreSQL (and PGlite) alone. */
export type Feature = 'shadow' | 'journal' | 'lint' | 'script' | 'backup' | 'fresh' | 'fleet' | 'schema';

/** Something that does not work on the database at hand. */
export interface Unavailable {
  readonly feature: Feature;
  /** What a person would miss: `rehearsals, tests, …`. */
  readonly what: string;
  /** Why, as the end of a sentence. */
  readonly why: string;
}
