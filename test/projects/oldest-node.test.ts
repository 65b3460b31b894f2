import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { cleanEnvironment, makeFolder, makeProject, repository } from '../support/project.ts';

/* The oldest Node that package.json allows, with a project in TypeScript that tsx loads. */

const run = promisify(execFile);
let node: string;
let oldest: string;

beforeAll(async () => {
  const { engines } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8'));
  oldest = `${engines.node.replace('>=', '')}.0`;
  const folder = await makeFolder('node');
  // the package for this platform has the program itself and needs no script to install it
  const platform = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  await run('npm', ['install', '--prefix', folder, '--ignore-scripts', '--no-save', `${platform}@${oldest}`]);
  node = join(folder, 'node_modules', platform, 'bin/node');
}, 300_000);

test('runs a project in TypeScript from its first revision to a rehearsal', async () => {
  const project = await makeProject({
    pglite: true,
    entities: `import { EntitySchema } from '@mikro-orm/core';
export const entities = [
  new EntitySchema({ name: 'Chat', properties: { id: { type: 'number', primary: true } } }),
];
`,
  });
  const migtui = (...args: string[]) =>
    run(node, [join(repository, 'bin/migtui.js'), ...args], { cwd: project.root, env: cleanEnvironment() });
  expect((await run(node, ['--version'])).stdout.trim()).toBe(`v${oldest}`);
  await migtui('revision', '--autogenerate', '-m', 'initial');
  expect((await migtui('upgrade', 'head', '--plan')).stdout).toContain('create table "chat"');
  expect((await migtui('upgrade', 'head', '--yes')).stderr).not.toContain('Warning');
  expect(JSON.parse((await migtui('status', '--json')).stdout)).toMatchObject({ applied: 1, pending: [] });
  expect(JSON.parse((await migtui('check', '--json')).stdout)).toMatchObject({ clean: true });
});
