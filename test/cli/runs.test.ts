import { describe, expect, test } from 'vitest';
import type { Comparison, EngineApi, Preview, RunEvent, Session } from '../../src/engine/api.ts';
import { Failure } from '../../src/foundation/failure.ts';
import { ids, migtui, unmerged } from './fake.ts';

describe('a plan that other runs change', () => {
  test('--yes runs the remaining steps for the same target, if no plan is pinned', async () => {
    const told = await migtui('upgrade head --yes');
    expect(told.calls.find(([name]) => name === 'run')?.[2]).toMatchObject({ whenChanged: 'replan' });
  });

  test('--plan-id runs only that plan', async () => {
    expect((await migtui('upgrade head --plan --json')).json().fingerprint).toBe('f');
    const pinned = await migtui('upgrade head --yes --plan-id f');
    expect(pinned.calls.find(([name]) => name === 'run')?.[2]).toMatchObject({ whenChanged: 'refuse' });
    const other = await migtui('upgrade head --yes --plan-id e --json');
    expect([other.code, other.json().error.code]).toEqual([1, 'plan-changed']);
    expect(other.calls.some(([name]) => name === 'run')).toBe(false);
  });

  test('with a prompt, the new plan is shown and asked about', async () => {
    let runs = 0;
    const told = await migtui('upgrade head', {
      types: ['y', 'y'],
      engine: {
        async run({ plan }) {
          if (++runs === 1) throw new Failure({ code: 'plan-changed', message: 'It has changed.' });
          return { run: 'r', steps: [], tips: plan.tips, failure: null, cancelled: false, unsettled: [] };
        },
      },
    });
    expect(told.code).toBe(0);
    expect(told.stderr.match(/\[y\/N\]/g)).toHaveLength(2);
    expect(told.stderr).toContain('It has changed. The plan is now:');
  });

  test('a target that another run reached exits with 0 and names that run', async () => {
    const told = await migtui('upgrade head --yes', {
      engine: {
        run: async ({ plan }) => ({
          ...{ run: '', steps: [], tips: plan.tips, failure: null, cancelled: false, unsettled: [] },
          appliedBy: { run: '1a2b3c4d', who: 'ana@laptop' },
        }),
      },
    });
    expect([told.code, told.stdout]).toEqual([
      0,
      'Nothing to run: everything up to head is applied. Run 1a2b3c4d (ana@laptop) applied it while this one waited.\n',
    ]);
  });
});

describe('undo and resolve --down', () => {
  test('with --plan do not suggest --plan-id, which they do not have', async () => {
    for (const command of ['undo --plan', 'redo --plan', `resolve ${ids.user} --down --plan`]) {
      const told = await migtui(command);
      expect([command, told.code, told.stderr]).toEqual([command, 0, '']);
    }
    expect((await migtui('undo --plan-id f')).stderr).toContain("unknown option '--plan-id'");
  });

  test('are named by the message that they were not run', async () => {
    const { stderr } = await migtui('undo');
    expect(stderr).toContain('The undo was not run: there is no terminal');
  });
});

test('a stamp has no options of the strict rules, which do not apply to it', async () => {
  for (const option of ['--strict', '--no-strict']) {
    const told = await migtui(`stamp head --plan ${option}`);
    expect([told.code, told.stderr]).toEqual([2, expect.stringContaining(`unknown option '${option}'`)]);
  }
});

