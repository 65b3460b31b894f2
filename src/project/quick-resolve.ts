import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

/** The files of MikroORM and of what it builds its SQL with, wherever a package manager puts them: plain ES modules. */
const known = /^\/node_modules\/(@mikro-orm\/[a-z-]+|kysely)\//;

/**
 * The address of a file that a file of these packages imports by its relative path; null for anything else.
 * @param parent URL of the importing file, as Node gives it: without symbolic links
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

/** The stock CLI's helper needs yargs, some 40 files, to print its help alone. */
const withoutHelp = 'data:text/javascript,export default () => ({ showHelp() {} });';

/**
 * Does work that imports MikroORM. Its packages are some 450 files that import one another by their paths, and for each
 * Node asks the disk whether it is there, whether it is a link, and which package it is of: a quarter of the time that
 * loading takes, for what the path says already.
 */
export async function quickly<T>(work: () => Promise<T>): Promise<T> {
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
