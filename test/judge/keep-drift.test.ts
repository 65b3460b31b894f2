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
  expect(draft.files[0]?.after).toMatch(/items_name.*n_positive.*view.*named/s);
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

test('what is pending comes first', async () => {
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
