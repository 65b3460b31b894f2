import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/foundation/failure.ts';
import { chooseRoot } from '../../src/project/config/choose-root.ts';
import { membersOf } from '../../src/project/config/workspace.ts';
import { makeFolder } from '../support/project.ts';

/** A workspace with these files; a folder's package.json is given by its name. */
async function workspace(files: Readonly<Record<string, string | object>>): Promise<string> {
  const root = await makeFolder('workspace');
  for (const [file, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return root;
}

const members = {
  'packages/api/package.json': { name: '@shop/api' },
  'packages/api/mikro-orm.config.ts': '',
  'packages/web/package.json': { name: '@shop/web' },
  'apps/worker/package.json': { name: 'worker', 'mikro-orm': { configPaths: ['./orm.ts'] } },
  'apps/old/package.json': { name: 'old' },
  'apps/old/src/mikro-orm.config.js': '',
};

const paths = (root: string) => membersOf(root).map(({ name, path }) => `${name} ${path}`);
const failureOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    if (error instanceof Failure) return { ...error.info };
    throw error;
  }
  return null;
};

describe('the projects of a workspace', () => {
  test.each<[string, Record<string, string | object>]>([
    ['npm', { 'package.json': { workspaces: ['packages/*', 'apps/**', '!apps/old'] } }],
    ['yarn', { 'package.json': { workspaces: { packages: ['packages/*', 'apps/*', '!apps/old'] } } }],
    [
      'pnpm',
      {
        'package.json': {},
        'pnpm-workspace.yaml':
          '# all\npackages:\n  # ours\n  - \'packages/*\'\n  - apps/* # others\n\n  - "!apps/old"\ncatalog:\n  - apps/old\n',
      },
    ],
    [
      'pnpm, in brackets',
      { 'package.json': {}, 'pnpm-workspace.yaml': "packages: ['packages/*', apps/worker]" },
    ],
  ])('of %s are the packages with a MikroORM config', async (_, files) => {
    const root = await workspace({ ...members, ...files });
    expect(paths(root)).toEqual(['worker apps/worker', '@shop/api packages/api']);
  });

  test('of Nest without packages are those of nest-cli.json', async () => {
    const root = await workspace({
      'package.json': { name: 'monorepo' },
      'nest-cli.json': {
        monorepo: true,
        projects: { billing: { root: 'apps/billing' }, lib: { root: 'libs/x' } },
      },
      'apps/billing/src/mikro-orm.config.ts': '',
      'libs/x/index.ts': '',
    });
    expect(paths(root)).toEqual(['billing apps/billing']);
  });

  test('are none in node_modules, and none outside a workspace', async () => {
    const root = await workspace({
      ...members,
      'package.json': { workspaces: ['**'] },
      'node_modules/other/package.json': { name: 'other' },
      'node_modules/other/mikro-orm.config.js': '',
    });
    expect(paths(root)).toEqual(['old apps/old', 'worker apps/worker', '@shop/api packages/api']);
    expect(paths(join(root, 'apps'))).toEqual([]);
  });
});

describe('the selected project', async () => {
  const root = await workspace({ ...members, 'package.json': { workspaces: ['packages/*', 'apps/worker'] } });
  const api = join(root, 'packages/api');

  test('at the root of a workspace with several is an error that names them', () => {
    expect(failureOf(() => chooseRoot(root, {}, {}))).toMatchObject({
      code: 'which-project',
      message: expect.stringContaining('worker (apps/worker), @shop/api (packages/api)'),
      candidates: ['worker', '@shop/api'],
    });
  });

  test('at the root of a workspace with one is that one', async () => {
    const single = await workspace({ ...members, 'package.json': { workspaces: ['packages/*'] } });
    expect(chooseRoot(single, {}, {})).toBe(join(single, 'packages/api'));
  });

  test('is the root itself with its own config, or the given one', async () => {
    const own = await workspace({
      ...members,
      'package.json': { workspaces: ['*/*'] },
      'mikro-orm.config.ts': '',
    });
    expect(chooseRoot(own, {}, {})).toBe(own);
    expect(chooseRoot(root, { elsewhere: true }, {})).toBe(root);
    expect(chooseRoot(root, {}, { MIKRO_ORM_CLI_CONFIG: 'x.ts' })).toBe(root);
  });

  test.each([
    ['@shop/api', ''],
    ['api', ''],
    ['packages/api', ''],
    ['./packages/api/', ''],
    ['../api', 'packages/web'],
    ['api', 'packages/web'],
    ['@shop/api', 'apps/worker'],
    ['packages/api', 'apps/worker'],
  ])('can be given as %s from %j', (project, from) => {
    expect(chooseRoot(join(root, from), { project }, {})).toBe(api);
  });

  test('is never guessed', async () => {
    expect(failureOf(() => chooseRoot(root, { project: 'ap' }, {}))).toMatchObject({
      code: 'unknown-project',
      candidates: ['worker', '@shop/api'],
    });
    // A folder without a project does not select the one around it.
    expect(failureOf(() => chooseRoot(root, { project: 'packages' }, {}))?.code).toBe('unknown-project');
    const twice = await workspace({
      'package.json': { workspaces: ['*/*'] },
      'a/api/package.json': { name: '@a/api' },
      'a/api/mikro-orm.config.ts': '',
      'b/api/package.json': { name: '@b/api' },
      'b/api/mikro-orm.config.ts': '',
    });
    expect(failureOf(() => chooseRoot(twice, { project: 'api' }, {}))).toMatchObject({
      code: 'ambiguous-project',
      candidates: ['a/api', 'b/api'],
    });
  });
});
