import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { asEsModule } from '../../src/project/writing/es-module.ts';
import { makeProject, migtui } from '../support/project.ts';
import { createDatabase } from '../support/server.ts';

test.each([
  [
    'module',
    '.js',
    /^import \{ Migration \} from '@mikro-orm\/migrations';\n[\s\S]*\nexport class Migration\d+_new_one extends/,
  ],
  ['commonjs', '.js', /^'use strict';\n[\s\S]*\nexports\.(\w+) = \1;\n$/],
])('in a JavaScript project of type %s, a new revision can be loaded', async (type, extension, form) => {
  const database = await createDatabase();
  const project = await makeProject({
    url: database.url,
    typescript: false,
    migrations: {},
    packageJson: { type },
  });
  const written = await migtui(project, ['revision', '-m', 'new one', '--yes', '--json']);
  expect(written, written.stderr).toMatchObject({ code: 0 });
  const { files } = JSON.parse(written.stdout) as { files: readonly (string | { readonly path: string })[] };
  const [file] = files.map(one => (typeof one === 'string' ? one : one.path));
  expect(file).toContain(extension);
  expect(await readFile(join(project.root, file as string), 'utf8')).toMatch(form);
  const upgraded = await migtui(project, ['upgrade', 'head', '--yes']);
  expect(upgraded, upgraded.stderr).toMatchObject({ code: 0 });
});

test('a file in another form stays as it is', () => {
  for (const code of ['', 'export class A {}\n', "'use strict';\nmodule.exports = { A: class A {} };\n"]) {
    expect(asEsModule(code)).toBe(code);
  }
});
