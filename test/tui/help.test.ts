import { afterEach, expect, test } from 'vitest';
import { commands } from '../../src/tui/app/registry.ts';
import { keysOf, keyTable } from '../../src/tui/keymap/keys.ts';
import { closeScreens, openScreen } from '../support/screen.ts';

afterEach(closeScreens);

test('help can be filtered, and says why a command is disabled', async () => {
  const app = await openScreen({ revisions: [], applied: [] });
  await app.sees('no revisions yet');
  await app.press('?');
  await app.sees('Keys', 'upgrade to the revision');
  await app.type('/heads');
  await app.sees('merge several heads', 'only one head');
  await app.press('Esc');
  await app.seesNot('merge several heads');
});

test('on a narrow screen long descriptions continue on the next line', async () => {
  const app = await openScreen({ columns: 64, rows: 20 });
  await app.sees('3 pending');
  await app.press('?');
  await app.sees(/u +upgrade to the revision under the {2}/, /^[│ ]+cursor, or to a target you choose/m);
});

test('the palette runs a command by name', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  await app.press(':');
  await app.sees('Commands');
  await app.type('journal');
  await app.press('Enter');
  await app.sees('No runs recorded yet');
});

test('the palette shows descriptions in full at 80 columns', async () => {
  const app = await openScreen({ columns: 80, rows: 24 });
  await app.press(':');
  await app.type('mer');
  await app.sees('merge several heads, after testing them together');
});

test('the palette jumps to a revision by its id or a part of it, also if the filter hides it', async () => {
  const app = await openScreen();
  await app.sees('1/5');
  await app.press('f');
  await app.type('is:pending');
  await app.press('Enter', ':');
  await app.type('20261101');
  await app.sees('go to this revision');
  await app.press('Enter');
  await app.sees('5/5', /▸ .*initial_schema/);
});

test('the prompt of the filter shows its keywords', async () => {
  const app = await openScreen();
  await app.sees('1/5');
  await app.press('f');
  await app.sees('text or is:pending');
});

test('the footer shows the available keys', async () => {
  const app = await openScreen();
  await app.sees('u upgrade', 'm merge', 'q quit');
  await app.press('u');
  await app.sees('Enter run it', 'Tab SQL', 'Esc close');
  await app.seesNot('q quit');
});

test('the footer offers no key that the text field takes', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  await app.press('G', 'd');
  await app.sees('Type chat', 'Tab SQL', 'Esc close');
  await app.seesNot('y copy command');
});

test("the user's own keys replace the defaults", async () => {
  const app = await openScreen({ settings: { keys: { upgrade: ['w'], quit: ['X'] } } });
  await app.sees('w upgrade', 'X quit');
  await app.press('u');
  await app.press('w');
  await app.sees('2 steps');
});

test('help does not list a default key that the settings give to another command', async () => {
  const app = await openScreen({ settings: { keys: { upgrade: ['d'] } } });
  await app.press('?');
  await app.type('to the revision under');
  await app.sees(/ d {4,}upgrade to the revision/);
  await app.seesNot(/ d {4,}downgrade to the revision/);
});

test('no two commands of one scope have the same key, and every command has a description', () => {
  const seen = new Map<string, string>();
  for (const command of commands) {
    expect(command.about).not.toMatch(/\.$/);
    for (const scope of command.where) {
      for (const key of keysOf(command, { keys: {} })) {
        const place = `${scope} ${key}`;
        expect([seen.get(place), command.id].filter(Boolean), place).toHaveLength(1);
        seen.set(place, command.id);
      }
    }
  }
  expect(new Set(commands.map(one => one.id)).size).toBe(commands.length);
});

test('the key table names every command once', () => {
  const rows = keyTable(commands, null).flatMap(group => group.rows.map(row => row.id));
  expect(new Set(rows).size).toBe(rows.length);
  expect(rows).toContain('upgrade');
  expect(rows).toContain('confirm');
});
