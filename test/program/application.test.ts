import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MikroORM } from '@mikro-orm/postgresql';
import { afterEach, describe, expect, test } from 'vitest';
import { assertCurrent, createMigtui, status } from '../../src/index.ts';
import { makeProject, migtui, type Project, repository } from '../support/project.ts';
import { createDatabase } from '../support/server.ts';

const exec = promisify(execFile);
const one = 'Migration20260101000000_one';
const two = 'Migration20260102000000_two';
const three = 'Migration20260103000000_three';
const migrations = {
  [one]: { up: 'create table "one" ()', down: 'drop table "one"' },
  [two]: { up: 'create table "two" ()', down: 'drop table "two"' },
};

const closing: (() => Promise<unknown>)[] = [];
const folder = process.cwd();
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  process.chdir(folder);
});

/** The project, and its ORM as opened by an application, with the statements that it sends. */
async function application() {
  const database = await createDatabase();
  const project = await makeProject({ url: database.url, migrations, typescript: false });
  const statements: string[] = [];
  const orm = await MikroORM.init({
    clientUrl: database.url,
    baseDir: project.root,
    entities: [],
    discovery: { warnWhenNoEntities: false },
    migrations: { path: 'migrations' },
    debug: ['query'],
    colors: false,
    logger: line => void statements.push(line.replace(/^\[query\] /, '')),
  });
  closing.push(() => orm.close());
  return { database, project, orm, statements };
}

const upgrade = (project: Project, target: string) => migtui(project, ['upgrade', target, '--yes']);

describe('assertCurrent', () => {
  test('throws until everything is applied, with one query and without writing', async () => {
    const { database, project, orm, statements } = await application();
    await expect(assertCurrent(orm)).rejects.toMatchObject({
      code: 'not-current',
      message: expect.stringContaining('2 revisions are not applied'),
      next: expect.stringContaining('migtui upgrade head'),
    });
    // MikroORM's own view of the database, and ours.
    expect(statements).toEqual([
      expect.stringContaining('pg_database'),
      expect.stringContaining('select name from "mikro_orm_migrations"'),
    ]);
    expect(
      await database.query('select 1 from pg_class where relname = $1', ['mikro_orm_migrations']),
    ).toEqual([]);
    await upgrade(project, two);
    await assertCurrent(orm);
    expect(await status(orm)).toEqual({ current: true, heads: [two], pending: [], unknown: [], applied: 2 });
  });

  test('refuses a newer database, unless only a minimum is required', async () => {
    const { project, orm, database } = await application();
    await upgrade(project, two);
    await database.query(`insert into mikro_orm_migrations (name) values ('${three}')`);
    await expect(assertCurrent(orm)).rejects.toMatchObject({ code: 'ahead', candidates: [three] });
    await assertCurrent(orm, { atLeast: true });
    expect(await status(orm)).toMatchObject({ current: false, unknown: [three] });
  });

  test('with a target, requires only that revision', async () => {
    const { project, orm } = await application();
    await upgrade(project, one);
    await assertCurrent(orm, { atLeast: one });
    await expect(assertCurrent(orm, { atLeast: 'two' })).rejects.toMatchObject({ candidates: [two] });
    await expect(assertCurrent(orm, { atLeast: 'nope' })).rejects.toThrow('nope');
  });

  test('a bundled application includes the graph', async () => {
    const { project, orm } = await application();
    expect((await migtui(project, ['bake', 'app/revisions.mjs'])).code).toBe(0);
    const { default: graph } = await import(project.path('app/revisions.mjs'));
    await project.remove('migrations');
    await expect(assertCurrent(orm)).rejects.toMatchObject({ code: 'no-migrations-folder' });
    await expect(assertCurrent(orm, { graph })).rejects.toMatchObject({
      code: 'not-current',
      candidates: [one, two],
    });
    await expect(assertCurrent(orm, { graph: { format: 2 } as never })).rejects.toMatchObject({
      code: 'bad-graph',
    });
  });

  test('works from the built package, and loads no parser for a baked graph', async () => {
    const { database, project } = await application();
    await upgrade(project, two);
    await migtui(project, ['bake', 'revisions.json']);
    await project.write(
      'app.mjs',
      `import { MikroORM } from '@mikro-orm/postgresql';
import { assertCurrent } from ${JSON.stringify(join(repository, 'dist/index.js'))};
import graph from './revisions.json' with { type: 'json' };
const orm = await MikroORM.init({ clientUrl: ${JSON.stringify(database.url)}, entities: [], discovery: { warnWhenNoEntities: false } });
await assertCurrent(orm, { graph });
await orm.close();
const { report } = process;
console.log(report.getReport().sharedObjects.some(path => path.includes('oxc-parser')) ? 'parser' : 'started');
`,
    );
    const { stdout } = await exec(process.execPath, ['app.mjs'], { cwd: project.root });
    expect(stdout.trim()).toBe('started');
  });
});

