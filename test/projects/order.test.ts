import { expect, test } from 'vitest';
import { makeProject, type Project, stockCli } from '../support/project.ts';
import { createDatabase, type Database } from '../support/server.ts';
import { answer, failure, stockNames } from './support.ts';

/* Migrations without declarations form a line in the order in which MikroORM itself runs them. */

const revisions = (result: { steps: readonly { revision: string }[] }): string[] =>
  result.steps.map(step => step.revision);

/** The same order in a plan of migtui, in the stock CLI, in the log table, and reversed in `downgrade -1`. */
async function expectOrder(project: Project, database: Database, names: readonly string[]): Promise<void> {
  expect(revisions(await answer(project, ['upgrade', 'head', '--plan']))).toEqual(names);
  expect(await stockNames(project, 'pending')).toEqual(names);
  expect(await stockCli(project, ['migration:up'])).toMatchObject({ code: 0 });
  expect(await database.query('select name from mikro_orm_migrations order by id')).toEqual(
    names.map(name => ({ name })),
  );
  expect(revisions(await answer(project, ['downgrade', '-1', '--plan']))).toEqual([names.at(-1)]);
  expect(await answer(project, ['downgrade', '-1', '--yes'])).toMatchObject({
    code: 0,
    tips: [names.at(-2)],
  });
}

const migration = (name: string, up: string, down: string): string =>
  `import { Migration } from '@mikro-orm/migrations';
export class ${name} extends Migration {
  up() { this.addSql(${JSON.stringify(up)}); }
  down() { this.addSql(${JSON.stringify(down)}); }
}
`;

test('a migrationsList runs in its order', async () => {
  const database = await createDatabase();
  const project = await makeProject({
    typescript: false,
    url: database.url,
    migrationsConfig: '...(await import("./list.js")).options',
    files: {
      'list.js': `import { Migration } from '@mikro-orm/migrations';
const sql = (name, up, down) => ({ name, class: class extends Migration {
  up() { this.addSql(up); } down() { this.addSql(down); } } });
export const options = { snapshot: false, migrationsList: [
  sql('CreateUsers', 'create table users (id int)', 'drop table users'),
  sql('AddAge', 'alter table users add age int', 'alter table users drop age'),
  sql('AAA.ts', 'alter table users add b int', 'alter table users drop b'),
] };
`,
    },
  });
  await expectOrder(project, database, ['CreateUsers', 'AddAge', 'AAA']);
});

test('files in nested folders run by path; a different order in the log is asked about', async () => {
  const database = await createDatabase();
  const project = await makeProject({
    typescript: false,
    url: database.url,
    migrationsConfig: "path: 'modules', pathTs: 'modules', glob: '**/M*.js'",
    files: {
      'modules/accounts/db/M3.js': migration('M3', 'create table accounts ()', 'drop table accounts'),
      'modules/accounts/M2-b.js': migration('M2b', 'create table b ()', 'drop table b'),
      'modules/accounts/M2.js': migration('M2', 'create table b2 ()', 'drop table b2'),
      'modules/billing/M1.js': migration('M1', 'create table bills ()', 'drop table bills'),
    },
  });
  await expectOrder(project, database, ['M2-b', 'M2', 'M3', 'M1']);
  await database.query(`insert into mikro_orm_migrations (name) values ('M1');
    delete from mikro_orm_migrations where name = 'M2-b'; insert into mikro_orm_migrations (name) values ('M2-b')`);
  const refused = await failure(project, ['downgrade', '-1', '--plan']);
  expect(refused).toMatchObject({ code: 'ambiguous-walk', candidates: ['M3'] });
  expect(refused.message).toContain('M2-b was applied last');
  expect(revisions(await answer(project, ['downgrade', 'M3', '--plan']))).toEqual(['M1']);
});

const filesOf = (...paths: string[]): Record<string, string> =>
  Object.fromEntries(
    paths.map(path => [path, migration((path.split('/').at(-1) as string).replace(/\.js$/, ''), '', '')]),
  );

test.each([
  ['numbers of several digits', 'mig', '*.js', ['mig/M10.js', 'mig/M2.js', 'mig/M1.js']],
  ['upper and lower case', 'mig', '*.js', ['mig/b.js', 'mig/A.js', 'mig/a1.js', 'mig/B1.js', 'mig/_x.js']],
  [
    'folders that begin alike',
    'mig',
    '**/*.js',
    ['mig/a-b/M2.js', 'mig/a/M3.js', 'mig/a.b/M1.js', 'mig/M9.js'],
  ],
  ['one folder level', 'mods', '*/db/*.js', ['mods/z/db/M1.js', 'mods/a/db/M2.js', 'mods/m/other/M3.js']],
  ['alternatives', 'mods', '{zeta,alpha}/*.js', ['mods/zeta/M1.js', 'mods/alpha/M2.js', 'mods/beta/M3.js']],
])('%s: the same order as the stock CLI', async (_, path, glob, paths) => {
  const database = await createDatabase();
  const project = await makeProject({
    typescript: false,
    url: database.url,
    migrationsConfig: `path: '${path}', pathTs: '${path}', glob: '${glob}'`,
    files: filesOf(...paths),
  });
  const planned = revisions(await answer(project, ['upgrade', 'head', '--plan']));
  expect(planned.length).toBeGreaterThan(1);
  expect(planned).toEqual(await stockNames(project, 'pending'));
});
