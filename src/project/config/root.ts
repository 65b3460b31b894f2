import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Failure } from '../../foundation/failure.ts';

/** The places where the stock CLI finds a config in the current folder, unless configured otherwise. */
const usual = ['', 'src/', 'dist/', 'build/'].flatMap(folder => [
  `${folder}mikro-orm.config.ts`,
  `${folder}mikro-orm.config.js`,
]);

/**
 * The nearest parent folder with a package.json; if it has no config, the nearest folder on the way that has
 * one: the package.json of an app in a monorepo may be further up. Packages are resolved from there as from
 * any folder below.
 * @throws Failure `no-project` | `package-broken`
 */
export function findRoot(from: string): string {
  let configured: string | undefined;
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const configuredHere = hasConfig(folder);
    if (existsSync(join(folder, 'package.json'))) {
      requirePackage(join(folder, 'package.json'));
      return configuredHere ? folder : (configured ?? folder);
    }
    if (configuredHere) configured ??= folder;
    if (dirname(folder) === folder) break;
  }
  throw new Failure({
    code: 'no-project',
    message: `There is no package.json in ${from} or above it.`,
    next: 'Run migtui in the folder of a MikroORM project.',
  });
}

/** Whether the folder has a config where the stock CLI looks for one. */
export function hasConfig(folder: string): boolean {
  return usual.some(file => existsSync(join(folder, file)));
}

/** The fields of a package.json that are read. */
export interface Package {
  readonly name?: string;
  readonly dependencies?: object;
  readonly devDependencies?: object;
  readonly workspaces?: readonly string[] | { readonly packages?: readonly string[] };
  readonly 'mikro-orm'?: { readonly configPaths?: unknown };
}

/** The package.json of a folder; null if there is none or it cannot be read. */
export function readPackage(folder: string): Package | null {
  try {
    const found: unknown = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8').replace(/^\ufeff/, ''),
    );
    return typeof found === 'object' ? (found as Package | null) : null;
  } catch {
    return null;
  }
}

/** Node and MikroORM read it, too, and fail without naming the file. */
function requirePackage(path: string): void {
  let why = 'it is not a JSON object';
  try {
    const found: unknown = JSON.parse(readFileSync(path, 'utf8').replace(/^\ufeff/, ''));
    if (typeof found === 'object' && found !== null && !Array.isArray(found)) return;
  } catch (error) {
    why = (error as Error).message;
  }
  throw new Failure({
    code: 'package-broken',
    message: `${path} cannot be read: ${why}.`,
    next: 'Fix it; npm cannot read it either.',
  });
}