describe('a plan', () => {
  test('is shown with its SQL, and nothing runs', async () => {
    const { code, stdout, stderr, calls } = await migtui('upgrade head --plan');
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'To run exactly this plan: --plan-id f\n' });
    expect(stdout).toMatchInlineSnapshot(`
      "upgrade head on ana@db.staging/chat: 3 steps, 1 transaction

        1 ↑ 20261119161000 add_reactions
            create table "add_reactions";

        2 ↑ 20261120101500 add_last_read_at
            create table "add_last_read_at";

        3 ↑ 20261122090000 merge_heads
            create table "merge_heads";

      Result: 20261122090000 merge_heads
      "
    `);
    expect(calls.map(([method]) => method)).not.toContain('run');
  });

  test('has the documented JSON', async () => {
    expect((await migtui('downgrade -1 --plan --json')).json()).toMatchObject({
      steps: [
        {
          revision: ids.user,
          action: 'down',
          sql: ['drop table "add_user_id"'],
          losses: ['drops table add_user_id: 12 rows'],
        },
      ],
      tips: [ids.initial],
      destructive: true,
    });
    expect((await migtui('stamp heads --plan --json')).json().steps).toMatchObject([
      { revision: ids.reactions, action: 'log' },
      { revision: ids.last, action: 'log' },
      { revision: ids.merge, action: 'log' },
    ]);
  });
});

describe('a run', () => {
  test('with --yes asks nothing and returns the result', async () => {
    const { code, stdout, stderr } = await migtui('upgrade head --yes');
    expect(code).toBe(0);
    expect(stdout).toBe('Upgraded: 3 revisions in 21 ms.\nCurrent: 20261122090000 merge_heads\n');
    expect(stderr).toContain('upgrade head on ana@db.staging/chat: 3 steps, 1 transaction');
  });

  test('has the documented JSON, and nothing else on stdout', async () => {
    const { code, json } = await migtui('upgrade head --yes --json');
    expect(code).toBe(0);
    expect(json()).toEqual({
      steps: [ids.reactions, ids.last, ids.merge].map(revision => ({
        revision,
        action: 'up',
        outcome: 'done',
        ms: 7,
      })),
      tips: [ids.merge],
      run: 'r1',
      cancelled: false,
      unsettled: [],
    });
  });

  test('without a terminal and --yes is refused with a message', async () => {
    const { code, stdout, stderr, calls } = await migtui('upgrade head');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('The upgrade was not run: there is no terminal to ask for confirmation.');
    expect(stderr).toContain('Add --yes');
    expect(calls.map(([method]) => method)).not.toContain('run');
    expect((await migtui('upgrade head --json')).json().error.code).toBe('needs-yes');
  });

  test.each([
    ['y', true],
    ['yes', true],
    ['', false],
    ['n', false],
    ['chat', false],
  ])('asks, and "%s" is an answer (runs: %s)', async (answer, runs) => {
    const { code, stderr, calls } = await migtui('upgrade head', { types: [answer] });
    expect(stderr).toContain('Run 3 steps on ana@db.staging/chat? [y/N] ');
    expect(calls.some(([method]) => method === 'run')).toBe(runs);
    expect(code).toBe(runs ? 0 : 1);
  });

  test.each([
    ['chat', true],
    ['y', false],
    ['Chat', false],
  ])('with data loss requires the name of the database: "%s" (runs: %s)', async (answer, runs) => {
    const { stderr, calls } = await migtui('downgrade -1', { types: [answer] });
    expect(stderr).toContain('drops table add_user_id: 12 rows');
    expect(stderr).toContain('This destroys data. Type chat to run it: ');
    expect(calls.some(([method]) => method === 'run')).toBe(runs);
  });

  test.each(['downgrade -1', 'upgrade add_reactions+1', 'stamp base', 'downgrade base', 'stamp -1'])(
    '%s is accepted',
    async args => {
      expect((await migtui(`${args} --yes`)).code).toBe(0);
    },
  );

  test('nothing to run succeeds without a question', async () => {
    const { code, stdout } = await migtui('upgrade add_user');
    expect(code).toBe(0);
    expect(stdout).toBe('Nothing to run: everything up to add_user is applied.\n');
    expect((await migtui('upgrade add_user --json')).json()).toMatchObject({ steps: [], tips: [ids.user] });
  });

  test('read-only is refused before any question', async () => {
    const { code, json } = await migtui('upgrade head --yes --read-only --json');
    expect(code).toBe(1);
    expect(json().error.code).toBe('read-only');
  });

  test('several heads: names them and the options', async () => {
    const { code, stderr } = await migtui('upgrade head --yes', { revisions: unmerged });
    expect(code).toBe(1);
    for (const words of [ids.last, ids.reactions, 'heads', '<label>@head', 'migtui merge']) {
      expect(stderr).toContain(words);
    }
  });

  test('passes the options on', async () => {
    const { calls } = await migtui(
      'upgrade heads --yes --lock-wait 1min --lock-timeout 500ms --statement-timeout 2s --retries 5 --transaction each',
    );
    expect(calls.find(([method]) => method === 'preview')?.[1]).toMatchObject({ transaction: 'each' });
    expect(calls.find(([method]) => method === 'run')?.[2]).toMatchObject({
      lockWait: 60_000,
      lockTimeout: 500,
      statementTimeout: 2_000,
      retries: 5,
    });
  });
});

