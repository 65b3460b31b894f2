import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { setUp } from '../../src/project/writing/init.ts';
import { newConfig } from '../../src/project/writing/new-config.ts';
import { makeFolder } from '../support/project.ts';

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await makeFolder('setup');
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
  return root;
}

test.each<[why: string, files: readonly string[], globs: readonly string[]]>([
  ['no entities yet', [], ['src/**/*.entity.ts']],
  ['in a folder other than src', ['app/models/a.entity.ts', 'app/b.entity.ts'], ['app/**/*.entity.ts']],
  ['in the root folder', ['a.entity.ts', 'lib/b.entity.ts'], ['*.entity.ts', 'lib/**/*.entity.ts']],
  [
    'in packages with their own node_modules',
    ['packages/a/package.json', 'packages/a/src/x/a.entity.ts', 'packages/a/b.entity.ts'],
    ['packages/a/*.entity.ts', 'packages/a/src/**/*.entity.ts'],
  ],
  [
    'installed or compiled ones',
    ['node_modules/lib/a.entity.ts', 'dist/b.entity.ts'],
    ['src/**/*.entity.ts'],
  ],
])('a new config looks for entities in folders of the project: %s', async (_, files, globs) => {
  const root = await folderWith(Object.fromEntries(files.map(file => [file, ''])));
  const { text, entities } = newConfig({ root, name: 'shop', typescript: true, esModules: true });
  expect([...entities].sort()).toEqual([...globs].sort());
  for (const glob of globs) expect(text).toContain(`'${glob}'`);
});

test('a new TypeScript config says that it needs the types of Node', async () => {
  const root = await folderWith({ 'package.json': '{}', 'tsconfig.json': '{}' });
  expect(setUp(root).notes.at(-1)).toBe(
    'Install the tools: npm install --save-dev @mikro-orm/cli tsx @types/node',
  );
});

test('an existing JavaScript config without emit: init names the setting', async () => {
  const config = 'module.exports = { migrations: { path: "migrations" } };\n';
  const files = { 'package.json': '{}', 'mikro-orm.config.js': config };
  const note = "Set migrations.emit to 'js' in the config. Otherwise, new migrations are TypeScript.";
  expect(setUp(await folderWith(files)).notes).toContain(note);
  const typescript = await folderWith({ ...files, 'tsconfig.json': '{}' });
  expect(setUp(typescript).notes).not.toContain(note);
});
