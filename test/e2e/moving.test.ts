import { expect, it } from 'vitest';
import { makeProject } from '../support/project.ts';
import { asFound, openMigtui } from '../support/pty.ts';
import { createDatabase } from '../support/server.ts';
import { copied } from './support.ts';

/*
 * Navigation: fast typing, pasting, searching, the mouse, the clipboard. Nothing here changes a database.
 */

const names = Array.from(
  { length: 40 },
  (_, index) =>
    `Migration202601${String(1 + Math.floor(index / 2)).padStart(2, '0')}${index % 2 ? '12' : '06'}0000_step_${index + 1}`,
);

async function longProject() {
  const database = await createDatabase();
  const project = await makeProject({
    url: database.url,
    migrations: Object.fromEntries(
      names.map((name, index) => [
        name,
        {
          up: Array.from({ length: 30 }, (_, line) => `create table step_${index + 1}_${line} (id int)`),
          down: `drop table step_${index + 1}_0`,
        },
      ]),
    ),
  });
  return { database, project };
}

it('handles keys that arrive together, and runs no command from pasted text', async () => {
  const { database, project } = await longProject();
  const app = await openMigtui(project.root);
  await app.sees('1/40');
  await app.type('jjjjj');
  await app.sees('6/40');
  await app.type('jjkkkG');
  await app.sees('40/40');
  await app.type('gjjj');
  await app.sees('4/40');

  // Text pasted into the wrong window: no upgrade, no quit, no movement.
  await app.paste('uuqq\n');
  await app.paste('\x03\x1b[B\r');
  await app.type('k');
  await app.sees('3/40');
  await app.seesNo(/steps? on /);

  // In a field it is text, on one line.
  await app.press(':');
  await app.sees('Commands');
  await app.paste('zo\nom');
  await app.sees(': zo om');
  await app.press('Esc', '/');
  await app.paste('step_17\n');
  await app.sees(/▸ .*step_17/);
  await app.press('Esc');
  await app.sees('3/40');

  // Search and n/N.
  await app.type('/step_3');
  await app.sees('2 of 11');
  await app.press('Enter', 'n', 'n', 'N');
  await app.sees(/▸ .*step_37/);
  await app.press('N');
  await app.sees(/▸ .*step_38/);
  await app.press('Esc');

  // The palette, the help, the tabs, zoom, panes.
  await app.type(':zoom\r');
  await app.seesNo('1 Current');
  await app.press('z');
  await app.sees('1 Current');
  await app.press('?');
  await app.sees('upgrade to the revision');
  await app.press('Esc', ']');
  await app.sees('drop table step_38_0');
  await app.press(']');
  await app.sees(`export class ${names[37]}`);
  await app.press('[', '[');
  await app.sees('create table step_38_0');
  await app.press('4', 'G');
  await app.sees('create table step_38_29');

  // The clipboard of the terminal, byte for byte.
  await app.press('2', 'y');
  await app.sees(`copied ${names[37]}`);
  await app.press('Y');
  await app.sees('copied migtui upgrade');
  await expect
    .poll(() => app.output())
    .toContain(`\x1b]52;c;${Buffer.from(names[37] as string).toString('base64')}\x07`);
  await expect.poll(() => copied(app)).toEqual([names[37], `migtui upgrade ${names[37]}`]);

  // The mouse: a row, the wheel, a tab; and without it.
  await app.press('g');
  await app.sees('1/40');
  await app.click('step_37');
  await app.sees('4/40');
  await app.wheel('down', 'step_37');
  await app.wheel('down', 'step_35');
  await app.seesNo('step_40 (head)');
  await app.click('Down SQL');
  await app.sees('drop table step_');
  await app.press('M');
  await app.sees('Mouse capture off');
  await expect.poll(() => app.modes().mouseOff).toBe(true);
  await app.press('M', 'q');
  expect(await app.exit).toEqual({ code: 0 });
  expect(await app.restored()).toEqual(asFound);
  expect(await database.query(`select to_regclass('mikro_orm_migrations') as there`)).toEqual([
    { there: null },
  ]);
});

it('works without colours, Unicode and much space', async () => {
  const { project } = await longProject();
  const app = await openMigtui(project.root, {
    cols: 60,
    rows: 16,
    env: { NO_COLOR: '1', COLORTERM: undefined, LANG: 'C', LC_ALL: 'C', TERM: 'vt100' },
  });
  await app.sees('1/40');
  await app.type('jjjjj');
  await app.sees('6/40');
  await app.press('z', '?');
  await app.sees('upgrade to the revision');
  await app.press('Esc', 'u');
  await app.sees('35 steps');
  await app.press('Esc', 'q');
  expect(await app.exit).toEqual({ code: 0 });
  expect(await app.restored()).toEqual(asFound);
  expect(app.output()).not.toMatch(/\u001b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;\d+)*m/);
  expect(app.output()).not.toMatch(/[^\x00-\x7f]/);
});