describe('the events of a run', () => {
  const holder: Session = {
    pid: 42,
    user: 'ben',
    application: 'migtui',
    host: '10.0.0.7',
    query: null,
    ageMs: 9_000,
  };
  const tell = (...events: RunEvent[]) => events.map(event => ({ type: 'run', event }) as const);

  test('are printed as plain lines to stderr', async () => {
    const { stderr } = await migtui('upgrade heads --yes', {
      events: tell(
        { kind: 'waiting', holder, waitedMs: 0 },
        { kind: 'waiting', holder, waitedMs: 2_000 },
        { kind: 'waiting', holder, waitedMs: 12_000 },
        { kind: 'started', run: 'r1', steps: 3, batches: 1 },
        { kind: 'batch', batch: 0, attempt: 1 },
        { kind: 'step', step: 0 },
        {
          kind: 'watch',
          statement: 'alter table',
          elapsedMs: 1_000,
          blockers: [{ ...holder, query: 'select *\n from chats' }],
          progress: null,
        },
        { kind: 'retry', batch: 0, attempt: 2, of: 3, afterMs: 500, reason: 'lock timeout' },
        { kind: 'step', step: 0 },
        { kind: 'step-done', step: 0, ms: 41 },
        { kind: 'step', step: 1 },
        {
          kind: 'watch',
          statement: 'create index',
          elapsedMs: 30_000,
          blockers: [],
          progress: { command: 'CREATE INDEX', phase: 'building index', done: 45, total: 100 },
        },
        { kind: 'step-done', step: 1, ms: 2_400 },
        { kind: 'step', step: 2 },
        { kind: 'step-done', step: 2, ms: 3 },
      ),
    });
    expect(stderr.split('Result:')[1]).toMatchInlineSnapshot(`
      " 20261122090000 merge_heads
      waiting for another run to finish: pid 42 ben@10.0.0.7 (migtui), for 9.0 s
      waiting for another run to finish (12.0 s): pid 42 ben@10.0.0.7 (migtui), for 9.0 s
      1/3 up 20261119161000 add_reactions … 1.0 s
        blocked by pid 42 ben@10.0.0.7 (migtui), for 9.0 s, select * from chats
      lock timeout; try 2 of 3 in 500 ms
      ✓ 1/3 up 20261119161000 add_reactions  41 ms
      2/3 up 20261120101500 add_last_read_at … 30.0 s: create index, building index 45 %
      ✓ 2/3 up 20261120101500 add_last_read_at  2.4 s
      ✓ 3/3 up 20261122090000 merge_heads  3 ms
      "
    `);
  });

  test('with -v shows the statements', async () => {
    const { stderr } = await migtui('upgrade heads --yes -v', {
      events: tell({ kind: 'step', step: 0 }, { kind: 'statement', step: 0, sql: 'create table "x" ()' }),
    });
    expect(stderr).toContain('1/3 up 20261119161000 add_reactions …\n  create table "x" ();');
  });
});

