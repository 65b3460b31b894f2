import { relative } from 'node:path';
import type { Migration } from '@mikro-orm/migrations';
import { Failure } from '../foundation/failure.ts';
import type { UserModules } from './modules.ts';
import type { MigrationSource } from './sources.ts';

/** The constructor of a migration. */
export type MigrationClass = new (...args: ConstructorParameters<typeof Migration>) => Migration;

/**
 * Imports a migration's class: the exported one with an `up` method. The stock migrator takes the first
 * function that the module exports; real projects export helpers beside the class.
 * @throws Failure `migration-broken` | `no-migration-class`
 */
export async function loadClass(
  modules: UserModules,
  root: string,
  source: MigrationSource,
): Promise<MigrationClass> {
  if (source.listed) return source.listed;
  const path = source.path as string;
  const file = relative(root, path);
  let exported: Record<string, unknown>;
  try {
    exported = await modules.coreFs.fs.dynamicImport<Record<string, unknown>>(path);
  } catch (error) {
    throw new Failure(
      {
        code: 'migration-broken',
        message: `${file} could not be imported: ${error instanceof Error ? error.message : String(error)}`,
        next: 'Fix the file; nothing was run.',
      },
      { cause: error },
    );
  }
  const functions = Object.values(exported).filter(value => typeof value === 'function');
  const found = functions.find(value => typeof value.prototype?.up === 'function');
  if (!found) {
    throw new Failure({
      code: 'no-migration-class',
      message: `${file} exports no migration class.`,
      next: 'Export a class that extends Migration and has an up() method.',
    });
  }
  return found as MigrationClass;
}
