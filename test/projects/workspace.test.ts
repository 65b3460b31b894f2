import { describe, expect, test } from 'vitest';
import { makeProject, migrationSource, migtui } from '../support/project.ts';
import { asFound, openMigtui } from '../support/pty.ts';
import { answer, failure } from './support.ts';

/* A monorepo with two MikroORM projects, and migtui's behaviour in its folders. */

const config = `import { defineConfig } from '@mikro-orm/pglite';
import { Migrator } from '@mikro-orm/migrations';
export default defineConfig({ dbName: '.data', extensions: [Migrator], entities: [],
  discovery: { warnWhenNoEntities: false }, migrations: { path: 'migrations', pathTs: 'migrations' } });
`;
const first = 'Migration20260101000000_first';

async function monorepo() {
  const project = await makeProject({
    packageJson: { name: 'shop', workspaces: ['packages/*'] },
    files: Object.fromEntries(
      ['api', 'billing'].flatMap(name => [
        [`packages/${name}/package.json`, JSON.stringify({ name: `@shop/${name}`, type: 'module' })],
        [`packages/${name}/mikro-orm.config.ts`, config],
        [
          `packages/${name}/migrations/${first}.ts`,
          migrationSource(first, { up: `create table ${name} (id int)`, down: `drop table ${name}` }),
        ],
      ]),
    ),
  });
  await project.remove('mikro-orm.config.ts');
  return project;
}

describe('a monorepo', async () => {
  const project = await monorepo();

  test('without a terminal names the projects, and how to select one', async () => {
    expect(await failure(project, ['upgrade', 'head', '--yes'])).toMatchObject({
      code: 'which-project',
      candidates: ['@shop/api', '@shop/billing'],
    });
    const told = await migtui(project, []);
    expect(told).toMatchObject({ code: 1, stdout: '' });
    expect(told.stderr).toContain('@shop/billing (packages/billing)');
    expect(told.stderr).toContain('migtui --project @shop/api');
  });

  test('--project opens only one', async () => {
    const done = await answer(project, ['upgrade', 'head', '--yes', '--project', 'api']);
    expect(done).toMatchObject({ code: 0, steps: [{ revision: first, outcome: 'done' }] });
    const applied = async (name: string) =>
      (await answer(project, ['status', '--project', name])).applied as number;
    expect([await applied('packages/api'), await applied('billing')]).toEqual([1, 0]);
    expect(await failure(project, ['status', '--project', 'web'])).toMatchObject({ code: 'unknown-project' });
  });

  test('on a terminal asks, and opens the selected one', async () => {
    const app = await openMigtui(project.root);
    await app.sees('Which project?');
    await app.press('j', 'Enter');
    await app.sees(/@shop\/billing[\s\S]*create table billing/);
    await app.press('q');
    expect(await app.exit).toEqual({ code: 0 });
    expect(await app.restored()).toEqual(asFound);
  });

  test('is unchanged if nothing is selected', async () => {
    const app = await openMigtui(project.root);
    await app.sees('Which project?');
    await app.press('q');
    expect(await app.exit).toEqual({ code: 0 });
    expect(await app.restored()).toEqual(asFound);
  });
});
