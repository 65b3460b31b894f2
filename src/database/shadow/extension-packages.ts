import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Failure } from '../../foundation/failure.ts';

/** Extensions whose package has a different name. */
const packageOf: Readonly<Record<string, string>> = { vector: '@electric-sql/pglite-pgvector' };

/** The package that provides an extension for PGlite; null if none is known. */
export function knownPackage(extension: string): string | null {
  return packageOf[extension] ?? (['postgis', 'age'].includes(extension) ? packageFor(extension) : null);
}

const packageFor = (extension: string): string => `@electric-sql/pglite-${extension}`;

/**
 * The module of an extension from an installed `@electric-sql/pglite-*` package of the project; null if there
 * is none.
 * @param pglite version of PGlite that loads it
 * @throws Failure `shadow-extension-version` if the package is for another version of PGlite
 */
export async function installedExtension(
  require: NodeJS.Require,
  extension: string,
  pglite: string,
): Promise<object | null> {
  const key = extension.replaceAll('-', '_');
  const names = [packageOf[extension], packageFor(extension), packageFor(key), packageFor(`pg_${key}`)];
  for (const name of new Set(names)) {
    const main = name && mainOf(require, name);
    if (!main) continue;
    const { version, peerDependencies = {} } = manifestAt(main, name);
    const wanted = peerDependencies['@electric-sql/pglite'];
    if (wanted !== undefined && !accepts(wanted, pglite)) {
      throw new Failure({
        code: 'shadow-extension-version',
        message: `${name} ${version} is for @electric-sql/pglite ${wanted}, and the shadow is ${pglite}: its extension "${extension}" cannot be loaded.`,
        next: `Run: npm install --save-dev @electric-sql/pglite@${wanted}, or use a server for scratch databases: --shadow postgres://…`,
      });
    }
    const module = (await import(pathToFileURL(main).href)) as Record<string, object | undefined>;
    const found = module[key] ?? (module.default as Record<string, object | undefined> | undefined)?.[key];
    if (found) return found;
  }
  return null;
}

/** Whether a version is in a range, for the range formats that peer dependencies on a 0.x package use. */
function accepts(range: string, version: string): boolean {
  const exact = /^\d/.test(range);
  if (exact) return range === version;
  const [, from] = /^[~^](\d+\.\d+)\.\d+$/.exec(range) ?? [];
  return from === undefined || version.startsWith(`${from}.`);
}

function mainOf(require: NodeJS.Require, name: string): string | null {
  try {
    return require.resolve(name);
  } catch {
    return null;
  }
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** A package.json that is not exported is read from next to the entry point. */
function manifestAt(main: string, name: string): Manifest {
  for (let folder = dirname(main); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
      if (manifest.name === name) return manifest;
    } catch {}
  }
  return {};
}
