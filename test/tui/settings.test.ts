import { afterEach, expect, test } from 'vitest';
import { themeNames } from '../../src/drawing/theme/theme.ts';
import { settingsSchema } from '../../src/settings/schema.ts';
import { commands } from '../../src/tui/app/registry.ts';
import { keyProblems } from '../../src/tui/keymap/key-problems.ts';
import { closeScreens, openScreen } from '../support/screen.ts';

afterEach(closeScreens);

test('keys for an unknown command, and unknown keys, are reported in the log', async () => {
  const app = await openScreen({ settings: { keys: { upgarde: ['U'], quit: ['ctrl-q', 'Q'] } } });
  await app.press('5', 'z');
  await app.sees('there is no command "upgarde" to give keys to', '"ctrl-q" for quit is not a key');
  await app.press('Q');
  expect(await app.exit).toBe(0);
});

test('the default keys and similar ones are valid', () => {
  const own = Object.fromEntries(commands.map(({ id, keys }) => [id, [...keys, 'ö', '🐈', 'ctrl+a']]));
  expect(keyProblems(commands, { keys: own })).toEqual([]);
});

test('a theme has the same name in the settings and in the menu', async () => {
  expect(['auto', ...themeNames]).toEqual(settingsSchema.entries.theme.wrapped.pipe[0].options);
  const app = await openScreen({ settings: { theme: 'high-contrast' } });
  await app.press('T');
  await app.sees(/▸ +high-contrast/);
});
