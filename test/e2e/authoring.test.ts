import { expect, it } from 'vitest';
import { makeProject, migrationSource } from '../support/project.ts';
import { asFound, openMigtui } from '../support/pty.ts';
import { createDatabase } from '../support/server.ts';
import { upgrade } from './support.ts';

/*
 * Files written with keys: each one is shown before it is written, and Esc writes none.
 */

const base = 'Migration20260101000000_base';
const left = 'Migration20260102000000_left';
const right = 'Migration20260103000000_right';

it('adopts the lineage, writes an empty revision on a selected head, and rebases one branch onto the other', async () => {
  const database = await createDatabase();
  const project = await makeProject({
    url: database.url,
    migrations: { [base]: { up: 'create table base (id int)', down: 'drop table base' } },
  });
  const app = await openMigtui(project.root);
  await app.sees('inferred');

  // adopt: the diff, Esc, the diff again, the file..
  const before = await project.read(`migrations/${base}.ts`);
  await app.press('A');
  await app.sees('static readonly revises');
  await app.press('Esc');
  await app.seesNo('static readonly revises');
  expect(await project.read(`migrations/${base}.ts`)).toBe(before);
  await app.press('A');
  await app.sees('write the file');
  await app.press('Enter');
  await app.sees('wrote migrations/');
  expect(await project.read(`migrations/${base}.ts`)).toContain('static readonly revises');
  await app.seesNo('inferred');
  await app.press('A');
  await app.sees('every revision already declares its lineage');

  // Two developers add to it.
  const on = (name: string) => ({
    up: `create table ${name} (id int)`,
    down: `drop table ${name}`,
    revises: [base],
  });
  await project.addMigration(left, migrationSource(left, on('left_side')));
  await project.addMigration(right, migrationSource(right, on('right_side')));
  await app.sees('2 heads');

  // An empty revision on one of them; a pasted message with line breaks becomes one line.
  await app.press('n');
  await app.sees('Which one should it revise?');
  await app.sees('Merge them first');
  await app.press('2');
  await app.sees('write the SQL by hand');
  await app.press('e');
  await app.sees('New empty revision');
  await app.press('Enter');
  await app.sees('enter a message');
  await app.paste('remember\r\nthe Milk');
  await app.sees('remember_the_milk');
  await app.press('Enter');
  await app.sees('write the file');
  await app.sees('_remember_the_milk extends Migration');
  // The key that opened it does not confirm it while it may still be held down.
  await app.press('j', 'Enter');
  await app.sees('Written');
  await app.press('c');
  await app.sees('4 pending');
  const milk = (await project.list('migrations')).find(file => file.includes('remember_the_milk'));
  expect(await project.read(`migrations/${milk}`)).toMatch(
    /static readonly revises = \['Migration2026010[23]/,
  );

  // The branch of one on top of the other.
  await app.press('m');
  await app.sees('common ancestor', { timeout: 60_000 });
  await app.sees('No conflict', { timeout: 60_000 });
  await app.press('Enter');
  await app.sees('Rebase ');
  await app.press('1');
  await app.sees('write the file');
  await app.press('Enter');
  await app.sees('wrote migrations/');
  await app.seesNo('2 heads');
  await app.press('g');
  await upgrade(app);
  await app.sees('Upgrade done');
  await app.sees('4 steps done');
  await app.press('Enter');
  await app.sees('up to date');

  // Someone changes the database manually; check finds it.
  await database.query('alter table base add column by_hand int');
  await app.press('c');
  await app.sees(/by_hand/, { timeout: 60_000 });
  await app.press('Esc', 'q');
  expect(await app.exit).toEqual({ code: 0 });
  expect(await app.restored()).toEqual(asFound);
});