describe('a failed run', () => {
  const failed = {
    async run() {
      return {
        run: 'r1',
        steps: [
          { revision: ids.reactions, action: 'up', outcome: 'not run', ms: 5, rolledBack: true },
          { revision: ids.last, action: 'up', outcome: 'failed', ms: 3 },
          { revision: ids.merge, action: 'up', outcome: 'not run', ms: 0 },
        ],
        tips: [ids.user],
        failure: {
          code: 'statement-failed',
          message: 'column "last_read_at" of relation "chats" already exists',
          next: 'Fix the migration and run it again.',
          sql: {
            sqlState: '42701',
            detail: 'It is there.',
            hint: 'Drop it.',
            statement: 'alter table "chats"\n  add column "last_read_at" timestamptz',
            position: 34,
          },
        },
        cancelled: false,
        unsettled: [],
      } as const;
    },
  };

  test("prints PostgreSQL's error, the position, what is applied and what to do next", async () => {
    const { code, stdout } = await migtui('upgrade head --yes', { engine: failed });
    expect(code).toBe(1);
    expect(stdout).toMatchInlineSnapshot(`
      "error: column "last_read_at" of relation "chats" already exists
        code: 42701
        detail: It is there.
        hint: Drop it.

          alter table "chats"
            add column "last_read_at" timestamptz
                       ^

      next:  Fix the migration and run it again.

        –  up  20261119161000 add_reactions     rolled back  5 ms
        ✗  up  20261120101500 add_last_read_at  failed       3 ms
        –  up  20261122090000 merge_heads       not run

      This run left no changes in the database.
      Current: 20261110141500 add_user_id
      "
    `);
  });

  test('partly done outside a transaction: does not say that there are no changes', async () => {
    const unsettled = {
      revision: ids.last,
      action: 'down',
      since: '2026-11-20T10:15:00.000Z',
      who: 'ana@laptop',
      error: null,
      invalidIndexes: [],
    } as const;
    const { stdout } = await migtui('upgrade head --yes', {
      engine: { run: async () => ({ ...(await failed.run()), unsettled: [unsettled] }) },
    });
    expect(stdout).not.toContain('no changes');
    expect(stdout).toContain('20261120101500 add_last_read_at was interrupted outside a transaction');
  });

  test('partly done, though nothing recorded it: says so', async () => {
    const result = await failed.run();
    const steps = result.steps.map(step =>
      step.outcome === 'failed' ? { ...step, changesRemain: true } : step,
    );
    const engine = { run: async () => ({ ...result, steps, tipsUnknown: true }) };
    const { stdout } = await migtui('upgrade head --yes', { engine });
    expect(stdout).not.toContain('no changes');
    expect(stdout).toContain('Partly done, without a transaction: 20261120101500 add_last_read_at.');
    expect(stdout).toContain('Current: unknown');
    expect((await migtui('upgrade head --yes --json', { engine })).json()).toMatchObject({
      tipsUnknown: true,
      steps: [{}, { outcome: 'failed', changesRemain: true }, {}],
    });
  });

  test('done, though its log row is unknown: says so', async () => {
    const result = await failed.run();
    const steps = [
      { revision: ids.reactions, action: 'up', outcome: 'unknown', ms: 5, changesRemain: true },
    ] as const;
    const { stdout } = await migtui('upgrade head --yes', {
      engine: { run: async () => ({ ...result, steps }) },
    });
    expect(stdout).toContain('Done, but perhaps not recorded as applied: 20261119161000 add_reactions.');
    expect(stdout).not.toContain('rolled back');
  });

  test('fresh says what it has dropped', async () => {
    const emptying = async () => ({ losses: ['drops table a', 'drops table b'], sql: [], fingerprint: '' });
    const { stdout } = await migtui('fresh --yes --confirm chat', { engine: { ...failed, emptying } });
    expect(stdout).toContain(
      'Before the run, 2 objects of the database were dropped, and that was committed. The run itself left no changes.',
    );
  });

  test('has the documented JSON', async () => {
    const { code, json } = await migtui('upgrade head --yes --json', { engine: failed });
    expect(code).toBe(1);
    expect(json()).toMatchObject({
      steps: [{ outcome: 'not run', rolledBack: true }, { outcome: 'failed' }, { outcome: 'not run' }],
      tips: [ids.user],
      error: { code: 'statement-failed', sql: { sqlState: '42701' } },
    });
  });
});

