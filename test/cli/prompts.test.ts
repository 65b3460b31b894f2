import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeProject, type Project } from '../support/project.ts';
import { asFound, openMigtui } from '../support/pty.ts';
import { createDatabase, type Database } from '../support/server.ts';

/* The prompts of the headless commands, in a real terminal. */

const chats = 'Migration20260101000000_chats';

let database: Database;
let project: Project;

beforeAll(async () => {
  database = await createDatabase();
  project = await makeProject({
    url: database.url,
    migrations: {
      [chats]: {
        up: ['create table "chats" ("id" serial primary key)', 'insert into "chats" default values'],
        down: 'drop table "chats"',
      },
    },
  });
});

afterAll(async () => {
  await database.drop();
});

const applied = async () =>
  (await database.query(`select 1 from pg_tables where tablename = 'chats'`)).length > 0;

test.each([
  ['nothing', ['Enter']],
  ['n', ['n', 'Enter']],
  ['Ctrl-C', ['C-c']],
  ['Ctrl-D', ['C-d']],
])('%s changes nothing', async (_, keys) => {
  const app = await openMigtui(project.root, { args: ['upgrade', 'head'] });
  await app.sees('[y/N]');
  await app.press(...keys);
  expect(await app.exit).toEqual({ code: 1 });
  expect(await app.restored()).toEqual(asFound);
  expect(app.screen()).toContain('Nothing was done.');
  expect(await applied()).toBe(false);
});

test('y runs it; data loss requires the name of the database', async () => {
  const up = await openMigtui(project.root, { args: ['upgrade', 'head'] });
  await up.sees('Run 1 step on');
  await up.type('y');
  await up.press('Enter');
  expect(await up.exit).toEqual({ code: 0 });
  expect(await applied()).toBe(true);
  const down = await openMigtui(project.root, { args: ['downgrade', '-1'] });
  await down.sees('drops table');
  await down.sees('This destroys data. Type');
  await down.type('y');
  await down.press('Enter');
  expect(await down.exit).toEqual({ code: 1 });
  expect(await applied()).toBe(true);
  const name = new URL(database.url).pathname.slice(1);
  const again = await openMigtui(project.root, { args: ['downgrade', '-1'] });
  await again.sees(`Type ${name} to run it`);
  await again.type(name);
  await again.press('Enter');
  expect(await again.exit).toEqual({ code: 0 });
  expect(await applied()).toBe(false);
});

test('Ctrl-C during a run rolls back once and prints what is left', async () => {
  const other = await createDatabase();
  const slow = await makeProject({
    url: other.url,
    migrations: { [chats]: { up: 'select pg_sleep(60)' } },
  });
  const app = await openMigtui(slow.root, { args: ['upgrade', 'head', '--yes', '-v'] });
  await app.sees('select pg_sleep(60)');
  await app.press('C-c');
  await app.sees('cancelling the statement and rolling back');
  expect(await app.exit).toEqual({ code: 1 });
  expect(app.screen()).toContain('This run left no changes in the database.');
  await other.drop();
});
