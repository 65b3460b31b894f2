import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { sampled } from '../support/sample.ts';
import { call, newest, tarball, tools, uninstalled } from './packed.ts';

/*
 * The tarball in a new project, with each package manager, and with the newest and the oldest supported
 * MikroORM.
 */

let pnpm: string;
let yarn: string;
let why: string | null;
let versions: Readonly<Record<'7' | '7.1', string | null>>;

beforeAll(async () => {
  const [installed, latest, oldest] = await Promise.all([
    tools('pnpm', '@yarnpkg/cli-dist'),
    newest('7'),
    newest('7.1'),
  ]);
  why = installed.why;
  pnpm = join(installed.folder, 'node_modules/.bin/pnpm');
  yarn = join(installed.folder, 'node_modules/@yarnpkg/cli-dist/bin/yarn.js');
  versions = { '7': latest, '7.1': oldest };
});

function versionOf(context: TestContext, range: '7' | '7.1' = '7'): string {
  return versions[range] ?? context.skip(`the registry has no MikroORM ${range}`);
}

type Runner = readonly [string, ...string[]];

const yarnEnvironment = async (root: string): Promise<Record<string, string>> => ({
  YARN_ENABLE_TELEMETRY: '0',
  YARN_ENABLE_GLOBAL_CACHE: 'true',
  YARN_NPM_REGISTRY_SERVER: (await call(root, ['npm', 'config', 'get', 'registry'])).stdout.trim(),
});

/** Typical use, which loads most of it. */
async function core(root: string, runner: Runner, env: Record<string, string> = {}): Promise<void> {
  const migtui = async (...args: string[]) => {
    const { code, stdout, stderr } = await call(root, [...runner, ...args] as [string, ...string[]], env);
    try {
      return { code, stderr, ...JSON.parse(stdout) };
    } catch {
      throw new Error(`migtui ${args.join(' ')} (exit ${code}): ${stdout}${stderr}`);
    }
  };
  expect((await migtui('status', '--json')).pending).toHaveLength(3);
  expect(await migtui('upgrade', 'head', '--yes', '--json')).toMatchObject({
    code: 0,
    steps: [{ outcome: 'done' }, { outcome: 'done' }, { outcome: 'done' }],
  });
  expect(await migtui('downgrade', '-1', '--yes', '--json')).toMatchObject({ code: 0 });
  const detail = await migtui('show', 'head', '--json');
  const isPnp = env.NODE_LINKER === 'pnp';
  expect(detail.up).toMatchObject(
    isPnp
      ? { complete: false, note: expect.stringContaining('nodeLinker: node-modules') }
      : { complete: true, sql: ['create table three (id int)'] },
  );
  // On the shadow: PGlite, the parser, the isolated process.
  const tested = await migtui('test', '--json');
  if (!isPnp) expect(tested).toMatchObject({ code: 0 });
  expect((await migtui('journal', '--json')).error).toBeUndefined();
}

/** The newest MikroORM with npm, and others. */
const others = sampled(['7.1', 'pnpm', 'node-modules', 'pnp'] as const);

describe.each(['7', ...others.filter(one => one === '7.1')] as const)('MikroORM %s', range => {
  test('works with npm, with scripts ignored', async context => {
    const root = await uninstalled(versionOf(context, range));
    const installed = await call(root, ['npm', 'install', '--ignore-scripts', '--no-audit']);
    expect(installed, installed.stderr).toMatchObject({ code: 0 });
    await core(root, ['npx', '--no-install', 'migtui']);
    const stock = await call(root, ['npx', '--no-install', 'mikro-orm', 'migration:pending']);
    expect(stock.stdout).toContain('Migration20260103000000_code');
  });
});

test.runIf(others.includes('pnpm'))('pnpm, with strict peers and nothing hoisted', async context => {
  if (why) context.skip(why);
  const root = await uninstalled(versionOf(context));
  await writeFile(
    join(root, 'pnpm-workspace.yaml'),
    'strictPeerDependencies: true\nautoInstallPeers: false\nhoist: false\nshamefullyHoist: false\n',
  );
  const installed = await call(root, [pnpm, 'install', '--ignore-scripts']);
  expect(installed, installed.stdout + installed.stderr).toMatchObject({ code: 0 });
  await core(root, [pnpm, '--silent', 'exec', 'migtui']);
});

test.for(others.filter(one => one === 'node-modules' || one === 'pnp'))(
  'yarn with %s',
  async (linker, context) => {
    if (why) context.skip(why);
    const root = await uninstalled(versionOf(context));
    await writeFile(
      join(root, '.yarnrc.yml'),
      `nodeLinker: ${linker}\nenableScripts: false\nnpmMinimalAgeGate: 0\n`,
    );
    await writeFile(join(root, 'yarn.lock'), '');
    const env = { ...(await yarnEnvironment(root)), NODE_LINKER: linker };
    const installed = await call(root, [process.execPath, yarn, 'install', '--no-immutable'], env);
    expect(installed, installed.stdout).toMatchObject({ code: 0 });
    await core(root, [process.execPath, yarn, 'migtui'], env);
  },
);

test('without MikroORM it says what to install', async context => {
  versionOf(context);
  const root = await uninstalled('7', {
    packageJson: { dependencies: {}, devDependencies: { migtui: `file:${await tarball()}` } },
  });
  const installed = await call(root, [
    'npm',
    'install',
    '--ignore-scripts',
    '--legacy-peer-deps',
    '--no-audit',
  ]);
  expect(installed, installed.stderr).toMatchObject({ code: 0 });
  const { code, stdout } = await call(root, ['npx', '--no-install', 'migtui', 'status', '--json']);
  expect(code).toBe(1);
  expect(JSON.parse(stdout).error).toMatchObject({
    code: 'mikro-orm-missing',
    next: expect.stringContaining('npm install @mikro-orm/'),
  });
});