test('--sql prints only the script', async () => {
  const { code, stdout, stderr } = await migtui('upgrade current:head --sql');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toBe('-- current:head\nbegin;\ncommit;\n');
  expect((await migtui('upgrade head --sql --json')).json()).toEqual({ sql: '-- head\nbegin;\ncommit;\n' });
});

describe('stamp compares the live schema with the stamped revisions', () => {
  const comparison: Comparison = {
    same: false,
    sql: [],
    effects: [{ sign: '-', object: 'chats.x', words: 'chats.x integer' }],
  };
  const compare = async () => comparison;

  test('before it writes, and with --plan', async () => {
    const words =
      /The live schema does not match .* \(\+ missing, - unexpected, ~ different\):\n {2}- chats\.x integer/;
    const { stderr } = await migtui('stamp head --yes', { engine: { compare } });
    expect(stderr).toMatch(words);
    expect((await migtui('stamp head --plan', { engine: { compare } })).stdout).toMatch(words);
    expect((await migtui('stamp head --plan --json', { engine: { compare } })).json()).toMatchObject({
      comparison,
    });
    const { calls } = await migtui('stamp head --yes --no-compare');
    expect(calls.map(([method]) => method)).not.toContain('compare');
  });

  test('and asks for the name of the database if the log would not match the schema', async () => {
    const told = await migtui('stamp head', { engine: { compare }, types: ['y'] });
    expect(told).toMatchObject({ code: 1 });
    expect(told.stderr).toContain('The migrations table would not match the schema. Type chat to run it: ');
    expect(await migtui('stamp head', { engine: { compare }, types: ['chat'] })).toMatchObject({ code: 0 });
    // Removing rows logs nothing.
    const back = await migtui('stamp base', { engine: { compare }, types: ['y'] });
    expect(back.stderr).toContain('[y/N]');
    expect(back.code).toBe(0);
  });

  test('a failed comparison is reported, and the normal question is asked', async () => {
    const cannot = async () => {
      throw new Error('no shadow');
    };
    const told = await migtui('stamp head', { engine: { compare: cannot }, types: ['y'] });
    expect(told.stderr).toContain('The live schema was not compared: no shadow');
    expect(told.code).toBe(0);
  });
});

describe('strict', () => {
  const forbidden: Partial<EngineApi> = {
    run: async () => {
      throw new Failure({ code: 'strict', message: 'The strict rule "missing" forbids this run.' });
    },
  };

  test('the option overrides the settings', async () => {
    expect((await migtui('upgrade head --plan')).opened?.strict).toEqual([]);
    expect((await migtui('upgrade head --plan --no-strict')).opened?.strict).toEqual([]);
    const all = ['missing', 'out-of-order', 'edited'];
    expect((await migtui('upgrade head --plan --strict')).opened?.strict).toEqual(all);
  });

  test('a violated rule fails without a question, also with --plan', async () => {
    const preview = async (): Promise<Preview> => ({
      request: { command: 'upgrade', targets: ['head'] },
      plan: { steps: [{ revision: ids.last, action: 'up' }], tips: [ids.last] },
      steps: [
        {
          revision: ids.last,
          action: 'up',
          preview: { sql: [], complete: true, note: null, transactional: true },
          batch: 0,
          losses: [],
          findings: [],
        },
      ],
      batches: [{ transactional: true, steps: [0] }],
      warnings: [{ code: 'strict', message: 'The strict rule "missing" …', revisions: [] }],
      destructive: false,
      protected: false,
      policy: [],
      measured: null,
      databaseName: 'chat',
      databaseLabel: 'ana@db.staging/chat',
      schema: null,
      fingerprint: 'f',
    });
    expect(await migtui('upgrade head --plan', { engine: { preview } })).toMatchObject({ code: 1 });
    const run = await migtui('upgrade head', { engine: { preview, ...forbidden }, types: ['y'] });
    expect(run.code).toBe(1);
    expect(run.stderr).not.toContain('[y/N]');
    expect(run.stderr).toContain('error: The strict rule "missing" forbids this run.');
  });
});
