import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure } from '../../foundation/failure.ts';
import { messageOf } from '../files/thrown.ts';
import type { UserModules } from './modules.ts';

/** The packages of each loader that MikroORM knows. */
const packages: Readonly<Record<string, string>> = {
  oxc: '@oxc-node/core',
  swc: '@swc-node/register @swc/core',
  tsx: 'tsx',
  jiti: 'jiti',
  tsimp: 'tsimp',
  nub: '@nubjs/loader',
};

/** Whether TypeScript files can be loaded; `turned off`: the project does not want it. */
export type Loader = 'registered' | 'turned off' | 'missing';

/**
 * Registers the TypeScript loader that the stock CLI would use, or tsx.
 * @throws Failure `no-ts-loader` if it does not start
 */
export async function registerLoader(modules: UserModules, root: string): Promise<Loader> {
  const { CLIHelper } = modules.cli;
  const settings = CLIHelper.getSettings();
  if (settings.preferTs === false) return 'turned off';
  if (runsTypeScript()) return 'registered';
  const { tsConfigPath, tsLoader } = settings;
  const warn = console.warn;
  console.warn = () => {};
  try {
    const registered = await CLIHelper.registerTypeScriptSupport(tsConfigPath, tsLoader);
    if (registered || (await registerTsx(modules, settings))) return 'registered';
    // Node itself strips the types.
    if (settings.preferTs === true) return 'registered';
    // Same as the stock CLI, so that both see the same config paths.
    process.env.MIKRO_ORM_CLI_PREFER_TS ??= '0';
    return 'missing';
  } catch (error) {
    // The stock CLI passes tsx a tsconfig.json that may not exist in the project.
    const needless = tsConfigPath === undefined && !existsSync(resolve(root, 'tsconfig.json'));
    if (needless && (await registerTsx(modules, settings))) return 'registered';
    throw new Failure(
      {
        code: 'no-ts-loader',
        message: `The TypeScript loader could not be started: ${messageOf(error)}`,
        next: `${installOf(chosenLoader(settings))}, or fix "mikro-orm".tsLoader and tsConfigPath in package.json.`,
      },
      { cause: error },
    );
  } finally {
    console.warn = warn;
  }
}

/**
 * The parent process may already load TypeScript. MikroORM's own test also treats `--config x.ts` as such a
 * case.
 */
function runsTypeScript(): boolean {
  const { env, versions, execArgv } = process;
  if (env.VITEST || env.TS_JEST || versions.bun) return true;
  return execArgv.some(arg => /\bts-node\b|@swc-node\/register|\btsx\b|@oxc-node|@nubjs\/loader/.test(arg));
}

/**
 * Registers tsx as resolved by the project, with any tsconfig.json that it finds; false if it is not
 * installed.
 */
async function registerTsx(
  { cli, optional }: UserModules,
  { tsLoader = 'auto' }: { tsLoader?: string },
): Promise<boolean> {
  if (tsLoader !== 'auto' && tsLoader !== 'tsx') return false;
  const esm = (cli.CLIHelper as unknown as { isESM(): boolean }).isESM();
  const tsx = await optional<{ register?(): unknown }>(esm ? 'tsx/esm/api' : 'tsx/cjs/api');
  if (!tsx?.register) return false;
  tsx.register();
  return true;
}

/**
 * The TypeScript file cannot be loaded: no loader is installed, not the one that the project chose, or TypeScript is
 * turned off.
 */
export function noLoader({ cli }: UserModules, file: string, loader: Loader): Failure {
  const native = '(or, without decorators, set "mikro-orm": { "preferTs": true } in package.json)';
  const chosen = chosenLoader(cli.CLIHelper.getSettings());
  const refused = (why: string, next: string): Failure =>
    new Failure({ code: 'no-ts-loader', message: `${file} is TypeScript, and ${why}.`, next });
  if (loader === 'turned off') {
    return refused(
      '"mikro-orm".preferTs in package.json or MIKRO_ORM_CLI_PREFER_TS is false',
      'Remove it, or compile the config and specify the .js file with --config.',
    );
  }
  if (chosen === null) return refused('no loader for it is installed', `${installOf(null)} ${native}`);
  const { name, by } = chosen;
  const without = `or remove ${by}: then any installed loader is used ${native}.`;
  if (!(name in packages)) {
    const known = Object.keys(packages).join(', ');
    return refused(
      `MikroORM does not know the loader "${name}" of ${by}`,
      `Set it to one of ${known}, ${without}`,
    );
  }
  return refused(`the loader "${name}" of ${by} is not installed`, `${installOf(chosen)}, ${without}`);
}

interface Chosen {
  readonly name: string;
  /** Where it is set. */
  readonly by: string;
}

/** The loader that the project requires; null if any will do. */
function chosenLoader({ tsLoader }: { tsLoader?: string }): Chosen | null {
  if (tsLoader === undefined || tsLoader === 'auto') return null;
  const variable = 'MIKRO_ORM_CLI_TS_LOADER';
  return { name: tsLoader, by: process.env[variable] ? variable : '"mikro-orm".tsLoader in package.json' };
}

function installOf(chosen: Chosen | null): string {
  return `Run: npm install --save-dev ${packages[chosen?.name ?? 'tsx'] ?? 'tsx'}`;
}
