import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkAnswer } from './answers.ts';

/** The checkout: where package.json and node_modules are. */
export const repository = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** Environment variable with the folder that global-setup removes at the end of the run. */
const variable = 'MIGTUI_TEST_FOLDER';

export async function provideTestFolder(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'migtui-test-'));
  process.env[variable] = folder;
  return () => rm(folder, { recursive: true, force: true });
}

/** A new empty folder, removed when the test run ends. */
export function makeFolder(name = 'folder'): Promise<string> {
  return mkdtemp(join(process.env[variable] ?? tmpdir(), `${name}-`));
}

/** A migration in short notation; `migrationSource` writes it out. Strings are SQL, one `addSql` each. */
export interface MigrationSketch {
  readonly up?: string | readonly string[];
  /** Omitted: the migration has no `down()`. */
  readonly down?: string | readonly string[];
  readonly revises?: readonly string[];
  readonly dependsOn?: readonly string[];
  readonly labels?: readonly string[];
  /** `false`: `isTransactional()` returns false. */
  readonly transactional?: false;
}

export interface ProjectOptions {
  /** Server URL for the PostgreSqlDriver. */
  readonly url?: string;
  /** The PGlite driver instead, on this folder (relative to the project) or `memory://`; `true`: `.data`. */
  readonly pglite?: true | string;
  /** By migration name: the short notation, or the whole source of the file. */
  readonly migrations?: Readonly<Record<string, MigrationSketch | string>>;
  /** Source of `entities.ts`, which must export `entities`, an array. */
  readonly entities?: string;
  /** Additional properties of the config's object literal, as source: `schema: 'app', pool: { max: 1 }`. */
  readonly config?: string;
  /** Additional properties of `migrations` in the config, as source: `tableName: 'log', safe: true`. */
  readonly migrationsConfig?: string;
  /** Default true: `.ts` files, loaded by tsx. False: `.js` files. */
  readonly typescript?: boolean;
  /** Any files by path, written last: they may replace files from the other options. */
  readonly files?: Readonly<Record<string, string>>;
  /** Merged into package.json. */
  readonly packageJson?: Readonly<Record<string, unknown>>;
}

export interface Project {
  readonly root: string;
  /** Absolute path of a file of the project. */
  path(file: string): string;
  read(file: string): Promise<string>;
  write(file: string, text: string): Promise<void>;
  remove(file: string): Promise<void>;
  /** File names in a folder, sorted. */
  list(folder: string): Promise<string[]>;
  addMigration(name: string, migration: MigrationSketch | string): Promise<void>;
}

const statements = (sql: string | readonly string[] = []) => (typeof sql === 'string' ? [sql] : sql);

/**
 * The file of a migration as a developer would write it; valid as TypeScript and, with `typescript: false`,
 * as JavaScript.
 */
export function migrationSource(name: string, sketch: MigrationSketch, typescript = true): string {
  const method = (which: string, sql: readonly string[]) =>
    `\n  ${typescript ? 'override ' : ''}up()${typescript ? ': void' : ''} {\n${sql
      .map(text => `    this.addSql(${JSON.stringify(text)});\n`)
      .join('')}  }\n`.replace('up()', `${which}()`);
  const declaration = (key: string, ids: readonly string[] | undefined) =>
    ids ? `  static ${typescript ? 'readonly ' : ''}${key} = ${JSON.stringify(ids)};\n` : '';
  return `import { Migration } from '@mikro-orm/migrations';

export class ${name} extends Migration {
${declaration('revises', sketch.revises)}${declaration('dependsOn', sketch.dependsOn)}${declaration('labels', sketch.labels)}${
  sketch.transactional === false
    ? `\n  ${typescript ? 'override ' : ''}isTransactional()${typescript ? ': boolean' : ''} {\n    return false;\n  }\n`
    : ''
}${method('up', statements(sketch.up))}${sketch.down === undefined ? '' : method('down', statements(sketch.down))}}
`;
}

/** `mikro-orm.config.ts` for the options. */
function configSource(options: ProjectOptions, extension: string): string {
  const pglite = options.pglite === true ? '.data' : options.pglite;
  const where = pglite
    ? `dbName: ${JSON.stringify(pglite)},`
    : `clientUrl: ${JSON.stringify(options.url ?? 'postgres://nobody@127.0.0.1:1/none')},`;
  return `import { defineConfig } from '@mikro-orm/${pglite ? 'pglite' : 'postgresql'}';
import { Migrator } from '@mikro-orm/migrations';
${options.entities ? `import { entities } from './entities.${extension}';\n` : ''}
export default defineConfig({
  ${where}
  extensions: [Migrator],
  ${options.entities ? 'entities,' : 'entities: [],\n  discovery: { warnWhenNoEntities: false },'}
  migrations: {
    path: 'migrations',
    pathTs: 'migrations',
    emit: '${extension}',
    ${options.migrationsConfig ?? ''}
  },
  ${options.config ?? ''}
});
`;
}

