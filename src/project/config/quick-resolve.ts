import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

/** The files of MikroORM and of Kysely, wherever a package manager puts them: plain ES modules. */
const known = /^\/node_modules\/(@mikro-orm\/[a-z-]+|kysely)\//;

/**
 * The URL of a relative import between files of these packages; null for anything else.
 * @param parent URL of the importing file, as Node provides it: without symbolic links
 */
export function siblingUrl(specifier: string, parent: string | undefined): string | null {
  if (
    parent === undefined ||
    !/^\.\.?\//.test(specifier) ||
    !known.test(parent.slice(Math.max(0, parent.lastIndexOf('/node_modules/'))))
  )
    return null;
  return new URL(specifier, parent).href;
}

/** The stock CLI's helper imports yargs, about 40 files, only to print its help. */
const withoutHelp = 'data:text/javascript,export default () => ({ showHelp() {} });';

/**
 * In Node 22.17 these hooks fail together with those of tsx: its load hook returns no source for CommonJS, and the
 * conditions of a `require` are not an array.
 */
const canHook = Number.parseInt(process.versions.node, 10) >= 24;

/**
 * Runs work that imports MikroORM. Its packages have about 450 files that import each other by relative
 * paths. For each one, Node checks on disk whether it exists, whether it is a link, and to which package it
 * belongs, which takes a quarter of the load time although the path already contains the answer.
 */
export async function quickly<T>(work: () => Promise<T>): Promise<T> {
  if (!canHook) return work();
  const siblings = new Set<string>();
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (specifier === 'yargs' && context.parentURL?.endsWith('/@mikro-orm/cli/CLIHelper.js')) {
        return { url: withoutHelp, shortCircuit: true };
      }
      const url = context.conditions.includes('import') ? siblingUrl(specifier, context.parentURL) : null;
      if (url === null) return next(specifier, context);
      siblings.add(url);
      return { url, shortCircuit: true };
    },
    load(url, context, next) {
      if (!siblings.has(url) || !url.endsWith('.js')) return next(url, context);
      return { format: 'module', source: readFileSync(new URL(url), 'utf8'), shortCircuit: true };
    },
  });
  try {
    return await work();
  } finally {
    hooks.deregister();
  }
}

/** The folder of migtui's built modules, as a URL. */
const own = new URL('.', import.meta.url).href;

/** PGlite's modules: plain ES modules, like migtui's own. */
const pglite = /\/node_modules\/@electric-sql\/pglite\/dist\/[^/]*\.js$/;

let registered = false;

/**
 * Loads migtui's modules and PGlite's without the hooks of the project's TypeScript loader, which were
 * registered before: tsx parses every module to rewrite its dynamic imports, which for these files takes
 * longer than loading them. Only the first call has an effect.
 */
export function loadPlainModules(): void {
  if (!canHook || registered) return;
  registered = true;
  registerHooks({
    resolve(specifier, context, next) {
      const { conditions, parentURL } = context;
      if (
        !parentURL?.startsWith(own) ||
        !/^\.\.?\/.*\.js$/.test(specifier) ||
        !conditions.includes('import')
      ) {
        return next(specifier, context);
      }
      return { url: new URL(specifier, parentURL).href, format: 'module', shortCircuit: true };
    },
    load(url, context, next) {
      const plain = url.endsWith('.js') && (url.startsWith(own) || pglite.test(url));
      if (!plain || context.format !== 'module') return next(url, context);
      return { format: 'module', source: readFileSync(new URL(url), 'utf8'), shortCircuit: true };
    },
  });
}