test('bake --check reports a stale file, and every kind of module is written', async () => {
  const project = await makeProject({ migrations, typescript: false });
  const check = async () => (await migtui(project, ['bake', 'revisions.ts', '--check'])).code;
  expect(await check()).toBe(3);
  expect((await migtui(project, ['bake', 'revisions.ts'])).stdout).toContain(
    'Wrote 2 revisions to revisions.ts',
  );
  expect(await check()).toBe(0);
  await project.addMigration(three, { up: 'select 1' });
  expect(await check()).toBe(3);
  for (const ending of ['mts', 'js', 'mjs', 'cjs', 'json']) {
    expect((await migtui(project, ['bake', `revisions.${ending}`])).code, ending).toBe(0);
  }
  expect((await migtui(project, ['bake', 'revisions.yaml'])).code).toBe(2);
});

describe('createMigtui', () => {
  test('reads, plans and runs on its own connections', async () => {
    const { project, orm, database, statements } = await application();
    const opened = await createMigtui(orm, { root: project.root });
    closing.push(() => opened.close());
    expect(await opened.overview()).toMatchObject({ pending: [one, two] });
    const plan = await opened.plan('upgrade', one);
    expect(plan.steps).toMatchObject([{ revision: one, preview: { sql: ['create table "one" ()'] } }]);
    expect(await opened.run(plan)).toMatchObject({ failure: null, tips: [one] });
    // A plan runs only on the state for which it was made.
    await expect(opened.run(plan)).rejects.toMatchObject({ code: 'plan-changed' });
    expect(await opened.upgrade()).toMatchObject({ tips: [two] });
    expect(await opened.downgrade('-1')).toMatchObject({ tips: [one] });
    expect(await opened.stamp('head')).toMatchObject({ tips: [two] });
    await database.query('create table "three" ()');
    await project.addMigration(three, { up: 'create table "three" ()' });
    await expect(opened.upgrade()).rejects.toMatchObject({ code: 'statement-failed' });
    expect(statements).toEqual([]);
    await assertCurrent(orm, { atLeast: two });
  });

  test("applies the project's protection rules", async () => {
    const { project, orm, database } = await application();
    await project.write('migtui.config.json', JSON.stringify({ protected: { database: 'test_*' } }));
    const opened = await createMigtui(orm, { root: project.root, ci: false });
    closing.push(() => opened.close());
    await expect(opened.upgrade(one)).rejects.toMatchObject({
      code: 'policy',
      message: expect.stringContaining('protected in migtui.config.json'),
    });
    expect(await opened.upgrade(one, { confirm: database.name })).toMatchObject({ tips: [one] });
    const also = await createMigtui(orm, {
      root: project.root,
      ci: false,
      protected: [{ setBy: 'us', writers: 'ci' }],
    });
    closing.push(() => also.close());
    await expect(also.stamp('base', { confirm: database.name })).rejects.toMatchObject({ code: 'policy' });
  });

  test('refuses an ORM of another copy of MikroORM', async () => {
    const { project } = await application();
    const foreign = { config: { getAll: () => ({}) } } as never;
    await expect(createMigtui(foreign, { root: project.root })).rejects.toMatchObject({
      code: 'mikro-orm-mismatch',
    });
  });
});