function projectAt(root: string, extension: 'ts' | 'js'): Project {
  const path = (file: string) => join(root, file);
  const write = async (file: string, text: string) => {
    await mkdir(dirname(path(file)), { recursive: true });
    await writeFile(path(file), text);
  };
  return {
    root,
    path,
    write,
    read: file => readFile(path(file), 'utf8'),
    remove: file => rm(path(file), { recursive: true, force: true }),
    list: async folder => (await readdir(path(folder))).sort(),
    addMigration: (name, migration) =>
      write(
        `migrations/${name}.${extension}`,
        typeof migration === 'string' ? migration : migrationSource(name, migration, extension === 'ts'),
      ),
  };
}

/**
 * The demo of this checkout in a new folder, with nothing applied; on its PGlite folder unless DATABASE_URL
 * is set.
 */
export async function makeDemo(): Promise<Project> {
  const root = await makeFolder('demo');
  const parts = ['demo/entities', 'migrations', 'mikro-orm.config.ts', 'package.json', 'tsconfig.json'];
  for (const part of parts) await cp(join(repository, part), join(root, part), { recursive: true });
  // Its config imports migtui/config, which package.json resolves to dist.
  for (const part of ['node_modules', 'dist']) await symlink(join(repository, part), join(root, part), 'dir');
  return projectAt(root, 'ts');
}

/** A MikroORM project in a new folder, using this checkout's node_modules. */
export async function makeProject(options: ProjectOptions = {}): Promise<Project> {
  const typescript = options.typescript ?? true;
  const extension = typescript ? 'ts' : 'js';
  const root = await makeFolder('project');

  const project = projectAt(root, extension);
  const driver = options.pglite ? '@mikro-orm/pglite' : '@mikro-orm/postgresql';
  const packageJson = {
    name: 'shop',
    private: true,
    type: 'module',
    dependencies: Object.fromEntries(
      [
        '@mikro-orm/cli',
        '@mikro-orm/core',
        '@mikro-orm/migrations',
        driver,
        ...(typescript ? ['tsx'] : []),
      ].map(name => [name, '*']),
    ),
    ...options.packageJson,
  };
  await symlink(join(repository, 'node_modules'), join(root, 'node_modules'), 'dir');
  await mkdir(join(root, 'migrations'));
  await project.write('package.json', JSON.stringify(packageJson, null, 2));
  // tsx, which the stock CLI registers whenever it is installed, fails without one.
  await project.write(
    'tsconfig.json',
    JSON.stringify({ compilerOptions: { module: 'nodenext', target: 'es2023', strict: true } }),
  );
  await project.write(`mikro-orm.config.${extension}`, configSource(options, extension));
  if (options.entities) await project.write(`entities.${extension}`, options.entities);
  for (const [name, migration] of Object.entries(options.migrations ?? {}))
    await project.addMigration(name, migration);
  for (const [file, text] of Object.entries(options.files ?? {})) await project.write(file, text);
  return project;
}

export interface Output {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Added to the environment of the test process; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
}

/** Runs a Node program in a folder, without a terminal, and waits for its exit. */
export function runNode(
  cwd: string,
  file: string,
  args: readonly string[],
  { env, input }: RunOptions = {},
): Promise<Output> {
  return new Promise(resolve => {
    const child = execFile(
      process.execPath,
      [file, ...args],
      { cwd, env: { ...cleanEnvironment(), ...env }, maxBuffer: 1 << 28 },
      (error, stdout, stderr) => resolve({ code: error ? (child.exitCode ?? null) : 0, stdout, stderr }),
    );
    child.stdin?.end(input ?? '');
  });
}

/**
 * The test process's environment without the test runner's variables: a program must not notice that it is
 * tested.
 */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const runners =
    /^(NODE_ENV|VITEST.*|TEST|DEV|PROD|SSR|MODE|BASE_URL|FORCE_COLOR|NO_COLOR|CI|MIKRO_ORM_.*|npm_.*)$/;
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !runners.test(name))),
    // The saved screen state must not affect the next test, or the user who runs the tests.
    XDG_STATE_HOME: join(process.env[variable] ?? tmpdir(), 'state'),
  };
}

/** The stock `mikro-orm` CLI in a project: `stockCli(project, ['migration:list'])`. */
export function stockCli(project: Project, args: readonly string[], options?: RunOptions): Promise<Output> {
  return runNode(project.root, join(repository, 'node_modules/@mikro-orm/cli/cli.js'), args, options);
}

/** The built migtui without a terminal in a project: `migtui(project, ['upgrade', 'head', '--yes'])`. */
export function migtui(project: Project, args: readonly string[], options?: RunOptions): Promise<Output> {
  return runNode(project.root, join(repository, 'bin/migtui.js'), args, options).then(output => {
    checkAnswer(args, output.stdout);
    return output;
  });
}
