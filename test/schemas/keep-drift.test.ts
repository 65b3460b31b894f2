import { expect, test } from 'vitest';
import { engineOn, projectOf, running } from '../authoring/support.ts';
import { migtui } from '../support/project.ts';
import { createDatabase } from '../support/server.ts';

/* Both ways out of a change made by hand: the SQL that undoes it, or a revision that keeps it. */

const first = 'Migration20260101000000_items';
const migrations = {
  [first]: {
    revises: [],
    up: 'create table items (id serial primary key, name text, n int)',
    down: 'drop table items',
  },
};
const byHand = `alter table items add constraint n_positive check (n between 1 and 10), alter column name set not null;
  create index items_name on items (lower(name)); create view named as select id from items where name like 'a%'`;

async function changed() {
  const database = await createDatabase();
  const project = await projectOf({ url: database.url, migrations });
  const engine = await engineOn(project.root, { shadow: database.url });
  await running(engine, 'upgrade', 'head');
  await database.query(byHand);
  return { database, project, engine };
}

test('a change is kept: the revision makes it, is stamped without running, and goes back', async () => {
  const { database, engine } = await changed();
  const draft = await engine.draftRevision({ message: 'keep', autogenerate: false, fromDrift: true });
  expect(draft.warnings).toEqual([]);
  // What the database has already is made by the revision only elsewhere.
  expect((draft.findings ?? []).map(({ rule }) => rule)).not.toContain('cannot-run');
  expect(draft.files[0]?.after).toMatch(/items_name.*n_positive.*view.*named/s);
  expect(draft.files[0]?.after).not.toContain('public.');
  await engine.write(draft);
  expect(await engine.compare('head')).toEqual({ same: true, effects: [], sql: [] });
  await running(engine, 'stamp', 'head');
  expect((await engine.check(['drift', 'pending'])).findings).toEqual([]);
  await expect(
    engine.draftRevision({ message: 'again', autogenerate: false, fromDrift: true }),
  ).rejects.toMatchObject({ code: 'no-drift' });

  await running(engine, 'downgrade', '-1');
  expect((await engine.check(['drift'])).findings).toEqual([]);
  await running(engine, 'upgrade', 'head');
  expect((await engine.check(['drift'])).findings).toEqual([]);
  expect(
    await database.query(`select indexname from pg_indexes where indexname = 'items_name'`),
  ).toHaveLength(1);
  await engine.close();
});

test('a change is undone by the SQL of the check', async () => {
  const { database, engine } = await changed();
  const { findings } = await engine.check(['drift']);
  await database.query((findings[0]?.sql ?? []).join('\n'));
  expect((await engine.check(['drift'])).findings).toEqual([]);
  await engine.close();
});

test('an INVALID index is not kept, and its revision neither runs here nor drops the index', async () => {
  const { database, engine } = await changed();
  await database.query("insert into items (name, n) values ('x', 1), ('y', 1)");
  const unique = 'create unique index concurrently items_n on items (n)';
  await expect(database.query(unique)).rejects.toThrow(/could not create unique index/);
  const draft = await engine.draftRevision({ message: 'keep', autogenerate: false, fromDrift: true });
  expect(draft.files[0]?.after).toContain('drop index "items_name"');
  expect(draft.files[0]?.after).not.toMatch(/items_n\b/);
  expect(draft.warnings.join()).toContain('items_n');
  expect(draft.findings?.map(({ rule }) => rule)).not.toContain('cannot-run');
  await engine.write(draft);
  await running(engine, 'stamp', 'head');

  await database.query('drop index items_n');
  await database.query(`update pg_index set indisvalid = false where indexrelid = 'items_name'::regclass`);
  const [finding] = (await engine.check(['drift'])).findings;
  expect(finding).toMatchObject({
    effects: [{ words: 'items index items_name (INVALID) -> valid' }],
    next: expect.stringContaining('do not keep it'),
  });
  await engine.close();
});

test('pending steps come first', async () => {
  const { engine } = await changed();
  await running(engine, 'stamp', 'base');
  await expect(
    engine.draftRevision({ message: 'keep', autogenerate: false, fromDrift: true }),
  ).rejects.toMatchObject({ code: 'pending-first' });
  await engine.close();
});

test('on a protected database nothing is written or stamped without its name', async () => {
  const { database, project, engine } = await changed();
  await engine.close();
  await project.write('migtui.config.json', JSON.stringify({ protected: true }));
  const keep = (...flags: string[]) =>
    migtui(project, ['revision', '--from-drift', '-m', 'keep', '--shadow', database.url, '--yes', ...flags]);
  const stamped = () => database.query('select name from mikro_orm_migrations');

  const refused = await keep();
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(`Add --confirm ${database.name}`);
  expect([await project.list('migrations'), await stamped()]).toMatchObject([{ length: 1 }, { length: 1 }]);
  const other = await keep('--confirm', 'other');
  expect([other.code, await stamped()]).toMatchObject([1, { length: 1 }]);

  const kept = await keep('--confirm', database.name);
  expect([kept.code, kept.stderr]).toEqual([0, expect.not.stringContaining('error')]);
  expect(await stamped()).toHaveLength(2);
});

test('a rename by hand is renamed back or kept as a rename, with its rows', async () => {
  const { database, engine } = await changed();
  await database.query(`insert into items (name, n) values ('pen', 3); drop view named;
    alter table items rename column n to amount`);
  const draft = await engine.draftRevision({ message: 'keep', autogenerate: false, fromDrift: true });
  expect(draft.files[0]?.after).toContain('rename column "n" to "amount"');
  expect(draft.files[0]?.after).not.toContain('drop column');
  const { effects, sql } = await engine.compare('head');
  expect(effects.map(({ words }) => words)).toContain('items.amount renamed to n');
  await database.query(sql.join('\n'));
  expect(await engine.compare('head')).toEqual({ same: true, effects: [], sql: [] });
  expect(await database.query('select name, n from items')).toEqual([{ name: 'pen', n: 3 }]);

  await database.query('alter table items rename to things');
  const moved = await engine.compare('head');
  expect(moved.effects.map(({ words }) => words)).toEqual(['table things renamed to items']);
  await database.query(moved.sql.join('\n'));
  expect(await engine.compare('head')).toEqual({ same: true, effects: [], sql: [] });
  await engine.close();
});

test('schemas that no revision uses are named', async () => {
  const { database, engine } = await changed();
  await database.query('create schema elsewhere; create table elsewhere.t (a int)');
  const { notCompared } = await engine.check(['drift']);
  expect(notCompared).toContain('schemas that no revision uses (elsewhere)');
  await engine.close();
});
