import { afterEach, expect, test } from 'vitest';
import type { EngineApi, EngineOptions } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import type { StrictRule } from '../../src/settings/strict.ts';
import { makeProject, type Project } from '../support/project.ts';
import { createDatabase, type Database } from '../support/server.ts';
import { runScript } from './psql.ts';

/* The warnings for unusual states of revisions, and the effect of the setting "strict". */

const engines: EngineApi[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

async function open(project: Project, options: Partial<EngineOptions> = {}): Promise<EngineApi> {
  const engine = await openEngine({ root: project.root, ...options }, () => {});
  engines.push(engine);
  return engine;
}

async function upgraded(): Promise<{ database: Database; project: Project }> {
  const database = await createDatabase();
  const project = await makeProject({
    url: database.url,
    migrations: {
      M1: { up: 'create table a ()' },
      M2: { up: 'create table b ()' },
      M3: { up: 'create table c ()' },
    },
    config: "baseDir: process.cwd(), schemaGenerator: { ignoreSchema: ['migtui'] }",
  });
  const engine = await open(project);
  const { failure } = await engine.run(await engine.preview({ command: 'upgrade', targets: ['head'] }), {});
  expect(failure).toBeNull();
  return { database, project };
}

const missing = {
  code: 'missing',
  message: expect.stringContaining('what they created is still in the database'),
  revisions: ['M2', 'M3'],
};

test('a plan lists applied revisions without a file', async () => {
  const { project } = await upgraded();
  await project.remove('migrations/M2.ts');
  await project.remove('migrations/M3.ts');
  await project.addMigration('M9', { up: 'create table mine ()' });
  const engine = await open(project);
  const preview = await engine.preview({ command: 'upgrade', targets: ['head'] });
  expect(preview.warnings).toEqual([missing]);
  const purged = await engine.preview({ command: 'stamp', targets: ['M1'], purge: true });
  expect(purged.warnings).toEqual([]);

  const strict = await open(project, { strict: ['edited', 'missing'] });
  const forbidden = await strict.preview({ command: 'upgrade', targets: ['head'] });
  expect(forbidden.warnings).toMatchObject([
    { code: 'strict', message: expect.stringContaining('rule "missing"'), revisions: ['M2', 'M3'] },
    missing,
  ]);
  await expect(strict.run(forbidden, {})).rejects.toMatchObject({
    code: 'strict',
    message: expect.stringContaining('rule "missing"'),
    candidates: ['M2', 'M3'],
  });
  const stamp = await strict.preview({ command: 'stamp', targets: ['M1'], purge: true });
  expect(await strict.run(stamp, {})).toMatchObject({ failure: null, tips: ['M1'] });
});

test('strict names the rule that forbids a run, one by one', async () => {
  const { database, project } = await upgraded();
  await database.query("delete from mikro_orm_migrations where name = 'M2'");
  await project.addMigration('M1', { up: 'create table another ()' });
  for (const [strict, rules] of [
    [['missing'], []],
    [['out-of-order'], ['out-of-order']],
    [['edited'], ['edited']],
    [
      ['missing', 'out-of-order', 'edited'],
      ['out-of-order', 'edited'],
    ],
  ] as const) {
    const engine = await open(project, { strict });
    const { warnings } = await engine.preview({ command: 'upgrade', targets: ['head'] });
    const said = warnings.filter(({ code }) => code === 'strict').map(({ message }) => message);
    expect(said.map(message => /rule "(.*?)"/.exec(message)?.[1])).toEqual(rules);
  }
});

test('a script is refused for the same rules, and checks them again where it runs', async () => {
  const { database, project } = await upgraded();
  await project.addMigration('M1', { up: 'create table another ()' });
  await project.addMigration('M4', { up: 'create table d ()' });
  await project.addMigration('M5', { up: 'create table e ()' });
  const request = (from: string) => ({ command: 'upgrade', targets: [`${from}:head`] }) as const;
  const refused = async (rule: StrictRule, revision: string): Promise<void> => {
    const engine = await open(project, { strict: [rule] });
    await expect(engine.script(request('current'))).rejects.toMatchObject({
      code: 'strict',
      message: expect.stringContaining(`rule "${rule}"`),
      candidates: [revision],
    });
    await expect(runScript(database, await engine.script(request('M3')))).rejects.toThrow(
      new RegExp(`the strict rule "${rule}" forbids this script: .*: ${revision}\\b`),
    );
  };
  await refused('edited', 'M1');
  await database.query("insert into mikro_orm_migrations (name) values ('Gone.ts')");
  await refused('missing', 'Gone');
  await database.query("update mikro_orm_migrations set name = 'M5' where name = 'Gone.ts'");
  await refused('out-of-order', 'M4');
  await database.query("delete from mikro_orm_migrations where name = 'M5'");

  const lenient = await open(project, { strict: ['missing', 'out-of-order'] });
  await runScript(database, await lenient.script(request('M3')));
  expect(await database.query('select name from mikro_orm_migrations')).toHaveLength(5);
});

test.each([
  ['a table', 'create table thing (id serial primary key)'],
  ['a column', 'alter table old add column name text'],
  ['a type', "create type mood as enum ('a')"],
  ['an index', 'create index thing_name on old (id)'],
])('if %s already exists the next step is stamp', async (_, up) => {
  const database = await createDatabase();
  await database.query(
    'create table old (id int, name text); create table thing (id int); create type mood as enum (); create index thing_name on old (name)',
  );
  const project = await makeProject({
    url: database.url,
    migrations: { M1: { up } },
    config: 'baseDir: process.cwd()',
  });
  const engine = await open(project);
  const { failure } = await engine.run(await engine.preview({ command: 'upgrade', targets: ['head'] }), {});
  expect(failure?.next).toContain('migtui stamp M1');
});

test('the suggested command addresses the same context and schema', async () => {
  const database = await createDatabase();
  await database.query('create schema "tenant 7"; create table "tenant 7".thing (id int)');
  const project = await makeProject({
    url: database.url,
    migrations: { M1: { up: 'create table thing (id int)' } },
    config: "baseDir: process.cwd(), contextName: 'eu'",
  });
  const engine = await open(project, { context: 'eu', schema: 'tenant 7' });
  const { failure } = await engine.run(await engine.preview({ command: 'upgrade', targets: ['head'] }), {});
  expect(failure?.next).toContain("migtui stamp M1 --context eu --schema 'tenant 7'");
});
