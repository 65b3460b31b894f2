import { afterEach, expect, test } from 'vitest';
import type { EngineConnection } from '../../src/engine/process/connection.ts';
import { FakeEngine } from '../support/fake-engine.ts';
import { findingOf } from '../support/findings.ts';
import { closeScreens, openScreen } from '../support/screen.ts';

/*
 * External names and texts that try to control the terminal: they are shown, and no byte of them is passed
 * on.
 */

afterEach(closeScreens);

const fill = 'Migration20261113100000_fill_text_length';
const attack = '\u001b]0;owned\u0007\u009b2J\u202e\u0085\u001b[666;1H';
/** What no written byte may contain. */
const forbidden = /\u001b\]0;owned|\u001b\[666|[\u0007\u0085\u009b\u202e]/;

/** Fields of results and events whose values users or servers choose. */
const free = new Set([
  ...[
    'message',
    'next',
    'hint',
    'detail',
    'statement',
    'reason',
    'query',
    'user',
    'application',
    'host',
    'sql',
  ],
  ...[
    'text',
    'words',
    'who',
    'source',
    'comment',
    'url',
    'note',
    'title',
    'remedy',
    'error',
    'author',
    'tag',
  ],
  ...[
    'osUser',
    'databaseUser',
    'version',
    'invalidIndexes',
    'losses',
    'up',
    'down',
    'effects',
    'diff',
    'content',
  ],
]);

function poisoned(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return free.has(key) && value !== '' ? `${value} ${attack}` : value;
  if (Array.isArray(value)) return value.map(one => poisoned(one, key));
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Map || value instanceof Set) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, poisoned(one, name)]));
}

function hostile(engine: FakeEngine): EngineConnection {
  const { connection } = engine;
  const api = Object.fromEntries(
    Object.entries(connection.api).map(([name, method]) => [
      name,
      async (...args: unknown[]) =>
        poisoned(await (method as (...args: unknown[]) => Promise<unknown>)(...args)),
    ]),
  ) as unknown as EngineConnection['api'];
  return {
    ...connection,
    api,
    events: listener => connection.events(events => listener(poisoned(events) as typeof events)),
  };
}

test('no hostile name reaches the terminal raw, in any pane or dialog', async () => {
  const engine = new FakeEngine({
    project: { name: `chat ${attack}`, context: `c${attack}`, contexts: [`c${attack}`, 'two'] },
    database: {
      name: `chat${attack}`,
      label: `postgres@localhost/chat${attack}`,
      schemas: ['public', `s${attack}`],
    },
    findings: [findingOf({ revision: fill, statement: `update ${attack}`, message: `writes ${attack}` })],
    overview: { authors: {} } as never,
  });
  engine.trouble = {
    hold: fill,
    blockers: [
      {
        pid: 4711,
        user: `ana${attack}`,
        application: `psql${attack}`,
        host: attack,
        query: `select ${attack}`,
        ageMs: 9_000,
      },
    ],
    fail: {
      revision: fill,
      failure: {
        code: 'sql',
        message: `no ${attack}`,
        sql: { sqlState: '42703', hint: attack, statement: `select ${attack}`, position: 3 },
      },
    },
  };
  const app = await openScreen({ connect: () => hostile(engine) });
  await app.sees('3 pending');
  // Tabs, dialogs, prompts, the log, the run with its blocker.
  for (const keys of [
    [']', ']', ']', ']', ']'],
    ['J', 'Esc'],
    ['c', 'Esc'],
    ['C', 'Esc'],
    ['S', 'Esc'],
    ['m', 'Esc'],
    ['n', 'Esc', 'Esc'],
    [':', 'c', 'h', 'Esc'],
    ['?', 'Esc'],
    ['5', 'z', 'z'],
    ['2', 'y', 'Y'],
    ['u', 'Enter'],
  ]) {
    await app.press(...keys);
    await app.settles(50);
  }
  await app.sees('end the blocker');
  expect(app.bugs).toEqual([]);
  expect(app.text()).toContain('␛');
  // Copying to the clipboard is migtui's own sequence: OSC 52 with base64.
  const written = app.terminal.written.replace(/\u001b\]52;c;[A-Za-z0-9+/=]*\u0007/g, '');
  expect(forbidden.exec(written)?.[0]).toBeUndefined();
});
