import { afterEach, expect, test } from 'vitest';
import type { EngineApi, EngineEvent } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { makeProject } from '../support/project.ts';
import { createDatabase } from '../support/server.ts';

const engines: EngineApi[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

type Told = Extract<EngineEvent, { type: 'sql' }>;

const one = 'Migration20260101000000_one';
const two = 'Migration20260102000000_two';
const three = 'Migration20260103000000_three';

/** An engine with the statements that it reported, shortened. */
async function start(more = '') {
  const database = await createDatabase();
  const project = await makeProject({
    url: database.url,
    typescript: false,
    // MikroORM remembers the first folder of the process..
    config: `baseDir: process.cwd(), ${more}`,
    migrations: {
      [one]: { up: `create table "one" ()`, down: `drop table "one"` },
      [two]: { up: 'create index concurrently on "one" ((1))', transactional: false },
      [three]: { up: `comment on table "one" is 'password=hunter2'; select nonsense` },
    },
  });
  const told: Told[] = [];
  const engine = await openEngine({ root: project.root }, event => {
    if (event.type === 'sql') told.push(event);
  });
  engines.push(engine);
  const go = async (target: string) => {
    told.length = 0;
    return engine.run(await engine.preview({ command: 'upgrade', targets: [target] }), {});
  };
  return { engine, told, go };
}

test("every statement that changes something is reported in order, including migtui's own", async () => {
  const { engine, told, go } = await start();
  await engine.overview();
  expect(told).toEqual([]);
  await go(one);
  expect(told.map(({ sql }) => sql)).toEqual([
    'start transaction isolation level read committed',
    expect.stringContaining('create table "mikro_orm_migrations"'),
    'create table "one" ()',
    expect.stringMatching(/^insert into .*"mikro_orm_migrations"/),
    'commit',
  ]);
  expect(told.every(({ error, ms }) => error === null && ms >= 0)).toBe(true);
});

test('outside a transaction, the mark is reported too', async () => {
  const { told, go } = await start();
  await go(one);
  await go(two);
  const [mark, index, ...rest] = told.map(({ sql }) => sql);
  expect(mark).toContain('comment on table');
  expect(index).toBe('create index concurrently on "one" ((1))');
  expect(rest.join('\n')).toMatch(/insert into .*mikro_orm_migrations/);
});

test("a failed one is reported with PostgreSQL's error, without passwords", async () => {
  const { told, go } = await start();
  await go(two);
  expect((await go(three)).failure?.message).toContain('nonsense');
  const failed = told.find(({ error }) => error !== null);
  expect(failed?.error).toContain('column "nonsense" does not exist');
  expect(failed?.sql).toContain('password=***');
  expect(told.at(-1)?.sql).toBe('rollback');
});

test('statements of the journal are reported, on any connection', async () => {
  const { told, go } = await start(`schemaGenerator: { ignoreSchema: ['migtui'] }`);
  await go(one);
  const sql = told.map(statement => statement.sql);
  expect(sql.filter(text => /create (schema|table).*migtui/.test(text))).not.toEqual([]);
  expect(sql.filter(text => /^insert into "?migtui"?/.test(text))).toHaveLength(2);
});

test('creating a database for the run is reported', async () => {
  const { told, go } = await start(`dbName: 'made for the run'`);
  expect(await go(one)).toMatchObject({ failure: null });
  expect(told[0]?.sql).toBe('create database "made for the run"');
});
