import { afterEach, expect, test } from 'vitest';
import { longHistory } from '../support/fake-engine.ts';
import { closeScreens, openScreen, type Screen } from '../support/screen.ts';

afterEach(closeScreens);

const long = { revisions: longHistory(300), applied: longHistory(120).map(one => one.id) };

/** The line at the cursor, in the left column. */
const cursorLine = (app: Screen): string =>
  app.terminal
    .lines()
    .map(line => line.slice(0, 42))
    .find(line => line.includes('▸')) ?? '';

test('keys typed fast arrive in one chunk, and all of them count', async () => {
  const app = await openScreen(long);
  await app.sees('1/300');
  await app.type('jjjjjjjkk');
  await app.sees('6/300');
});

test('pages, ends, and back', async () => {
  const app = await openScreen(long);
  await app.sees('1/300');
  await app.press('G');
  await app.sees('300/300', 'change_number_0');
  await app.press('g');
  await app.sees('1/300', 'change_number_299');
  await app.press('PgDn');
  await app.seesNot('1/300');
  await app.press('PgUp');
  await app.sees('1/300');
  await app.press('C-d', 'C-u');
  await app.sees('1/300');
  await app.press('Down', 'End', 'Home', 'Up');
  await app.sees('1/300');
});

test('the cursor is always visible, and its revision is in the Detail pane', async () => {
  const app = await openScreen(long);
  await app.sees('1/300');
  for (const key of ['j', 'PgDn', 'G', 'k', 'PgUp', 'C-u', 'g']) {
    await app.press(key, key);
    await app.until(() => cursorLine(app) !== '', 'a cursor');
  }
  await app.press('j', 'j');
  await app.sees('3/300', /4 \d+ change_number_297/);
});

test('jumps: current, head, next pending, branch point', async () => {
  const app = await openScreen(long);
  await app.sees('1/300');
  await app.press('.');
  await app.sees(/▸ .*change_number_1\d\d.*/);
  await app.sees('◀');
  await app.press('p');
  await app.sees(/4 \d+ change_number_120/);
  await app.press('p');
  await app.sees(/4 \d+ change_number_121/);
  await app.press('H');
  await app.sees(/head/);
  await app.press('b');
  await app.sees(/4 \d+ change_number_/);
});

test('panes by number, by Tab and back', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  await app.press('3', 'j');
  await app.sees('2/3', /4 \d+ add_reactions/);
  await app.press('5');
  await app.sees('1/1');
  await app.press('S-Tab');
  await app.sees('Esc back');
  await app.press('Esc');
  await app.sees('Enter details');
});

test('tabs of the Detail pane: keys, and the data that each requests', async () => {
  const app = await openScreen();
  await app.sees('alter table "chats"');
  await app.press(']');
  await app.sees('alter table "chats" drop column "last_read_at"');
  await app.press(']');
  await app.sees('import { Migration }', 'override up()');
  await app.press(']');
  await app.sees('+ chats.last_read_at timestamptz null');
  await app.press(']');
  await app.sees('no findings');
  await app.press(']');
  await app.sees('no runs recorded');
  await app.press(']');
  await app.sees('create index');
});

test('the Detail pane scrolls both ways', async () => {
  const app = await openScreen({
    revisions: [
      {
        id: 'Migration20260101000000_wide',
        revises: [],
        up: Array.from(
          { length: 80 },
          (_, index) => `select ${index}, '${'x'.repeat(100)}', 'end of ${index}'`,
        ),
      },
    ],
    applied: [],
  });
  await app.sees("'end of 0'");
  await app.press('l');
  await app.sees('Lines are wrapped');
  await app.press('o', 'Enter', 'G');
  await app.sees('select 79,');
  await app.press('l', 'l', 'l', 'l', 'l', 'l', 'l');
  await app.sees("'end of 79'");
  await app.press('h', 'h', 'h', 'h', 'h', 'h', 'h', 'g');
  await app.sees('select 0,');
  await app.press('Esc');
  await app.sees('1/1');
});

test('search: first hit while typing, n and N, Esc returns', async () => {
  const app = await openScreen(long);
  await app.sees('1/300');
  await app.press('/');
  await app.type('number_25');
  await app.sees(/4 \d+ change_number_259/, '1 of 11');
  await app.press('Enter', 'n');
  await app.sees('2 of 11', /4 \d+ change_number_258/);
  await app.press('N');
  await app.sees('1 of 11');
  await app.press('Esc');
  await app.sees('u upgrade');
  await app.press('/');
  await app.type('nowhere');
  await app.sees('no matches');
  await app.press('Esc');
  await app.sees(/4 \d+ change_number_259/);
});

test('search in the Log and the Detail pane', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  await app.press('4', '/');
  await app.type('index');
  await app.sees(/index {2}.*1/);
  await app.press('Enter', 'Esc', '5', '/');
  await app.type('PostgreSQL');
  await app.sees('1 of 1');
});

test('zoom expands the pane to the whole screen', async () => {
  const app = await openScreen();
  await app.sees('3 pending', '3 Pending');
  await app.press('z');
  await app.seesNot('3 Pending');
  await app.press('3');
  await app.sees('3 Pending');
  await app.seesNot('2 History');
  await app.press('z');
  await app.sees('2 History');
});

test('times: relative, or dates', async () => {
  const app = await openScreen();
  await app.sees('applied 2 hours ago');
  await app.press('t');
  await app.sees('applied 2026-11-22 10:00:00');
  await app.press('t');
  await app.sees('applied 2 hours ago');
});

test('mouse: click, wheel, tabs, menus; and off', async () => {
  const app = await openScreen(long);
  await app.sees('1/300');
  await app.click(10, 14);
  await app.sees('4/300');
  await app.wheel('down', 10, 14);
  await app.seesNot('4/300');
  await app.click(56, 3);
  await app.sees('drop column');
  await app.press('2', 'g', 'U');
  await app.sees('all 34 heads');
  const row = app.terminal.lines().findIndex(line => line.includes('all 34 heads'));
  const column = app.terminal.lines()[row]?.indexOf('all 34') ?? 0;
  await app.click(column, row);
  await app.sees('180 steps on chat');
  await app.press('Esc', 'M');
  await app.sees('Mouse capture off');
  await app.press('g');
  await app.sees('1/300');
  await app.click(10, 12);
  await app.press('j');
  await app.sees('2/300');
});

test('copies: the id, the SQL, the command', async () => {
  const app = await openScreen();
  await app.sees('3 pending', 'alter table');
  const copied = (): string =>
    Buffer.from(
      /.*\u001b\]52;c;([^\u0007]+)\u0007/s.exec(app.terminal.written)?.[1] ?? '',
      'base64',
    ).toString();
  await app.press('y');
  await app.sees('copied Migration20261120101500_add_last_read_at');
  expect(copied()).toBe('Migration20261120101500_add_last_read_at');
  await app.press('4', 'y');
  await app.sees('copied Up SQL');
  expect(copied()).toBe(
    'alter table "chats" add column "last_read_at" timestamptz null;\ncreate index "chats_last_read_at_index" on "chats" ("last_read_at");',
  );
  await app.press('Y');
  await app.sees('copied migtui upgrade');
  expect(copied()).toBe('migtui upgrade Migration20261120101500_add_last_read_at');
});
