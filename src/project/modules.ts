import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Failure } from '../foundation/failure.ts';

/** The MikroORM packages as the user's project has them: a second copy of core breaks `instanceof` everywhere. */
export interface UserModules {
  readonly core: typeof import('@mikro-orm/core');
  readonly coreFs: typeof import('@mikro-orm/core/fs-utils');
  readonly migrations: typeof import('@mikro-orm/migrations');
  readonly sql: typeof import('@mikro-orm/sql');
  readonly cli: typeof import('@mikro-orm/cli');
  /** Version of `@mikro-orm/core`. */
  readonly version: string;
  /** Imports any other package as the project resolves it; null when it is not installed. */
  readonly optional: <T>(name: string) => Promise<T | null>;
}

/**
 * Imports the project's own MikroORM.
 * @throws Failure `mikro-orm-missing` | `mikro-orm-version`
 */
export async function loadModules(root: string): Promise<UserModules> {
  const require = createRequire(join(root, 'package.json'));
  const version = readVersion(require);
  const load = async <T>(name: string): Promise<T> => {
    let path: string;
    try {
      path = require.resolve(name);
    } catch {
      throw missing(name);
    }
    return (await import(pathToFileURL(path).href)) as T;
  };
  // `sql` belongs to the migrations package: it may be nested below it rather than installed beside it
  const sqlFrom = createRequire(resolveOrFail(require, '@mikro-orm/migrations'));
  const [core, coreFs, migrations, cli, sql] = await Promise.all([
    load<UserModules['core']>('@mikro-orm/core'),
    load<UserModules['coreFs']>('@mikro-orm/core/fs-utils'),
    load<UserModules['migrations']>('@mikro-orm/migrations'),
    load<UserModules['cli']>('@mikro-orm/cli'),
    import(pathToFileURL(sqlFrom.resolve('@mikro-orm/sql')).href) as Promise<UserModules['sql']>,
  ]);
  const optional = async <T>(name: string): Promise<T | null> => {
    for (const from of [require, sqlFrom]) {
      try {
        return (await import(pathToFileURL(from.resolve(name)).href)) as T;
      } catch (error) {
        if ((error as { code?: string }).code !== 'MODULE_NOT_FOUND') throw error;
      }
    }
    return null;
  };
  return { core, coreFs, migrations, sql, cli, version, optional };
}

function readVersion(require: NodeJS.Require): string {
  let version: string;
  try {
    version = (require('@mikro-orm/core/package.json') as { version: string }).version;
  } catch {
    throw missing('@mikro-orm/core');
  }
  if (Number.parseInt(version, 10) < 7) {
    throw new Failure({
      code: 'mikro-orm-version',
      message: `This project has MikroORM ${version}; migtui needs MikroORM 7.1 or newer.`,
      next: 'Upgrade the @mikro-orm/* packages (https://mikro-orm.io/docs/upgrading-v6-to-v7), then run migtui again.',
    });
  }
  return version;
}

function resolveOrFail(require: NodeJS.Require, name: string): string {
  try {
    return require.resolve(name);
  } catch {
    throw missing(name);
  }
}

function missing(name: string): Failure {
  return new Failure({
    code: 'mikro-orm-missing',
    message: `The package ${name} is not installed in this project.`,
    next: `Run: npm install ${name}`,
  });
}
