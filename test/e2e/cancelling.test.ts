import { expect, it } from 'vitest';
import { makeProject } from '../support/project.ts';
import { asFound, openMigtui, type Pty } from '../support/pty.ts';
import { createDatabase } from '../support/server.ts';
import { atRest, openGate, seesGate, upgrade, waitAtGate } from './support.ts';

/*
 * A long run: cancelled in every way, and shown in terminals of every size.
 */

const first = 'Migration20260101000000_first';
const slow = 'Migration20260102000000_slow';
const last = 'Migration20260103000000_last';

async function slowProject() {
  const database = await createDatabase();
  const project = await makeProject({
    url: database.url,
    migrations: {
      [first]: { up: 'create table first (id int)', down: 'drop table first' },
      [slow]: { up: [waitAtGate, 'create table slow (id int)'], down: 'drop table slow' },
      [last]: { up: 'create table last (id int)', down: 'drop table last' },
    },
  });
  return { database, project };
}

const logged = 'select name from mikro_orm_migrations order by id';

it('cancels and rolls back, forces it with a second Ctrl-C, and stops after a step', async () => {
  const { database, project } = await slowProject();
  const app = await openMigtui(project.root);
  await app.sees('3 pending');

  // Asks first; continuing is the default.
  await upgrade(app);
  await seesGate(app);
  await app.press('c');
  await app.sees('Cancel the run?');
  await app.press('Enter');
  await app.seesNo('Cancel the run?');
  await seesGate(app);

  await app.press('C-c');
  await app.sees('Cancel the run?');
  await app.press('r');
  await app.sees('Upgrade cancelled');
  await app.sees('Uncommitted changes were rolled back');
  expect(await atRest(database)).toBe(true);
  await app.press('Enter');
  await app.sees('0 applied');
  expect(await database.query(`select to_regclass('first') as there`)).toEqual([{ there: null }]);

  // q does not quit during a run; a second Ctrl-C forces it.
  await upgrade(app);
  await seesGate(app);
  await app.press('Esc', 'q');
  await app.sees('Cancel the run?');
  await app.press('C-c');
  await app.seesNo(/⠋|upgrade \d\/3/);
  await app.press('R');
  await app.sees('Upgrade cancelled');
  expect(await atRest(database)).toBe(true);
  await app.press('Enter');
  await app.sees('0 applied');

  // Finished steps remain.
  await upgrade(app);
  await seesGate(app);
  await app.press('C-c');
  await app.sees('Cancel the run?');
  await app.press('s');
  await app.sees('stopping after this step');
  await openGate(database);
  await app.sees('Upgrade cancelled');
  await app.sees('2 steps done, 1 not run');
  await app.press('Enter');
  await app.sees('2 applied');
  expect(await database.query(logged)).toEqual([{ name: first }, { name: slow }]);
  await app.press('q');
  expect(await app.exit).toEqual({ code: 0 });
  expect(await app.restored()).toEqual(asFound);
});

/** The screen without animated parts. */
const still = (app: Pty) =>
  app
    .lines()
    .slice(0, -1)
    .map(line => line.replace(/[\d.]+ m?s\b|[⠀-⣿]|\d\d:\d\d:\d\d/g, '').replace(/ +|─+/g, ' '))
    .join('\n');

/** The screen when its frame is complete. */
async function stillScreen(app: Pty): Promise<string> {
  for (let before = ''; ; ) {
    const now = still(app);
    if (now === before) return now;
    before = now;
    await new Promise(resolve => setTimeout(resolve, 150));
  }
}

it('continues in a terminal of any size, and leaves nothing of the old one', async () => {
  const { database, project } = await slowProject();
  const app = await openMigtui(project.root);
  await app.sees('3 pending');
  await upgrade(app);
  await seesGate(app);
  for (const [cols, rows] of [
    [60, 16],
    [200, 50],
    [30, 8],
    [80, 24],
    [60, 16],
    [120, 36],
  ] as const) {
    app.resize(cols, rows);
    if (cols >= 60) {
      await app.sees(/1 of 3/);
      await app.until(screen => screen.split('\n')[0]?.includes('postgres@') === true, 'the header on top');
    } else {
      await app.sees('60x16');
    }
    const shown = await stillScreen(app);
    await app.press('C-l');
    await expect.poll(() => still(app), { message: `${cols}x${rows}`, timeout: 5_000 }).toBe(shown);
  }
  await openGate(database);
  await app.sees('Upgrade done');
  await app.press('Enter');
  await app.sees('up to date');
  expect(await database.query(logged)).toHaveLength(3);
  await app.press('q');
  expect(await app.exit).toEqual({ code: 0 });
  expect(await app.restored()).toEqual(asFound);
});
