import { describe, expect, test } from 'vitest';
import { ids, migtui, now, unmerged } from './fake.ts';

const day = 24 * 3_600_000;
const gone = 'Migration20251010101010_gone';

describe('status', () => {
  test('is a summary with the next step', async () => {
    const { code, stdout, stderr } = await migtui('status');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatchInlineSnapshot(`
      "chat · ana@db.staging/chat · PostgreSQL 18.4

        Current  ●  20261110141500 add_user_id       10 days ago  (current) (branchpoint)
        Heads    ○  20261122090000 merge_heads                    (head) (mergepoint) chat
        Pending  ○  20261119161000 add_reactions                  chat
                 ○  20261120101500 add_last_read_at
                 ○  20261122090000 merge_heads                    (head) (mergepoint) chat

        2 applied · 3 pending

        migtui upgrade head  runs 3 revisions; --plan shows the SQL
      "
    `);
  });

  test('names the problems and the solutions', async () => {
    const { code, stdout } = await migtui('status', {
      revisions: unmerged,
      applied: [ids.initial, gone, ids.last],
      overview: {
        edited: [ids.initial],
        unsettled: [
          {
            revision: ids.reactions,
            action: 'up',
            since: '2026-11-22T13:00:00Z',
            who: 'ana',
            error: null,
            invalidIndexes: ['public.i'],
          },
        ],
      },
    });
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "chat · ana@db.staging/chat · PostgreSQL 18.4

        Current  ●  20261120101500 add_last_read_at  10 days ago  (head) (current)
        Heads    ○  20261119161000 add_reactions                  (head) chat
                 ●  20261120101500 add_last_read_at  10 days ago  (head) (current)
        Pending  ○  20261110141500 add_user_id                    (branchpoint) out of order: a later revision is applied
                 ○  20261119161000 add_reactions                  (head) chat

        3 applied · 2 pending · 1 missing · 1 edited

      ✗ 20261119161000 add_reactions was interrupted (up, started at 2026-11-22T13:00:00Z).
        Left INVALID: public.i.
        Resolve it: run it again, or migtui resolve Migration20261119161000_add_reactions --applied | --not-applied | --down
      ⚠ Applied, but without a file: 20251010101010 gone. Restore it from version control, or stamp.
      ⚠ Edited since they were applied: 20261101093000 initial_schema.
      ⚠ There are 2 heads.

        migtui merge  merges the heads
        migtui upgrade heads  runs 2 revisions; --plan shows the SQL
      "
    `);
  });

  test('is the output of migtui without a terminal', async () => {
    expect((await migtui('')).stdout).toBe((await migtui('status')).stdout);
  });

  test('has the documented JSON', async () => {
    const status = (await migtui('status --json')).json();
    expect(status).toMatchObject({
      database: { name: 'chat', label: 'ana@db.staging/chat', kind: 'postgresql', state: 'connected' },
      current: [ids.user],
      heads: [ids.merge],
      applied: 2,
      pending: [ids.reactions, ids.last, ids.merge],
      missing: [],
    });
  });

  test('of an unreachable database says so and does not guess what is applied', async () => {
    const world = {
      overview: {
        database: {
          kind: 'postgresql',
          name: 'chat',
          label: 'ana@db.staging/chat',
          state: 'unreachable',
          version: null,
          table: 'unknown',
          readOnly: false,
          schemas: [],
          otherTables: 0,
          failure: {
            code: 'database-unreachable',
            message: 'ana@db.staging/chat cannot be reached: connection refused',
            next: 'Start the server.',
          },
        },
      },
    } as const;
    const text = await migtui('status', world);
    expect(text.code).toBe(1);
    expect(text.stdout).toMatchInlineSnapshot(`
      "chat · ana@db.staging/chat

        Heads  20261122090000 merge_heads  (head) (mergepoint) chat

      ✗ ana@db.staging/chat cannot be reached: connection refused

      next:  Start the server.
      "
    `);
    const json = await migtui('status --json', world);
    expect(json.code).toBe(1);
    expect(json.json()).toMatchObject({
      error: { code: 'database-unreachable' },
      database: { state: 'unreachable' },
      heads: [ids.merge],
    });
    expect(json.json()).not.toHaveProperty('applied');
    for (const command of ['current', 'history current:', 'history -2:current', 'pending']) {
      const told = await migtui(`${command} --json`, world);
      expect(told.code).toBe(1);
      expect(told.json().error.code).toBe('database-unreachable');
    }
    for (const command of ['heads', 'history', `history ${ids.merge}:`]) {
      const { code, json } = await migtui(`${command} --json`, world);
      expect(code).toBe(0);
      expect(json()[0]).toMatchObject({ id: ids.merge, state: null });
    }
    const { stdout, stderr } = await migtui('history', world);
    expect(stdout).toContain('merge_heads');
    expect(stderr).toContain('cannot be reached: connection refused. No revision is shown as applied.');
  });

  test('an embedded database that does not exist yet is empty', async () => {
    const { code, json } = await migtui('status --json', {
      applied: [],
      overview: {
        database: {
          kind: 'pglite',
          name: 'data',
          label: 'embedded .data',
          state: 'missing',
          version: null,
          table: 'unknown',
          readOnly: false,
          schemas: [],
          otherTables: 0,
          failure: { code: 'database-missing', message: 'There is no embedded database yet.' },
        },
      },
    });
    expect(code).toBe(0);
    expect(json()).toMatchObject({ applied: 0, current: [], database: { state: 'missing' } });
  });

  test('of broken revisions lists every problem with its location', async () => {
    const problems = [
      { code: 'unknown-parent', message: 'revises "nope"', file: 'migrations/a.ts', line: 4 },
      { code: 'unreadable-file', message: 'does not parse', file: 'migrations/b.ts' },
    ];
    const { code, stdout } = await migtui('status', { overview: { problems } });
    expect(code).toBe(1);
    expect(stdout).toContain('migrations/a.ts:4: revises "nope"');
    expect(stdout).toContain('migrations/b.ts: does not parse');
    const json = await migtui('history --json', { overview: { problems } });
    expect(json.code).toBe(1);
    expect(json.json()).toMatchObject({ error: { code: 'broken-revisions', problems } });
  });
});

describe('lists of revisions', () => {
  test('history is newest first, aligned', async () => {
    expect((await migtui('history --no-graph')).stdout).toMatchInlineSnapshot(`
      "○  20261122090000 merge_heads                    (head) (mergepoint) chat
      ○  20261120101500 add_last_read_at
      ○  20261119161000 add_reactions                  chat
      ●  20261110141500 add_user_id       10 days ago  (current) (branchpoint)
      ●  20261101093000 initial_schema    10 days ago
      "
    `);
  });

  test('history draws lanes for branches', async () => {
    expect((await migtui('history :add_user_id')).stdout).toBe(
      (await migtui('history :add_user_id --no-graph')).stdout,
    );
    expect((await migtui('history')).stdout).toBe((await migtui('history --graph')).stdout);
    expect((await migtui('history')).stdout).toMatchInlineSnapshot(`
      "○    20261122090000 merge_heads                    (head) (mergepoint) chat
      ├─╮
      ○ │  20261120101500 add_last_read_at
      │ ○  20261119161000 add_reactions                  chat
      ├─╯
      ● ◀  20261110141500 add_user_id       10 days ago  (current) (branchpoint)
      ●    20261101093000 initial_schema    10 days ago
      "
    `);
  });

  test('history -v has the columns of the app', async () => {
    const { stdout, stderr } = await migtui('history -v --contexts :current');
    expect(stdout.split('\n\n')[0]).toMatch(
      /Author: Ana, 2026-11-10 .*\nSize: 1 statement\nApplied in: staging\nPath: /,
    );
    expect(stdout).toContain('Applied in: no other context');
    expect(stderr).toContain('warning: context live: no such role');
    const [row] = (await migtui('history -v --json :current')).json();
    expect(row).toMatchObject({
      id: ids.user,
      author: { name: 'Ana' },
      ms: null,
      statements: 1,
      contexts: null,
    });
    expect((await migtui('history :current')).stdout).not.toContain('Ana');
  });

  test('history --verbose prints a block for each, like Alembic', async () => {
    expect((await migtui('history -v current:')).stdout.split('\n\n')[0]).toMatchInlineSnapshot(`
      "Rev: Migration20261122090000_merge_heads (head) (mergepoint)
      Merges: 20261120101500 add_last_read_at, 20261119161000 add_reactions
      Labels: chat
      State: pending
      Path: migrations/Migration20261122090000_merge_heads.ts"
    `);
  });

  test.each([
    ['history current:', [ids.merge, ids.last, ids.reactions, ids.user]],
    ['history :current', [ids.user, ids.initial]],
    ['history -1:current', [ids.user, ids.initial]],
  ])('%s takes a range', async (args, expected) => {
    expect((await migtui(`${args} --json`)).json().map(({ id }: { id: string }) => id)).toEqual(expected);
  });

  test('have the documented JSON', async () => {
    expect((await migtui('history --json')).json().at(-2)).toEqual({
      id: ids.user,
      revises: [ids.initial],
      dependsOn: [],
      labels: [],
      replaces: [],
      state: 'applied',
      appliedAt: new Date(now - 10 * day).toISOString(),
      inferred: false,
      marks: ['current', 'branchpoint'],
      shortId: '20261110141500',
      slug: 'add_user_id',
      file: `migrations/${ids.user}.ts`,
      edited: false,
      outOfOrder: false,
    });
  });

  test.each([
    ['current', [ids.user]],
    ['heads', [ids.merge]],
    ['branches', [ids.user]],
    ['pending', [ids.reactions, ids.last, ids.merge]],
  ])('%s', async (command, expected) => {
    const { json } = await migtui(`${command} --json`);
    expect(json().map(({ id }: { id: string }) => id)).toEqual(expected);
    expect((await migtui(command)).stdout).toMatchSnapshot();
    expect((await migtui(`${command} -v`)).stdout).toContain(`Rev: ${expected[0]}`);
  });

  test('print a message if they are empty', async () => {
    const world = { revisions: [], applied: [] };
    expect((await migtui('heads', world)).stdout).toBe('There are no revisions yet.\n');
    expect((await migtui('current', world)).stdout).toBe('Nothing is applied.\n');
    expect((await migtui('pending', world)).stdout).toBe('Nothing is pending.\n');
    expect((await migtui('history --json', world)).json()).toEqual([]);
  });

  test('colour the state only if colours are enabled', async () => {
    expect((await migtui('heads', { colours: true })).stdout).toContain('\u001b[33m○\u001b[39m');
    const plain = await migtui('heads', { colours: true, env: { NO_COLOR: '1' } });
    expect(plain.stdout).not.toContain('\u001b');
    expect((await migtui('heads --no-color', { colours: true })).stdout).not.toContain('\u001b');
  });
});

describe('show', () => {
  test('prints the declarations and the SQL of a revision', async () => {
    expect((await migtui('show head -v')).stdout).toMatchInlineSnapshot(`
      "Rev: Migration20261122090000_merge_heads (head) (mergepoint)
      Merges: 20261120101500 add_last_read_at, 20261119161000 add_reactions
      Labels: chat
      State: pending
      Path: migrations/Migration20261122090000_merge_heads.ts

          merge heads

      Up
        create table "merge_heads";

      Down
        drop table "merge_heads";

      Source
      export class Migration20261122090000_merge_heads extends Migration {}
      "
    `);
  });

  test('has the documented JSON', async () => {
    const { json } = await migtui('show add_user --json');
    expect(json()).toMatchObject({
      id: ids.user,
      state: 'applied',
      up: { sql: ['create table "add_user_id"'], complete: true },
      down: { sql: ['drop table "add_user_id"'] },
      source: `export class ${ids.user} extends Migration {}\n`,
    });
  });

  test.each(['-1', `${ids.merge}-1`, 'nope', '2026'])(
    '%s that is not one revision is an error',
    async target => {
      const { code, json } = await migtui(`show ${target} --json`, { applied: [] });
      expect(code).toBe(1);
      expect(json().error.code).toEqual(expect.any(String));
    },
  );
});

test('external text cannot control the terminal', async () => {
  const evil = '\u001b]0;owned\u0007\u009b31m\u202e';
  const world = { overview: { notes: [evil] } };
  expect((await migtui('status', world)).stdout).not.toMatch(
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/,
  );
  const { stdout, json } = await migtui('status --json', world);
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  expect(json().notes).toEqual([evil]);
});
