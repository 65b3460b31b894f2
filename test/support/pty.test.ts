import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { makeFolder } from './project.ts';
import { asFound, openPty } from './pty.ts';

/**
 * A full-screen program: echoes keys in brackets, `q` exits properly, `x` leaves the terminal in a bad state.
 */
const program = `
const out = text => process.stdout.write(text);
process.stdin.setRawMode(true);
const restore = () => { out('\\x1b[?2004l\\x1b[?1000l\\x1b[?25h\\x1b[?1049l'); process.stdin.setRawMode(false); };
// A closed window ends stdin before the hang-up arrives: something must keep the program alive until then.
setInterval(() => {}, 1000);
process.stdin.on('data', data => {
  if (String(data) === 'q') { restore(); console.log('bye'); process.exit(3); }
  if (String(data) === 'x') process.exit(4);
  out('[' + JSON.stringify(String(data)) + ']');
});
process.stdout.on('resize', () => out(' now ' + process.stdout.columns));
process.on('SIGTERM', () => { restore(); process.exit(0); });
process.on('SIGHUP', () => { require('node:fs').writeFileSync('hung-up', ''); process.exit(0); });
// last: whoever reads it may send a signal at once
out('\\x1b[?1049h\\x1b[?25l\\x1b[?1000h\\x1b[?2004h\\x1b[2J\\x1b[Hready ' + process.stdout.columns);
`;

const open = async (cwd?: string) =>
  openPty(['node', '-e', program], { cwd: cwd ?? (await makeFolder()), cols: 80, rows: 24 });

describe('a program in a terminal', () => {
  test('is controlled by keys, read and resized', async () => {
    const app = await open();
    await app.sees('ready 80');
    await app.press('u');
    await app.sees('["u"]');
    await app.press('Enter');
    await app.sees('["\\r"]');
    await app.press('Esc', 'j');
    await app.sees('["\\u001b"]["j"]');
    await app.press('C-c');
    await app.sees('["\\u0003"]');
    app.resize(100, 30);
    await app.sees('now 100');
    await app.press('q');
    expect(await app.exit).toEqual({ code: 3 });
    expect(app.screen()).toContain('bye');
    expect(await app.restored()).toEqual(asFound);
  });

  test('is detected when it leaves the terminal in a bad state', async () => {
    const app = await open();
    await app.sees('ready');
    await app.press('x');
    expect(await app.exit).toEqual({ code: 4 });
    expect(await app.restored()).toEqual({
      mainScreen: false,
      cursorShown: false,
      mouseOff: false,
      pasteOff: false,
      // Node itself restores the mode when it exits; after a SIGKILL it does not.
      cooked: true,
    });
  });

  test('gets signals directly, and a kill is detected', async () => {
    const app = await open();
    await app.sees('ready');
    app.kill('SIGTERM');
    expect(await app.exit).toEqual({ code: 0 });
    expect(await app.restored()).toEqual(asFound);

    const killed = await open();
    await killed.sees('ready');
    killed.kill('SIGKILL');
    expect(await killed.exit).toEqual({ code: 137 });
    expect(await killed.restored()).toMatchObject({ mainScreen: false, cooked: false });
  });

  test('is hung up when the window is closed', async () => {
    const folder = await makeFolder();
    const app = await open(folder);
    await app.sees('ready');
    app.hangUp();
    await app.exit;
    await expect.poll(() => existsSync(`${folder}/hung-up`)).toBe(true);
  });

  test('a wait that fails shows the screen', async () => {
    const app = await open();
    await app.sees('ready');
    await expect(app.sees('never', { timeout: 50 })).rejects.toThrow(/never[\s\S]*ready 80/);
    await app.press('q');
    await expect(app.sees('never')).rejects.toThrow('The program ended');
  });
});
