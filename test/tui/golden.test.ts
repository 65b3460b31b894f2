import { afterEach, expect, test } from 'vitest';
import { closeScreens, openScreen, type Screen } from '../support/screen.ts';

/*
 * The main views as people see them, at three sizes, in colour (`cat` shows them) and without. `vitest -u` writes them
 * anew: look at the difference before you commit it.
 */

afterEach(closeScreens);

const fill = 'Migration20261113100000_fill_text_length';

/** How one comes to each view. */
const views: Readonly<Record<string, (app: Screen) => Promise<void>>> = {
  main: async app => {
    await app.sees('3 pending', 'alter table');
  },
  plan: async app => {
    await app.press('u');
    await app.sees('2 steps');
    await app.press('Tab');
    await app.sees('update "messages"');
  },
  destructive: async app => {
    await app.press('G', 'd');
    await app.sees('Type chat');
  },
  running: async app => {
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
  failure: async app => {
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
  merge: async app => {
    await app.press('m');
    await app.sees('They fit');
  },
  help: async app => {
    await app.press('?');
    await app.sees('Keys');
  },
};

const sizes = [
  [80, 24],
  [120, 36],
  [200, 50],
] as const;

for (const [columns, rows] of sizes) {
  for (const [view, come] of Object.entries(views)) {
    for (const colour of [true, false]) {
      test(`${view} at ${columns}x${rows}${colour ? '' : ' without colour'}`, async () => {
        const env = { LANG: 'C.UTF-8', TERM: 'xterm-256color', ...(!colour && { NO_COLOR: '1' }) };
        const app = await openScreen({ columns, rows, env });
        await app.sees('3 pending', 'create index');
        await come(app);
        await app.settles();
        const name = `golden/${view}-${columns}x${rows}.${colour ? 'ansi' : 'txt'}`;
        const lines = colour ? app.terminal.coloured() : app.terminal.lines();
        await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(name);
      });
    }
  }
}
