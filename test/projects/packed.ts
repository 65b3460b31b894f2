import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cleanEnvironment, makeFolder, type Output, repository } from '../support/project.ts';

/*
 * Projects that install migtui from its tarball, with realistic package managers and MikroORM versions.
 * Everything comes from the registry: tests are skipped with a reason if it is not available.
 */

const run = promisify(execFile);

/** Runs a program and waits for its exit; never throws. */
export async function call(
  cwd: string,
  [program, ...args]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
): Promise<Output> {
  const options = { cwd, env: { ...cleanEnvironment(), NO_COLOR: '1', ...env }, maxBuffer: 1 << 28 };
  try {
    return { code: 0, ...(await run(program, args, options)) };
  } catch (error) {
    const { code, stdout = '', stderr = '', message } = error as Partial<Output> & { message: string };
    return { code: typeof code === 'number' ? code : 1, stdout, stderr: stderr || message };
  }
}

let packed: Promise<string> | undefined;

/** The packed package: path of the tarball. */
export function tarball(): Promise<string> {
  packed ??= (async () => {
    const folder = await makeFolder('pack');
    const { code, stderr } = await call(repository, [
      'npm',
      'pack',
      '--ignore-scripts',
      '--pack-destination',
      folder,
    ]);
    if (code !== 0) throw new Error(stderr);
    return join(folder, 'migtui-0.1.0.tgz');
  })();
  return packed;
}

const owned = ['core', 'sql', 'migrations', 'cli', 'pglite', 'postgresql'];

/**
 * The newest version that all of MikroORM's packages have: the registry may not have every version of each.
 * @param range such as `7` or `7.1`
 * @returns null without a registry
 */
export async function newest(range: string): Promise<string | null> {
  const lists = await Promise.all(
    owned.map(async name => {
      const { code, stdout } = await call('/', [
        'npm',
        'view',
        `@mikro-orm/${name}@${range}`,
        'version',
        '--json',
      ]);
      return code === 0 ? ([JSON.parse(stdout)].flat() as string[]) : [];
    }),
  );
  const [first = [], ...others] = lists;
  const common = first.filter(one => /^[\d.]+$/.test(one) && others.every(list => list.includes(one)));
  return common.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1) ?? null;
}

/** Installs programs from the registry into a separate folder; returns the folder, or why it failed. */
export async function tools(...packages: readonly string[]): Promise<{ folder: string; why: string | null }> {
  const folder = await makeFolder('tools');
  await writeFile(join(folder, 'package.json'), '{ "private": true }');
  const { code, stderr } = await call(folder, [
    'npm',
    'install',
    '--ignore-scripts',
    '--no-audit',
    ...packages,
  ]);
  return { folder, why: code === 0 ? null : `npm install ${packages.join(' ')}: ${stderr.slice(-400)}` };
}

/** For migrations with code other than literals: they are previewed in a separate process. */
const withCode = `import { Migration } from '@mikro-orm/migrations';
const table = 'three';
export class Migration20260103000000_code extends Migration {
  async up() { this.addSql('create table ' + table + ' (id int)'); }
  async down() { this.addSql('drop table ' + table); }
}
`;

const plain = (digit: number): string => `import { Migration } from '@mikro-orm/migrations';
export class Migration2026010${digit}000000_t${digit} extends Migration {
  up() { this.addSql('create table t${digit} (id int)'); }
  down() { this.addSql('drop table t${digit}'); }
}
`;

/** A project on PGlite before installation: only files. */
export async function uninstalled(
  version: string,
  more: {
    readonly files?: Readonly<Record<string, string>>;
    readonly dependencies?: Readonly<Record<string, string>>;
    readonly packageJson?: object;
  } = {},
): Promise<string> {
  const root = await makeFolder('shop');
  const files: Record<string, string> = {
    'package.json': JSON.stringify({
      name: 'shop',
      version: '1.0.0',
      private: true,
      type: 'module',
      dependencies: {
        '@mikro-orm/core': version,
        '@mikro-orm/migrations': version,
        '@mikro-orm/pglite': version,
        ...more.dependencies,
      },
      devDependencies: { '@mikro-orm/cli': version, migtui: `file:${await tarball()}` },
      ...more.packageJson,
    }),
    'mikro-orm.config.js': `import { defineConfig } from '@mikro-orm/pglite';
import { Migrator } from '@mikro-orm/migrations';
import { withMigtui } from 'migtui/config';
export default withMigtui(defineConfig({ dbName: '.data', extensions: [Migrator], entities: [],
  discovery: { warnWhenNoEntities: false }, migrations: { path: 'migrations', snapshot: false, emit: 'js' } }));
`,
    'migrations/Migration20260101000000_t1.js': plain(1),
    'migrations/Migration20260102000000_t2.js': plain(2),
    'migrations/Migration20260103000000_code.js': withCode,
    ...more.files,
  };
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
  return root;
}
