import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { Failure } from '../../foundation/failure.ts';
import type { FileChange } from '../../values/authoring.ts';
import { wrapConfig } from '../config/wrap-config.ts';
import { changeOf, read } from './file-change.ts';
import { newConfig } from './new-config.ts';

/** The changes that set up a project. */
export interface Setup {
  readonly files: readonly FileChange[];
  readonly notes: readonly string[];
}

interface PackageJson {
  readonly name?: string;
  readonly type?: string;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly 'mikro-orm'?: { readonly configPaths?: readonly string[] };
}

/**
 * Wraps the project's MikroORM config with `withMigtui`, or writes one if there is none, and creates the
 * migrations folder. Nothing is loaded or run: this works before anything is installed.
 * @param asked explicitly given config file, relative to `root` or absolute
 * @param folder the migrations folder, absolute, if the config is already loaded
 * @throws Failure `no-config` | `config-not-wrapped`
 */
export function setUp(root: string, asked?: string, folder?: string | null): Setup {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as PackageJson;
  const path = configOf(root, manifest, asked);
  const typescript = usesTypeScript(root, manifest);
  const notes: string[] = [];
  const files: FileChange[] = [];
  let migrations = folder;
  if (path) {
    const source = read(path) as string;
    const wrapped = wrapConfig(relative(root, path), source);
    if (wrapped === null) notes.push(`${relative(root, path)} is already set up.`);
    else files.push(changeOf(root, path, wrapped));
    if (!typescript && /\.[cm]?js$/.test(path) && !/\bemit\b/.test(source)) {
      notes.push(`Set migrations.emit to 'js' in the config. Otherwise, new migrations are TypeScript.`);
    }
    migrations = folder === undefined ? folderNamedIn(root, source) : folder;
  } else {
    const { name = 'app', type } = manifest;
    const config = newConfig({ root, name, typescript, esModules: type === 'module' });
    files.push(changeOf(root, join(root, `mikro-orm.config.${typescript ? 'ts' : 'js'}`), config.text));
    migrations = join(root, 'migrations');
    const key = typescript ? 'entities and entitiesTs' : 'entities';
    notes.push(
      `The new config takes the database from DATABASE_URL, and the entities from ${config.entities.join(', ')}. If yours are elsewhere, change ${key} in it.`,
    );
  }
  if (migrations && !existsSync(migrations)) files.push(changeOf(root, join(migrations, '.gitkeep'), ''));
  return { files, notes: [...notes, ...missingPackages(root, manifest, path === null)] };
}

/** The config file that the stock CLI finds, TypeScript first. */
function configOf(root: string, manifest: PackageJson, asked: string | undefined): string | null {
  if (asked !== undefined) {
    const path = resolve(root, asked);
    if (existsSync(path)) return path;
    throw new Failure({
      code: 'no-config',
      message: `There is no config file ${asked}.`,
      next: 'Check the path given with --config.',
    });
  }
  const named = process.env.MIKRO_ORM_CLI_CONFIG;
  const paths = [
    ...(named ? [named] : []),
    ...(manifest['mikro-orm']?.configPaths ?? []),
    'src/mikro-orm.config.ts',
    'mikro-orm.config.ts',
    'src/mikro-orm.config.js',
    'mikro-orm.config.js',
  ];
  // Compiled files are regenerated from their sources.
  const sources = paths.filter(path => !/^(\.\/)?(dist|build)\//.test(path));
  return sources.map(path => resolve(root, path)).find(path => existsSync(path)) ?? null;
}

/** `pathTs` or `path` if it is a literal; otherwise it is unknown before the config is loaded. */
function folderNamedIn(root: string, source: string): string | null {
  const begins = source.search(/\bmigrations\s*:\s*\{/);
  const block = begins < 0 ? '' : source.slice(begins, source.indexOf('}', begins) + 1);
  const path = (/\bpathTs\s*:\s*(['"])(.+?)\1/.exec(block) ?? /\bpath\s*:\s*(['"])(.+?)\1/.exec(block))?.[2];
  if (path === undefined) return null;
  return isAbsolute(path) ? path : resolve(root, path);
}

function usesTypeScript(root: string, { dependencies, devDependencies }: PackageJson): boolean {
  const all = { ...dependencies, ...devDependencies };
  return existsSync(join(root, 'tsconfig.json')) || 'typescript' in all || 'tsx' in all;
}

function missingPackages(root: string, manifest: PackageJson, fresh: boolean): string[] {
  const require = createRequire(join(root, 'package.json'));
  const missing = (name: string): boolean => {
    try {
      require.resolve(name);
      return false;
    } catch {
      return true;
    }
  };
  const needed = [
    '@mikro-orm/core',
    '@mikro-orm/migrations',
    'migtui',
    ...(fresh ? ['@mikro-orm/postgresql'] : []),
  ];
  const runtime = needed.filter(name => missing(name === 'migtui' ? 'migtui/config' : name));
  const typescript = usesTypeScript(root, manifest);
  const tools = ['@mikro-orm/cli', ...(typescript ? ['tsx'] : [])].filter(missing);
  // The new config reads process.env.
  if (typescript && fresh && missing('@types/node/package.json')) tools.push('@types/node');
  return [
    ...(runtime.length > 0 ? [`Install what the config imports: npm install ${runtime.join(' ')}`] : []),
    ...(tools.length > 0 ? [`Install the tools: npm install --save-dev ${tools.join(' ')}`] : []),
  ];
}
