import { expect, it } from 'vitest';
import { makeProject, migrationSource } from '../support/project.ts';
import { asFound, openMigtui } from '../support/pty.ts';
import { createDatabase } from '../support/server.ts';
import { copied, upgrade } from './support.ts';

/*
 * Runs that fail, and every way to continue.
 */

const fine = 'Migration20260101000000_fine';
const broken = 'Migration20260102000000_broken';

it("shows PostgreSQL's error and position, opens the editor, and tries again", async () => {
  const database = await createDatabase();
  const sql = 'create table orders (\n  id int,\n  total mony not null\n)';
  const project = await makeProject({
    url: database.url,
    migrations: {
      [fine]: { up: 'create table fine (id int)', down: 'drop table fine' },
      [broken]: { up: sql, down: 'drop table orders' },
    },
    files: {
      'mended.ts': migrationSource(broken, { up: sql.replace('mony', 'money'), down: 'drop table orders' }),
    },
  });
  // An "editor" that fixes the file.
  const app = await openMigtui(project.root, { env: { VISUAL: undefined, EDITOR: 'cp mended.ts' } });
  await app.sees('2 pending');
  await upgrade(app);
  await app.sees('type "mony" does not exist');
  await app.sees(/code +42704/);
  await app.until(screen => {
    const lines = screen.split('\n');
    return lines.some((line, row) => {
      const word = line.indexOf('mony not null');
      return word >= 0 && lines[row + 1]?.indexOf('^') === word;
    });
  }, 'a caret under the word that PostgreSQL points at');
  await app.sees('0 steps done, 1 failed, 1 rolled back');
  await app.sees('current is now base');
  expect(await database.query(`select to_regclass('fine') as there`)).toEqual([{ there: null }]);

  await app.press('y');
  await app.sees('copied the error');
  await expect
    .poll(() => copied(app))
    .toEqual([expect.stringMatching(/^[\s\S]*type "mony" does not exist\n42704\n[\s\S]*total mony/)]);
  await app.press('e');
  await app.sees(`edited migrations/${broken}.ts`);
  await app.press('r');
  await app.sees(/Enter +run on/);
  await app.press('Enter');
  await app.sees('Upgrade done');
  await app.press('Enter');
  await app.sees('up to date');
  await app.press('q');
  expect(await app.exit).toEqual({ code: 0 });
  expect(await app.restored()).toEqual(asFound);
});

it('reports a revision interrupted outside a transaction until it is resolved', async () => {
  const database = await createDatabase();
  const half = (statement: string) => ({
    up: ['create table half (id int)', statement],
    down: 'drop table half',
    transactional: false as const,
  });
  const project = await makeProject({
    url: database.url,
    migrations: { [fine]: half('insert into half select * from missing') },
    config: `schemaGenerator: { ignoreSchema: ['migtui'] },`,
  });
  const app = await openMigtui(project.root);
  await app.sees('1 pending');
  await app.press('u');
  await app.sees('1 without a transaction');
  await app.press('Enter');
  await app.sees('relation "missing" does not exist');
  await app.sees('ran outside a transaction and was interrupted');
  await app.press('Esc');
  await app.sees('1 interrupted');

  // Nothing runs over it; it is marked as not applied and runs again after the table was dropped manually.
  await app.press('x');
  await app.sees('failed (up) outside a transaction: relation "missing"');
  await app.sees('Resolve an interrupted revision');
  await app.press('n');
  await app.sees('resolved');
  await app.seesNo('interrupted');
  await database.query('drop table half');
  await project.addMigration(fine, half('insert into half select 1 / 0'));
  await app.press('r');
  await app.sees('reloading');
  await app.sees('1 pending');
  await upgrade(app);
  await app.sees('division by zero');
  await app.sees('1 interrupted');

  // It is marked as applied: its changes are complete.
  await app.press('x');
  await app.sees('Resolve an interrupted revision');
  await app.press('a');
  await app.sees('up to date');
  expect(await database.query('select name from mikro_orm_migrations')).toEqual([{ name: fine }]);
  await app.press('J');
  await app.sees('division by zero');
  await app.press('Esc', 'C-c');
  expect(await app.exit).toEqual({ code: 0 });
  expect(await app.restored()).toEqual(asFound);
});
