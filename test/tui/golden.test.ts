import { afterEach, beforeAll, expect, test } from 'vitest';
import { findingOf } from '../support/findings.ts';
import { closeScreens, openScreen, type Screen } from '../support/screen.ts';

/*
 * A few views, each with a reason; behaviour is tested with text elsewhere. `cat` shows those in colour.
 * `vitest -u` rewrites them: review the difference before you commit it.
 */

afterEach(closeScreens);
// Loaded with the first long statement, which may be after the screen is captured.
beforeAll(() => import('../../src/drawing/text/postgres-formatter.ts'));

const fill = 'Migration20261113100000_fill_text_length';

/** The keys that open each view. */
const views = {
  main: async () => {},
  plan: async (app: Screen) => {
    await app.press('u');
    await app.sees('2 steps', '1 danger');
    await app.press('Down', 'Tab');
    await app.sees('Instead:', 'add column "last_read_at"');
  },
  destructive: async (app: Screen) => {
    await app.press('G', 'd');
    await app.sees('Type chat');
  },
  running: async (app: Screen) => {
    app.engine.trouble = {
      hold: fill,
      blockers: [
        {
          pid: 4711,
          user: 'ana',
          application: 'psql',
          host: '10.0.0.7',
          query: 'select * from messages for update',
          ageMs: 192_000,
        },
      ],
    };
    await app.press('u');
    await app.sees('2 steps');
    await app.press('Enter');
    await app.sees('blocked by');
  },
  failure: async (app: Screen) => {
    app.engine.trouble = {
      fail: {
        revision: fill,
        failure: {
          code: 'sql',
          message: 'column "txt" does not exist',
          sql: {
            sqlState: '42703',
            hint: 'Perhaps you meant "messages.text".',
            statement: 'update "messages"\nset "text_length" = length("txt")',
            position: 46,
          },
        },
      },
    };
    await app.press('u');
    await app.sees('2 steps');
    await app.press('Enter');
    await app.sees('Upgrade failed');
  },
  merge: async (app: Screen) => {
    await app.press('m');
    await app.sees('No conflict');
  },
};

/** View, columns, rows, options, and the reason for the golden screen. */
const pictures = [
  ['main', 120, 36, 'dark', 'a picture of the README, and what most people see'],
  ['plan', 120, 36, 'dark', 'a picture of the README'],
  ['merge', 120, 36, 'dark', 'a picture of the README'],
  ['failure', 120, 36, 'dark', 'a picture of the README'],
  ['destructive', 120, 36, 'dark', 'the colours of danger'],
  ['running', 120, 36, 'none', 'a progress bar and a blocker'],
  ['main', 60, 16, 'none', 'the smallest terminal: one pane at a time'],
  ['main', 80, 24, 'none', 'the size that terminals open with: what is cut, and how'],
  ['main', 200, 50, 'none', 'what a wide screen shows more'],
  ['main', 120, 36, 'light', 'the colours on a light terminal'],
] as const;

for (const [view, columns, rows, theme, why] of pictures) {
  test(`${view} at ${columns}x${rows} ${theme}: ${why}`, async () => {
    const env = { LANG: 'C.UTF-8', TERM: 'xterm-256color', ...(theme === 'none' && { NO_COLOR: '1' }) };
    const app = await openScreen({
      columns,
      rows,
      env,
      ...(theme === 'light' && { settings: { theme } }),
      ...(view === 'plan' && { findings: [findingOf()] }),
    });
    await app.sees('3 pending');
    await views[view](app);
    await app.settles();
    const name = `golden/${view}-${columns}x${rows}${theme === 'light' ? '-light' : ''}`;
    const [lines, kind] =
      theme === 'none' ? [app.terminal.lines(), 'txt'] : [app.terminal.coloured(), 'ansi'];
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`${name}.${kind}`);
  });
}
