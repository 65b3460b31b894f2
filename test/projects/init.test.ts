import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { migtui, type Output, type Project, repository } from '../support/project.ts';
import { createDatabase } from '../support/server.ts';
import { makeInstalled } from './installed.ts';

/* `migtui init` in projects without a MikroORM config, with the built program. */

const json = (output: Output) => JSON.parse(output.stdout);

/** A JavaScript project as `npm init -y` leaves it: no config, no TypeScript, no loader. */
async function javascript(type: string | undefined, files: Record<string, string> = {}): Promise<Project> {
  const project = await makeInstalled({ typescript: false, packageJson: { type }, files });
  for (const file of ['mikro-orm.config.js', 'tsconfig.json', 'migrations']) await project.remove(file);
  for (const name of ['tsx', 'typescript', 'jiti']) await project.remove(`node_modules/${name}`);
  const own = project.path('node_modules/migtui');
  await rm(own, { recursive: true, force: true });
  await mkdir(own, { recursive: true });
  for (const name of ['dist', 'node_modules']) await symlink(join(repository, name), join(own, name));
  await writeFile(
    join(own, 'package.json'),
    JSON.stringify({ name: 'migtui', type: 'module', exports: { './config': './dist/config.js' } }),
  );
  return project;
}

const entity = (name: string, esModules: boolean): string => {
  const schema = `const ${name} = defineEntity({ name: '${name}', properties: { id: p.integer().primary() } });\n`;
  return esModules
    ? `import { defineEntity, p } from '@mikro-orm/core';\nexport ${schema}`
    : `const { defineEntity, p } = require('@mikro-orm/core');\n${schema}module.exports = { ${name} };\n`;
};

describe.each([
  ['module', /^import \{ Migrator \} from/],
  ['commonjs', /^const \{ Migrator \} = require\([\s\S]*\nmodule\.exports = withMigtui\(/],
  [undefined, /^const \{ Migrator \} = require\(/],
] as const)('in a JavaScript project of type %s', (type, form) => {
  test('the config loads, finds the entities of the project only, and revisions are JavaScript', async () => {
    const database = await createDatabase();
    const esModules = type === 'module';
    const project = await javascript(type, {
      'app/models/user.entity.js': entity('User', esModules),
      'node_modules/some-lib/package.json': '{ "name": "some-lib" }',
    });
    await project.write('node_modules/some-lib/dist/vendor.entity.js', entity('Vendor', false));
    const env = { DATABASE_URL: database.url };
    const run = (...args: string[]) => migtui(project, args, { env });
    const made = await run('init', '--yes');
    expect(made, made.stderr).toMatchObject({ code: 0 });
    expect(await project.read('mikro-orm.config.js')).toMatch(form);
    const written = await run('revision', '--autogenerate', '-m', 'first', '--yes', '--json');
    expect(written, written.stderr).toMatchObject({ code: 0 });
    const [file] = await project.list('migrations').then(all => all.filter(one => /first/.test(one)));
    expect(file).toMatch(/\.js$/);
    const text = await project.read(`migrations/${file}`);
    expect(text).toContain('create table "user"');
    expect(text).not.toContain('vendor');
    const upgraded = await run('upgrade', 'head', '--yes');
    expect(upgraded, upgraded.stderr).toMatchObject({ code: 0 });
    expect(json(await run('heads', '--json'))).toHaveLength(1);
    await database.drop();
  });
});
