import { afterEach, expect, test } from 'vitest';
import type { LedgerTable } from '../../src/database/ledger.ts';
import { lockKeys } from '../../src/database/lock.ts';
import type { EngineApi, PlanRequest, Preview, RunEvent, RunOptions } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { makeProject } from '../support/project.ts';
import { createDatabase } from '../support/server.ts';

const [one, two, three] = ['Migration1_one', 'Migration2_two', 'Migration3_three'];
const create = (table: string) => ({
  up: `create table "${table}" ("id" int)`,
  down: `drop table "${table}"`,
});
const migrations = { [one]: create('a'), [two]: create('b'), [three]: create('c') };
const journalled = `schemaGenerator: { ignoreSchema: ['migtui'] }`;
const replan: RunOptions = { whenChanged: 'replan' };

const engines: EngineApi[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

/** Two engines on one database, like two deployments that start at the same time. */
async function twoEngines(config = '') {
  const database = await createDatabase();
  const { root } = await makeProject({ url: database.url, migrations, config });
  const events: RunEvent[] = [];
  const open = async (): Promise<EngineApi> => {
    const engine = await openEngine({ root }, event => {
      if (event.type === 'run') events.push(event.event);
    });
    engines.push(engine);
    return engine;
  };
  return { first: await open(), second: await open(), events, database };
}

const upgrade = (...targets: string[]): PlanRequest => ({ command: 'upgrade', targets });
const actions = ({ plan }: Preview) => plan.steps.map(({ action, revision }) => `${action} ${revision}`);

test.each([
  ['with a journal', journalled],
  ['without one', ''],
])('a target that another run reached in the meantime is not a failure, %s', async (_, config) => {
  const { first, second } = await twoEngines(config);
  const [mine, theirs] = [await first.preview(upgrade('head')), await second.preview(upgrade('head'))];
  const { run } = await first.run(mine, {});
  const result = await second.run(theirs, replan);
  expect(result).toMatchObject({ failure: null, steps: [], tips: [three], run: '' });
  if (config !== '') expect(result.appliedBy?.run).toBe(run.slice(0, 8));
  expect(await first.overview()).toMatchObject({ applied: 3, pending: [] });
});

test('without a journal, a run that waited for several others does not say which one applied the revisions', async () => {
  const { second, events, database } = await twoEngines();
  const table = { schema: 'public', name: 'mikro_orm_migrations' } as LedgerTable;
  const lock = `begin; select pg_advisory_xact_lock(${lockKeys(table).run})`;
  const client = async (run: string) => {
    const session = await database.connect();
    await session.query(`set application_name = 'migtui ${run} ana@laptop'`);
    return session;
  };
  const waitsFor = (run: string) =>
    expect
      .poll(() => JSON.stringify(events.filter(({ kind }) => kind === 'waiting')), { timeout: 60_000 })
      .toContain(run);
  const [holder, other] = [await client('aaaaaaaa'), await client('bbbbbbbb')];
  const theirs = await second.preview(upgrade('head'));
  await holder.query(lock);
  const running = second.run(theirs, replan);
  await waitsFor('aaaaaaaa');
  const next = other.query(lock);
  // The next holder waits before the lock is free, so that the run cannot take it first.
  const waiting = `select from pg_locks where locktype = 'advisory' and not granted and database =
      (select oid from pg_database where datname = current_database())`;
  await expect.poll(() => database.query(waiting), { timeout: 60_000 }).toHaveLength(1);
  await holder.query('commit');
  await next;
  await waitsFor('bbbbbbbb');
  await database.query(`create table mikro_orm_migrations (id serial primary key, name text,
      executed_at timestamptz default now());
    insert into mikro_orm_migrations (name) values ('${one}'), ('${two}'), ('${three}')`);
  await other.query('commit');
  expect(await running).toMatchObject({ failure: null, steps: [], appliedBy: null });
  await holder.end();
  await other.end();
});

test('the remaining steps after another run are run, and their plan is reported', async () => {
  const { first, second, events } = await twoEngines();
  const theirs = await second.preview(upgrade('head'));
  await first.run(await first.preview(upgrade('+1')), {});
  const result = await second.run(theirs, replan);
  expect(result).toMatchObject({ failure: null, steps: [{ revision: two }, { revision: three }] });
  const told = events.find(event => event.kind === 'replanned');
  expect(told && actions(told.preview)).toEqual([`up ${two}`, `up ${three}`]);
});

test('a pinned plan runs exactly, or not at all', async () => {
  const { first, second } = await twoEngines();
  const theirs = await second.preview(upgrade('head'));
  await first.run(await first.preview(upgrade('+1')), {});
  await expect(second.run(theirs, {})).rejects.toMatchObject({ code: 'plan-changed' });
});

test('a relative target runs no more than was shown', async () => {
  const { first, second } = await twoEngines();
  const theirs = await second.preview(upgrade('+1'));
  await first.run(await first.preview(upgrade('+1')), {});
  expect(await second.run(theirs, replan)).toMatchObject({ failure: null, steps: [], tips: [one] });
});

test('a downgrade undoes no more than was shown', async () => {
  const { first, second } = await twoEngines();
  await first.run(await first.preview(upgrade('+1')), {});
  const theirs = await second.preview({ command: 'downgrade', targets: ['base'] });
  await first.run(await first.preview(upgrade('head')), {});
  await expect(second.run(theirs, replan)).rejects.toMatchObject({ code: 'plan-changed' });
  expect((await first.overview()).applied).toBe(3);
});

test('a fingerprint covers the state, the files, the transactions and the schema', async () => {
  const { first } = await twoEngines();
  const prints = [];
  for (const request of [
    upgrade('head'),
    upgrade('+1'),
    { ...upgrade('head'), transaction: 'each' as const },
  ]) {
    prints.push((await first.preview(request)).fingerprint);
  }
  expect(new Set(prints).size).toBe(3);
  expect((await first.preview(upgrade('heads'))).fingerprint).toBe(prints[0]);
});
