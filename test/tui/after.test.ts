import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { readRemembered, rememberedFile } from '../../src/tui/app/remembered.ts';
import { closeScreens, openScreen } from '../support/screen.ts';

/* After an action the cursor is at its result, and the screen is restored as it was left. */

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'migtui-remembered-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(closeScreens);

test('the cursor jumps to a revision that was just written', async () => {
  const app = await openScreen();
  await app.sees('1/5');
  await app.press('3', 'n', '2', 'e');
  await app.sees('New empty revision');
  await app.type('archive');
  await app.press('Enter');
  await app.sees('write the file');
  await app.press('j', 'Enter');
  await app.sees('Written');
  await app.press('c');
  await app.sees(/▸ .*archive/, '4 20261201120000 archive');
});

test('and to a merge', async () => {
  const app = await openScreen();
  await app.sees('2 heads');
  await app.press('G', 'm');
  await app.sees('No conflict');
  await app.press('Enter', 'm', 'Enter');
  await app.sees('write the file');
  await app.press('j', 'Enter');
  await app.sees(/▸ .*merge_heads/);
});

test('the result of a check stays in the header until something changes', async () => {
  const app = await openScreen({
    check: {
      findings: [
        { kind: 'drift', message: 'The live schema has more', next: '', revisions: [], sql: [], effects: [] },
      ],
      agreed: [],
      skipped: [],
      clean: false,
    },
  });
  await app.sees('3 pending');
  await app.press('c');
  await app.sees('Check: 1 finding');
  await app.press('Esc');
  await app.sees(/1 finding .*3 pending/);
  await app.press('u', 'Enter');
  await app.sees('Upgrade done');
  await app.press('Enter');
  await app.seesNot('1 finding');
});

test('an edited file needs no manual reload: the engine is restarted and called again', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  app.engine.trouble = { edited: true };
  await app.press('c');
  await app.sees('Check: clean');
  expect(app.engine.calls.filter(call => call === 'restart')).toHaveLength(1);
  expect(app.engine.calls.filter(call => call === 'check')).toHaveLength(2);
});

test('a plan that has changed in the meantime is shown again', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  await app.press('u');
  await app.sees('2 steps');
  app.engine.applied.add('Migration20261113100000_fill_text_length');
  await app.press('Enter');
  await app.sees('Something changed since the plan was made', '1 step on chat');
  await app.press('j', 'Enter');
  await app.sees('Upgrade done');
});

test('a click on a key of the footer or of a dialog presses it', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  const click = async (text: string) => {
    const row = app.terminal.lines().findLastIndex(line => line.includes(text));
    await app.click(app.terminal.lines()[row]?.indexOf(text) ?? 0, row);
  };
  await click('u upgrade');
  await app.sees('2 steps');
  await click('cancel');
  await app.seesNot('2 steps');
  await click('upgrade   d');
  await app.sees('2 steps');
  await click('Enter  run on');
  await app.sees('Upgrade done');
});

test('the copied command asks before it runs, and is shown', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  await app.press('Y');
  await app.sees('copied migtui upgrade Migration20261120101500_add_last_read_at');
  await app.seesNot('--yes');
});

test('a project is restored as it was left: focus, cursor, filter, tab', async () => {
  const remember = join(folder, 'state', 'chat.json');
  const app = await openScreen({ remember });
  await app.sees('3 pending');
  await app.press('f');
  await app.type('is:applied');
  await app.press('Enter', 'G', ']', '4');
  await app.sees('2 of 5', 'drop table');
  await app.press('q');
  await app.exit;

  const again = await openScreen({ remember });
  await again.sees('2 of 5', 'drop table', '4 20261101090000 initial_schema');
  expect(readRemembered(remember)).toMatchObject({ focus: 'detail', filter: 'is:applied', tab: 'down' });
  expect(await readdir(join(folder, 'state'))).toEqual(['chat.json']);
});

test('invalid saved state is ignored', async () => {
  const remember = join(folder, 'broken.json');
  for (const text of ['{', '{"focus":"nowhere"}', '[]', 'null']) {
    await writeFile(remember, text);
    expect(readRemembered(remember)).toBeNull();
  }
  await writeFile(
    remember,
    JSON.stringify({
      focus: 'history',
      zoomed: false,
      tab: 'gone',
      filter: '',
      absoluteTimes: false,
      originalSql: false,
      revision: 'gone',
    }),
  );
  const app = await openScreen({ remember });
  await app.sees('1/5', 'alter table');
});

test('each project has its own file in the state folder', () => {
  const file = rememberedFile('/projects/chat', { XDG_STATE_HOME: '/state', HOME: '/home/ana' });
  expect(file).toMatch(/^\/state\/migtui\/chat-[0-9a-f]{12}\.json$/);
  expect(rememberedFile('/other/chat', { XDG_STATE_HOME: '/state' })).not.toBe(file);
  expect(rememberedFile('/projects/chat', { HOME: '/home/ana' })).toMatch(
    /^\/home\/ana\/\.local\/state\/migtui\//,
  );
});
