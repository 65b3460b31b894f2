import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Failure } from '../../foundation/failure.ts';
import { driverPackages } from './kind.ts';
import { quickly } from './quick-resolve.ts';
import { readPackage } from './root.ts';

/**
 * The MikroORM packages as resolved by the user's project: a second copy of core breaks `instanceof`
 * everywhere.
 */
export interface UserModules {
  readonly core: typeof import('@mikro-orm/core');
  readonly coreFs: typeof import('@mikro-orm/core/fs-utils');
  readonly migrations: typeof import('@mikro-orm/migrations');
  readonly sql: typeof import('@mikro-orm/sql');
  readonly cli: Pick<typeof import('@mikro-orm/cli'), 'CLIHelper'>;
  /** Their locations, as URLs. */
  readonly places: {
    /** The module of only the `Migration` class. */
    readonly migration: string;
    readonly core: string;
    readonly sql: string;
  };
  /** The URL of a package as resolved by the project; null if it is not installed. */
  readonly urlOf: (name: string) => string | null;
  /** Version of `@mikro-orm/core`. */
  readonly version: string;
  /**
   * Imports any other package as resolved by the project; null if it is not installed. For a package with
   * both, the ES module next to the CommonJS one.
   */
  readonly optional: <T>(name: string) => Promise<T | null>;
}

/**
 * Imports the project's own MikroORM.
 * @throws Failure `mikro-orm-missing` | `mikro-orm-version` | `mikro-orm-mismatch`
 */
export async function loadModules(root: string): Promise<UserModules> {
  const places = new Places(root);
  const version = requireVersions(places);
  const load = async <T>(name: string): Promise<T> =>
    (await import(pathToFileURL(places.resolve(name)).href)) as T;
  const driver = onlyDriver(root, places);
  const [core, coreFs, migrations, cli, sql] = await quickly(() =>
    Promise.all([
      load<UserModules['core']>('@mikro-orm/core'),
      load<UserModules['coreFs']>('@mikro-orm/core/fs-utils'),
      load<UserModules['migrations']>('@mikro-orm/migrations'),
      // Its index imports every command of the stock CLI.
      import(new URL('CLIHelper.js', pathToFileURL(places.resolve('@mikro-orm/cli'))).href) as Promise<
        UserModules['cli']
      >,
      load<UserModules['sql']>('@mikro-orm/sql'),
      // Before the project's TypeScript loader is registered, which would parse each of its files.
      driver === null ? null : load(driver).catch(() => {}),
    ]),
  );
  const optional = async <T>(name: string): Promise<T | null> => {
    const path = places.find(name);
    if (path === null) return null;
    const module = path.replace(/\.cjs$/, '.mjs');
    return (await import(pathToFileURL(existsSync(module) ? module : path).href)) as T;
  };
  const url = (name: string): string => pathToFileURL(realpathSync(places.resolve(name))).href;
  return {
    core,
    coreFs,
    migrations,
    sql,
    cli,
    version,
    optional,
    urlOf: name => (places.find(name) === null ? null : url(name)),
    places: {
      migration: new URL('Migration.js', url('@mikro-orm/migrations')).href,
      core: url('@mikro-orm/core'),
      sql: url('@mikro-orm/sql'),
    },
  };
}

/** The driver that the project's package.json depends on; null if it is not exactly one. */
function onlyDriver(root: string, { drivers }: Places): string | null {
  const { dependencies, devDependencies } = readPackage(root) ?? {};
  const declared = drivers.filter(name => name in { ...dependencies, ...devDependencies });
  return declared.length === 1 ? (declared[0] as string) : null;
}

/**
 * The locations of the project's packages. Package managers that isolate packages (pnpm) put transitive
 * dependencies, such as core and sql, where only MikroORM's packages see them.
 */
class Places {
  readonly #requires: NodeJS.Require[];
  /** The installed driver packages. */
  readonly drivers: readonly string[];

  constructor(root: string) {
    const own = createRequire(join(root, 'package.json'));
    this.#requires = [own];
    // The migrations package comes first: `sql` must be the copy that it uses.
    const found: string[] = [];
    for (const name of ['@mikro-orm/migrations', ...Object.values(driverPackages), '@mikro-orm/cli']) {
      const path = this.find(name);
      if (path) this.#requires.push(createRequire(realpathSync(path)));
      if (path) found.push(name);
    }
    this.drivers = found.filter(name => Object.values(driverPackages).includes(name));
  }

  /** Absolute path that `import` of the name would load; null if it is not installed. */
  find(name: string): string | null {
    // Its own sql and pg, even if other copies are hoisted.
    const [own, ...inside] = this.#requires as [NodeJS.Require, ...NodeJS.Require[]];
    for (const require of name === '@mikro-orm/sql' || name === 'pg' ? [...inside, own] : [own, ...inside]) {
      try {
        return require.resolve(name);
      } catch (error) {
        const { code } = error as { code?: string };
        if (code !== 'MODULE_NOT_FOUND' && code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw error;
      }
    }
    return null;
  }

  /** @throws Failure `mikro-orm-missing` */
  resolve(name: string): string {
    const path = this.find(name);
    if (path === null) throw missing(name.split('/', 2).join('/'));
    return path;
  }

  /** The version of an installed package; null if it is not installed. */
  version(name: string): string | null {
    const path = this.find(`${name}/package.json`) ?? this.#packageOf(name);
    if (path === null) return null;
    return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
  }

  #packageOf(name: string): string | null {
    const path = this.find(name);
    return path && join(dirname(path), 'package.json');
  }
}

/**
 * @throws Failure unless core and its related packages are all installed, new enough, and at the same version
 */
function requireVersions(places: Places): string {
  const needed = ['@mikro-orm/core', '@mikro-orm/migrations', '@mikro-orm/cli'];
  const found = [...needed, ...places.drivers].map(name => ({ name, version: places.version(name) }));
  const version = found[0]?.version;
  if (version) {
    const [major = 0, minor = 0] = version.split('.').map(part => Number.parseInt(part, 10));
    if (major < 7 || (major === 7 && minor < 1)) {
      throw new Failure({
        code: 'mikro-orm-version',
        message: `This project has MikroORM ${version}; migtui needs MikroORM 7.1 or newer.`,
        next:
          major < 7
            ? 'Upgrade the @mikro-orm/* packages (https://mikro-orm.io/docs/upgrading-v6-to-v7), then run migtui again.'
            : 'Run: npm install @mikro-orm/core@7 with all other @mikro-orm/* packages, then run migtui again.',
      });
    }
  }
  for (const { name, version } of found.slice(0, needed.length)) if (version === null) throw missing(name);
  const other = found.filter(one => one.version !== null && one.version !== version);
  if (other.length > 0 && !process.env.MIKRO_ORM_ALLOW_VERSION_MISMATCH) {
    throw new Failure({
      code: 'mikro-orm-mismatch',
      message: `The @mikro-orm/* packages must all have one version: core is ${version}, ${other
        .map(({ name, version }) => `${name.replace('@mikro-orm/', '')} is ${version}`)
        .join(', ')}.`,
      next: `Run: npm install ${found
        .filter(one => one.version !== null)
        .map(({ name }) => `${name}@${version}`)
        .join(' ')}`,
    });
  }
  return version as string;
}

function missing(name: string): Failure {
  return new Failure({
    code: 'mikro-orm-missing',
    message: `The package ${name} is not installed in this project.`,
    next: `Run: npm install ${name}`,
  });
}
