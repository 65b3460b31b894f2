import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import MagicString from 'magic-string';
import { ResolverFactory } from 'oxc-resolver';
import { transformSync } from 'oxc-transform';
import { parseSync } from '../project/files/oxc.ts';
import type { ModuleAnswer } from './sandbox/protocol.ts';

/*
 * Modules of the project for the isolated process, which cannot run a compiler itself.
 */

/** Variables that CommonJS code expects, if a file is loaded as an ES module anyway. */
const commonJs = {
  require:
    "import { createRequire as migtuiRequire } from 'node:module'; const require = migtuiRequire(import.meta.url);",
  __filename:
    "import { fileURLToPath as migtuiPath } from 'node:url'; const __filename = migtuiPath(import.meta.url.split('?')[0]);",
  __dirname:
    "import { fileURLToPath as migtuiFolder } from 'node:url'; const __dirname = migtuiFolder(new URL('.', import.meta.url));",
} as const;

/**
 * Reads a module and compiles TypeScript to JavaScript.
 * @param migrationUrl of MikroORM's `Migration` class: a file that imports nothing else from its package need
 * not load all of it
 */
export function moduleSource(url: string, migrationUrl: string): ModuleAnswer {
  try {
    const path = fileURLToPath(url.split('?')[0] as string);
    const text = readFileSync(path, 'utf8');
    if (extname(path) === '.json') return { source: text, format: 'json' };
    const typescript = /\.[cm]?tsx?$/.test(path);
    const { code: compiled, map } = typescript ? compile(path, text) : { code: text, map: '' };
    const { module } = parseSync(path.replace(/tsx?$/, 'js'), compiled);
    const isModule = module.hasModuleSyntax || (!/\.c[jt]s$/.test(path) && isModuleFolder(path));
    if (!isModule) return { source: compiled + map, format: 'commonjs' };
    return { source: withoutPackage(compiled, path, migrationUrl) + map, format: 'module' };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** JavaScript, and its source map. */
function compile(path: string, text: string): { readonly code: string; readonly map: string } {
  const { code, map, errors } = transformSync(path, text, {
    lang: path.endsWith('x') ? 'tsx' : 'ts',
    sourceType: 'unambiguous',
    decorator: { legacy: true },
    typescript: { rewriteImportExtensions: false },
    target: 'es2022',
    sourcemap: true,
  });
  const [first] = errors;
  if (first) throw new SyntaxError(first.message);
  const encoded = Buffer.from(JSON.stringify({ ...map, sources: [path] })).toString('base64');
  return { code, map: `\n//# sourceMappingURL=data:application/json;base64,${encoded}\n` };
}

/**
 * Imports only the Migration class instead of its package, and defines CommonJS variables for code that uses
 * them.
 */
function withoutPackage(code: string, path: string, migrationUrl: string): string {
  const { module } = parseSync(path.replace(/\.[cm]?tsx?$/, '.js'), code);
  const edited = new MagicString(code);
  for (const { moduleRequest, entries } of module.staticImports) {
    const alone =
      moduleRequest.value === '@mikro-orm/migrations' &&
      entries.length > 0 &&
      entries.every(({ importName }) => importName.kind === 'Name' && importName.name === 'Migration');
    if (alone) edited.overwrite(moduleRequest.start, moduleRequest.end, JSON.stringify(migrationUrl));
  }
  for (const [name, definition] of Object.entries(commonJs)) {
    const used = new RegExp(`(?<![\\w$.])${name}(?![\\w$])`).test(code);
    const declared = new RegExp(`\\b(?:const|let|var|function)\\s+${name}\\b`).test(code);
    // On the first line, so that line numbers in the file do not change.
    if (used && !declared) edited.prepend(`${definition} `);
  }
  return edited.toString();
}

/** Whether the nearest package.json makes `.js` files ES modules. */
function isModuleFolder(path: string): boolean {
  if (/\.m[jt]s$/.test(path)) return true;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const file = `${folder}/package.json`;
    if (existsSync(file))
      return (JSON.parse(readFileSync(file, 'utf8')) as { type?: string }).type === 'module';
    if (dirname(folder) === folder) return false;
  }
}

/**
 * Resolves what Node does not: imports without an extension, TypeScript behind `.js`, and paths of
 * tsconfig.json.
 */
export class ModuleResolver {
  readonly #resolver = new ResolverFactory({
    extensions: ['.ts', '.tsx', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json'],
    extensionAlias: { '.js': ['.ts', '.tsx', '.js'], '.mjs': ['.mts', '.mjs'], '.cjs': ['.cts', '.cjs'] },
    conditionNames: ['node', 'import', 'require'],
    tsconfig: 'auto',
  });

  resolve(specifier: string, parent: string): ModuleAnswer {
    try {
      const from = fileURLToPath(parent.split('?')[0] as string);
      const { path } = this.#resolver.resolveFileSync(from, specifier);
      return path ? { url: pathToFileURL(path).href } : {};
    } catch {
      return {};
    }
  }
}
