import { relative } from 'node:path';
import type { MikroORM } from '@mikro-orm/core';
import type { Migration } from '@mikro-orm/migrations';
import { Failure } from '../../foundation/failure.ts';
import type { UserModules } from '../config/modules.ts';
import type { MigrationClass, MigrationSource } from './migration-source.ts';
import { lineIn, messageOf, missingPackage } from './thrown.ts';

/**
 * Imports a migration's class: the exported one with an `up` method, else the one that extends Migration. The
 * stock migrator takes the first exported function, but real projects export helpers next to the class.
 * @throws Failure `migration-broken` | `no-migration-class`
 */
export async function loadClass(
  modules: UserModules,
  root: string,
  source: MigrationSource,
): Promise<MigrationClass> {
  if (source.listed) return source.listed;
  const path = source.path as string;
  let exported: unknown;
  try {
    exported = await modules.coreFs.fs.dynamicImport<unknown>(path);
  } catch (error) {
    throw brokenMigration(root, source, error);
  }
  const functions = functionsOf(exported);
  const found =
    functions.find(value => typeof value.prototype?.up === 'function') ??
    functions.find(value => value.prototype instanceof modules.migrations.Migration);
  if (!found) throw noMigrationClass(root, source);
  return found as unknown as MigrationClass;
}

/**
 * Creates an instance, like MikroORM, and asks it whether it wants a transaction.
 * @throws Failure `migration-broken` if the class's own constructor or `isTransactional` throws
 */
export function instantiate(
  { root, orm }: { readonly root: string; readonly orm: MikroORM },
  Class: MigrationClass,
  source: MigrationSource,
  driver: object = orm.driver,
): { readonly migration: Migration; readonly transactional: boolean } {
  try {
    const migration = new Class(driver as never, orm.config as never);
    return { migration, transactional: migration.isTransactional() };
  } catch (error) {
    throw unusableMigration(root, source, error);
  }
}

/** The file of a migration cannot be imported. */
export function brokenMigration(root: string, { id, path }: MigrationSource, error: unknown): Failure {
  const file = path === null ? id : relative(root, path);
  const line = path === null ? undefined : lineIn(path, error);
  const absent = missingPackage(error);
  return new Failure(
    {
      code: 'migration-broken',
      message: `${line === undefined ? file : `${file}:${line}`} could not be imported: ${messageOf(error)}`,
      next: absent ? `Run: npm install ${absent}` : 'Fix the file; nothing was run.',
    },
    { cause: error },
  );
}

/** A module exports no migration. */
export function noMigrationClass(root: string, { id, path }: MigrationSource): Failure {
  return new Failure({
    code: 'no-migration-class',
    message: `${path === null ? id : relative(root, path)} exports no migration class.`,
    next: 'Export a class that extends Migration and has an up() method.',
  });
}

/** The class of a migration throws before it can run. */
export function unusableMigration(root: string, { id, path }: MigrationSource, error: unknown): Failure {
  const line = path && lineIn(path, error);
  return new Failure(
    {
      code: 'migration-broken',
      message: `${path ? relative(root, path) : id}${line ? `:${line}` : ''} cannot be constructed: ${messageOf(error)}`,
      next: 'Fix its constructor or isTransactional(); nothing was run.',
    },
    { cause: error },
  );
}

interface Exported {
  readonly prototype?: { readonly up?: unknown };
}

/** The functions that a module exports, in order; CommonJS exports may be under `default`. */
function functionsOf(exported: unknown): Exported[] {
  if (typeof exported === 'function') return [exported as Exported];
  const values = Object.values(exported as object);
  const inside = (exported as { default?: unknown }).default;
  const more = typeof inside === 'object' && inside !== null ? Object.values(inside) : [];
  return [...values, ...more].filter(value => typeof value === 'function');
}
