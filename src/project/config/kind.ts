import type { Configuration } from '@mikro-orm/core';
import type { DatabaseKind } from '../../values/database-kind.ts';

/** The package of each driver, besides `@mikro-orm/sql`, which contains SQLite's driver for `node:sqlite`. */
export const driverPackages: Readonly<Record<DatabaseKind, string>> = {
  postgresql: '@mikro-orm/postgresql',
  pglite: '@mikro-orm/pglite',
  sqlite: '@mikro-orm/sqlite',
  libsql: '@mikro-orm/libsql',
  mysql: '@mikro-orm/mysql',
  mariadb: '@mikro-orm/mariadb',
};

/** The kind of database of a config's driver; null: one that migtui does not support. */
export function kindOf(config: Configuration): DatabaseKind | null {
  const driver = (config.get('driver') as { name?: string } | undefined)?.name ?? '';
  // By name: another copy of the package is equivalent.
  const is = (name: string): boolean => classNames(config.getPlatform()).includes(name);
  if (is('BasePostgreSqlPlatform')) return /pglite/i.test(driver) ? 'pglite' : 'postgresql';
  if (is('SqlitePlatform')) return /libsql/i.test(driver) ? 'libsql' : 'sqlite';
  if (is('MariaDbPlatform')) return 'mariadb';
  return is('BaseMySqlPlatform') ? 'mysql' : null;
}

function classNames(platform: object): string[] {
  const names: string[] = [];
  for (let at: object | null = platform; at; at = Object.getPrototypeOf(at)) names.push(at.constructor.name);
  return names;
}

/** PostgreSQL itself, on a server or embedded. */
export const isPostgres = (kind: DatabaseKind): boolean => kind === 'postgresql' || kind === 'pglite';
