import { afterEach, expect, test, vi } from 'vitest';
import { closeScreens, openScreen } from '../support/screen.ts';

afterEach(closeScreens);

const restored = {
  alternateScreen: false,
  mouse: false,
  bracketedPaste: false,
  cursorHidden: false,
  raw: false,
};

test.each(['q', 'C-c'])('%s restores the terminal', async key => {
  const app = await openScreen();
  await app.sees('3 pending');
  expect(app.terminal.modes).toMatchObject({ alternateScreen: true, mouse: true, raw: true });
  await app.press(key);
  expect(await app.exit).toBe(0);
  expect(app.terminal.modes).toEqual(restored);
});

test('a closed terminal ends the app', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  app.terminal.stdin.end();
  expect(await app.exit).toBe(0);
});

test('the first frame is shown before the engine is ready', async () => {
  let arrive: () => void = () => {};
  const arrived = new Promise<void>(resolve => {
    arrive = resolve;
  });
  const app = await openScreen({
    connect: async () => {
      await arrived;
      return app.engine.connection;
    },
  });
  await app.sees('1 Current', 'opening the project', 'q quit');
  await app.press('u');
  await app.sees('the project is not open yet');
  arrive();
  await app.sees('3 pending');
});

test('input before the project is open is not lost', async () => {
  const app = await openScreen({ delay: 30 });
  await app.type('zz?');
  await app.sees('Keys');
});

test('the editor has exclusive use of the terminal while it is open', async () => {
  let during: unknown;
  const app = await openScreen({
    edit: async () => {
      during = { ...app.terminal.modes, read: app.terminal.stdin.listenerCount('data') };
      return null;
    },
  });
  await app.sees('3 pending');
  await app.press('e');
  await app.sees('edited migrations/');
  expect(during).toMatchObject({ alternateScreen: false, mouse: false, bracketedPaste: false, raw: false });
  expect(app.terminal.modes).toMatchObject({ alternateScreen: true, mouse: true, raw: true });
});

test('Ctrl-Z returns to the shell, and fg restores everything', async () => {
  let during: unknown;
  let go: () => void = () => {};
  const app = await openScreen({
    stop: () =>
      new Promise(resolve => {
        during = { ...app.terminal.modes };
        go = resolve;
      }),
  });
  await app.sees('3 pending');
  await app.press('C-z');
  await vi.waitFor(() => expect(during).toBeDefined());
  expect(during).toMatchObject({ alternateScreen: false, mouse: false, raw: false });
  go();
  await app.sees('3 pending', '1 Current');
  await app.press('j');
  await app.sees('2/5');
});

test('NO_COLOR uses no colours, and the selection is still visible', async () => {
  const app = await openScreen({ env: { NO_COLOR: '1', LANG: 'C.UTF-8' }, settings: { theme: 'auto' } });
  await app.sees('3 pending', '▸');
  expect(app.terminal.written).not.toMatch(/\u001b\[[\d;]*(3[0-7]|38|4[0-7]|48|9[0-7]|10[0-7])[;m]/);
  expect(app.terminal.coloured().join('\n')).toMatch(/\u001b\[0;[\d;]*7m/);
});

test('a terminal without Unicode is drawn in ASCII', async () => {
  const app = await openScreen({ env: { LANG: 'C', TERM: 'linux' } });
  await app.sees('3 pending', '+- 1 Current');
  await app.press('u');
  await app.sees('2 steps');
  expect(app.text()).toMatch(/^[\x20-\x7e\n]*$/);
});

test('the background of the terminal chooses the theme', async () => {
  const app = await openScreen({ settings: { theme: 'auto' } });
  await app.sees('3 pending');
  expect(app.terminal.written).toContain('\u001b]11;?');
  const dark = app.terminal.coloured().join('\n');
  await app.send('\u001b]11;rgb:ffff/ffff/f0f0\u001b\\');
  await app.press('j');
  await app.sees('2/5');
  expect(app.terminal.coloured()[1]).not.toBe(dark.split('\n')[1]);
  expect(app.text()).not.toContain('ffff');
});

test('a terminal that is too small says so, and recovers', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  await app.resize(59, 16);
  await app.sees('migtui needs 60x16', 'this terminal is 59x16');
  await app.resize(60, 16);
  await app.sees('2 History', '▸');
  await app.resize(300, 80);
  await app.sees('2 History', '5 Log');
});

test('keys change nothing that a terminal which is too small does not show', async () => {
  const app = await openScreen();
  await app.sees('3 pending');
  await app.press('u');
  await app.sees('2 steps');
  await app.resize(40, 9);
  await app.sees('migtui needs 60x16', 'q quits');
  await app.press('Enter');
  await app.press('u');
  await app.resize(90, 28);
  await app.sees('2 steps');
  expect(app.engine.calls.filter(call => call.startsWith('run'))).toEqual([]);
  await app.resize(40, 9);
  await app.sees('q quits');
  await app.press('q');
  expect(await app.exit).toBe(0);
});

test('a screen reader gets lines, not frames', async () => {
  const app = await openScreen({ env: { INK_SCREEN_READER: 'true', LANG: 'C.UTF-8' } });
  await app.sees(
    'chat on postgres@localhost/chat, connected. 2 applied, 3 pending, 2 heads.',
    'selected: 20261120101500 add_last_read_at, pending, head',
  );
  expect(app.text()).not.toMatch(/[╭│╰]/);
  await app.press('u');
  await app.sees('Upgrade to 20261120101500 add_last_read_at.', '2 steps on chat');
});

test('external text cannot control the terminal', async () => {
  const evil = 'x\u001b[2J\u001b]0;owned\u0007\u009b31m\u202egnp.exe\r\n\tend';
  const app = await openScreen({
    revisions: [{ id: 'Migration20260101000000_evil', revises: [], up: [`select '${evil}'`], labels: [] }],
    applied: [],
    project: { name: evil },
    database: { label: `u@h/${evil}` },
  });
  await app.sees('1 pending', '␛[2J');
  app.engine.emit({
    type: 'log',
    at: new Date(0).toISOString(),
    level: 'info',
    source: 'project',
    text: evil,
  });
  app.engine.emit({
    type: 'log',
    at: new Date(0).toISOString(),
    level: 'error',
    source: 'project',
    text: evil,
  });
  await app.sees('| x␛[2J');
  expect(app.terminal.written).not.toContain('\u001b]0;owned');
  expect(app.terminal.written).not.toContain('\u202e');
  expect(app.terminal.written).not.toContain('\u009b');
  for (const line of app.terminal.lines()) expect(line.length).toBeLessThanOrEqual(120);
});

test('resizing the terminal while the editor is open writes nothing', async () => {
  let said = '';
  const app = await openScreen({
    edit: async () => {
      const before = app.terminal.written.length;
      app.terminal.resize(100, 30);
      await new Promise(resolve => setTimeout(resolve, 50));
      said = app.terminal.written.slice(before);
      return null;
    },
  });
  await app.sees('3 pending');
  await app.press('e');
  await app.sees('edited migrations/', '2 History');
  expect(said).toBe('');
  expect(app.terminal.lines()).toHaveLength(30);
});
