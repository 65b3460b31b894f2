import { afterEach, expect, test } from 'vitest';
import { closeScreens, openScreen } from '../support/screen.ts';

afterEach(closeScreens);

test('data loss is shown, and the name of the database must be typed', async () => {
  const app = await openScreen();
  await app.sees('2 applied');
  await app.press('G', 'd');
  await app.sees('Downgrade to', '1 step', 'drops column chats.user_id: 312 rows have a value', 'Type chat');
  await app.press('Enter');
  await app.sees('type chat to confirm');
  await app.type('chta');
  await app.press('Enter');
  await app.sees('type chat to confirm');
  await app.press('Backspace', 'Backspace');
  await app.type('at');
  await app.press('Enter');
  await app.sees('Downgrade done');
  await app.press('Enter');
  await app.sees('1 applied', '4 pending');
});

test('a pasted name counts, and pasted text never acts as keys', async () => {
  const app = await openScreen();
  await app.sees('2 applied');
  await app.paste('dddq');
  await app.press('G', 'd');
  await app.sees('Type chat');
  await app.paste('chat\n');
  await app.sees('chat');
  expect(app.engine.calls).not.toContain('run');
  await app.press('Enter');
  await app.sees('Downgrade done');
});

test('base undoes everything, by name', async () => {
  const app = await openScreen();
  await app.sees('2 applied');
  await app.press('D', 'b');
  await app.sees('2 steps', 'drops table messages: 1,204,331 rows');
  await app.type('chat');
  await app.press('Enter');
  await app.sees('Downgrade done', 'current is now base');
  await app.press('Enter');
  await app.sees('nothing applied');
});

test('with nothing applied the menu says so', async () => {
  const app = await openScreen({ applied: [] });
  await app.sees('nothing applied');
  await app.press('d');
  await app.sees('Downgrade to', 'nothing is applied');
  await app.press('n');
  await app.sees('⚠ nothing is applied');
  expect(app.engine.calls).not.toContain('preview');
});

test('stamp shows log rows only', async () => {
  const app = await openScreen();
  await app.sees('2 applied');
  await app.press('s');
  await app.sees('Stamp to', 'mark everything as applied');
  await app.press('h');
  await app.sees('3 steps', 'log rows only', 'log   ', 'The live schema matches.');
  await app.press('Enter');
  await app.sees('Stamp done');
  expect(app.engine.applied.size).toBe(5);
});

test('a stamp that does not match the live schema is reported before it is written', async () => {
  const app = await openScreen({
    comparison: {
      same: false,
      effects: [{ sign: '-', object: 'reactions', words: 'reactions table' }],
      sql: [],
    },
  });
  await app.sees('2 applied');
  await app.press('s', 'h');
  await app.sees('The live schema does not match', '- reactions table');
  await app.sees('The migrations table would not match the schema. Type chat and press Enter');
  await app.press('Enter');
  await app.sees('type chat to confirm');
  expect(app.engine.calls).not.toContain('run');
  await app.type('chat');
  await app.press('Enter');
  await app.sees('Stamp done');
});

test('stamping can purge, and says so first', async () => {
  const app = await openScreen();
  await app.sees('2 applied');
  await app.press('s', 't');
  await app.type('base');
  await app.press('C-x');
  await app.sees('purge', '2 steps');
});

test('undo reverts the last run and redo repeats it, each as a plan that is shown', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  await app.press('<');
  await app.sees('Undo the last run', 'There is no run to undo.');
  await app.press('Esc', 'u');
  await app.sees('2 steps');
  await app.press('Enter');
  await app.sees('Upgrade done');
  await app.press('Enter', '<');
  await app.sees('Undo the run run-1', '2 steps', 'down');
  expect(app.engine.applied.size).toBe(4);
  await app.press('Enter');
  await app.sees('Undo done');
  expect(app.engine.applied.size).toBe(2);
  await app.press('Enter', '>');
  await app.sees('Redo the run run-1', '2 steps');
  await app.press('Enter');
  await app.sees('Redo done');
  expect(app.engine.applied.size).toBe(4);
  await app.press('Enter', '5', 'z', 'g');
  await app.sees('$ migtui undo --yes');
});

test('without a journal nothing can be undone, and it says why', async () => {
  const app = await openScreen({
    overview: { journal: { state: 'off', hint: 'withMigtui turns the journal on.' } },
  });
  await app.sees('3 pending');
  await app.press('<');
  await app.sees('the journal is off: past runs are unknown. withMigtui turns the journal on.');
  await app.press('[');
  await app.sees('The journal is off. withMigtui turns the journal on.');
});
