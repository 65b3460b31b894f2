import { describe, expect, test } from 'vitest';
import type { EngineApi, Rehearsal } from '../../src/engine/api.ts';
import { Failure } from '../../src/foundation/failure.ts';
import { ids, migtui, rehearsal, type Told, unmerged } from './fake.ts';

const wrote = (calls: readonly (readonly unknown[])[]) => calls.some(([method]) => method === 'write');

describe('revision', () => {
  test('writes the file without asking', async () => {
    const { code, stdout, calls } = await migtui('revision -m "add_x" --label chat --depends-on a b');
    expect(code).toBe(0);
    expect(stdout).toBe(
      'Wrote migrations/Migration20261122140000_add_x.ts\nRevision: 20261122140000 add_x\n',
    );
    expect(calls.find(([method]) => method === 'draftRevision')?.[1]).toEqual({
      message: 'add_x',
      autogenerate: false,
      label: 'chat',
      dependsOn: ['a', 'b'],
    });
  });

  test('has the documented JSON', async () => {
    expect((await migtui('revision --autogenerate -m x --json')).json()).toEqual({
      kind: 'revision',
      revision: 'Migration20261122140000_x',
      files: [
        { path: 'migrations/Migration20261122140000_x.ts', change: 'create', diff: '@@ -0,0 +1 @@\n+new\n' },
      ],
      notes: [],
      warnings: [],
      written: true,
    });
  });

  test('requires a message', async () => {
    const { code, stderr } = await migtui('revision');
    expect(code).toBe(2);
    expect(stderr).toContain('-m, --message');
  });

  test('with several heads asks for the parent', async () => {
    const asked: (string | undefined)[] = [];
    const world = {
      types: ['2'],
      engine: {
        draftRevision: async ({ head }: { head?: string | undefined }) => {
          asked.push(head);
          if (!head) {
            throw new Failure({
              code: 'multiple-heads',
              message: 'two',
              candidates: [ids.last, ids.reactions],
            });
          }
          return { kind: 'revision', revision: 'M1', files: [], notes: [], warnings: [] } as const;
        },
      },
    };
    expect((await migtui('revision -m x', world)).code).toBe(0);
    expect(asked).toEqual([undefined, ids.reactions]);
    const alone = await migtui('revision -m x --json', { ...world, types: undefined } as never);
    expect(alone.code).toBe(1);
    expect(alone.json().error.code).toBe('multiple-heads');
  });
});

describe.each([
  ['adopt', 'The lineage'],
  ['init', 'The setup'],
])('%s', (command, what) => {
  test('shows the diff, asks, writes', async () => {
    const yes = await migtui(command, { types: ['y'] });
    expect(yes.code).toBe(0);
    expect(yes.stderr).toContain('+new');
    expect(wrote(yes.calls)).toBe(true);
    const no = await migtui(command, { types: [''] });
    expect(no.code).toBe(1);
    expect(wrote(no.calls)).toBe(false);
  });

  test('without a terminal requires --yes', async () => {
    const { code, stderr, calls } = await migtui(command);
    expect(code).toBe(1);
    expect(stderr).toContain(`${what} was not run`);
    expect(wrote(calls)).toBe(false);
    expect((await migtui(`${command} --yes --json`)).json()).toMatchObject({ written: true });
  });
});

test('init shows the next steps for the kind of database, without connecting again', async () => {
  const draft = { kind: 'init', files: [], revision: null, notes: [], warnings: [] } as const;
  const unavailable = [{ feature: 'shadow', what: 'rehearsals', why: 'it needs PostgreSQL' }] as const;
  const onPostgres = await migtui('init', { engine: { draftInit: async () => draft } });
  expect(onPostgres.stderr).toContain('migtui revision --autogenerate -m "initial schema"');
  expect(onPostgres.stderr).toMatch(/^\nNext:\n/);
  const onSqlite = await migtui('init', { engine: { draftInit: async () => ({ ...draft, unavailable }) } });
  expect(onSqlite.stderr).toContain('mikro-orm migration:create --name initial_schema');
  const existing = await migtui('init', { engine: { draftInit: async () => ({ ...draft, existing: 3 }) } });
  expect(existing.stderr).toContain('migtui adopt');
  expect(existing.stderr).not.toContain('initial schema');
  for (const { calls } of [onPostgres, onSqlite, existing])
    expect(calls.map(([method]) => method)).not.toContain('overview');
  const { json } = await migtui('init --json', {
    engine: { draftInit: async () => ({ ...draft, unavailable, existing: 0 }) },
  });
  expect(json()).toEqual({ ...draft, written: false });
});

test('adopt with nothing to do succeeds', async () => {
  const draftAdopt = async () => {
    throw new Failure({ code: 'nothing-to-adopt', message: 'Every migration says it already.' });
  };
  const { code, stdout } = await migtui('adopt --yes', { engine: { draftAdopt } });
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'Every migration says it already.\n' });
  const { json } = await migtui('adopt --json', { engine: { draftAdopt } });
  expect(json()).toMatchObject({ kind: 'adopt', files: [], written: false });
});

describe('merge', () => {
  const two = { revisions: unmerged };

  test('shows the rehearsal and writes a merge revision', async () => {
    const { code, stdout, stderr, calls } = await migtui('merge -m join --yes', two);
    expect(code).toBe(0);
    expect(stderr).toMatchInlineSnapshot(`
      "✓ No conflict: every order gives the same schema.

      common ancestor: 20261110141500 add_user_id

      20261119161000 add_reactions
        20261119161000 add_reactions
        + add_reactions.x integer

      20261120101500 add_last_read_at
        20261120101500 add_last_read_at
        + add_last_read_at.x integer

      ✓ 20261119161000 add_reactions then 20261120101500 add_last_read_at: runs
      ✓ 20261120101500 add_last_read_at then 20261119161000 add_reactions: runs
      ✓ downgrade and upgrade again
      @@ -0,0 +1 @@
      +new
      "
    `);
    expect(stdout).toContain('Wrote migrations/Migration20261122140000_join.ts');
    expect(calls.find(([method]) => method === 'draftMerge')?.[1]).toEqual({
      heads: [ids.reactions, ids.last],
      message: 'join',
      reconcile: false,
    });
  });

  test('rebases one branch on the other', async () => {
    const { code, json, calls } = await migtui(
      'merge --rebase add_reactions --onto add_last --yes --json',
      two,
    );
    expect(code).toBe(0);
    expect(json()).toMatchObject({ kind: 'rebase', written: true, rehearsal: { verdict: 'fits' } });
    expect(calls.find(([method]) => method === 'draftRebase')?.[1]).toEqual({
      branch: 'add_reactions',
      onto: 'add_last',
    });
  });

  test('--plan of a rebase shows the changed files and the warnings, and writes nothing', async () => {
    const draft = {
      kind: 'rebase',
      files: [{ path: 'migrations/a.ts', before: 'old', after: 'new', diff: '-old\n+new\n' }],
      revision: null,
      notes: [],
      warnings: ['The stock CLI runs them in the old order.'],
    } as const;
    const world = { ...two, engine: { draftRebase: async () => draft } };
    const command = 'merge --rebase add_reactions --onto add_last --plan';
    const shown = await migtui(command, world);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toMatch(/^✓ No conflict[\s\S]*-old\n\+new\n[\s\S]*in the old order\.\n$/);
    expect(wrote(shown.calls)).toBe(false);
    expect((await migtui(`${command} --json`, world)).json()).toMatchObject({
      kind: 'rebase',
      written: false,
      files: [{ path: 'migrations/a.ts', diff: '-old\n+new\n' }],
      warnings: draft.warnings,
      rehearsal: { verdict: 'fits' },
    });
  });

  test.each([
    [['m', 'y'], 'draftMerge'],
    [['1', 'y'], 'draftRebase'],
    [['2', 'y'], 'draftRebase'],
    [[''], null],
    [['m', ''], 'draftMerge'],
  ])('offers the options to a user: %j', async (types, drafted) => {
    const { calls } = await migtui('merge', { ...two, types });
    if (drafted) expect(calls.map(([method]) => method)).toContain(drafted);
    expect(wrote(calls)).toBe(types.length === 2 && types[1] === 'y');
  });

  test.each(['fails', 'differs'] as const)('a conflict (%s) is refused without --force', async verdict => {
    const world = {
      ...two,
      engine: { rehearse: async (heads: readonly string[]) => rehearsal(heads, { verdict }) },
    };
    const refused = await migtui('merge --yes --json', world);
    expect(refused.code).toBe(1);
    expect(refused.json()).toMatchObject({ error: { code: 'merge-conflict' }, rehearsal: { verdict } });
    expect(wrote(refused.calls)).toBe(false);
    expect((await migtui('merge --yes --force', world)).code).toBe(0);
  });

  test('a rebase is tested in its own order: if it runs, it needs no --force; if it fails, it is refused', async () => {
    const failed = { revision: ids.last, failure: { code: 'sql', message: 'column "topic" does not exist' } };
    const [a, b] = [ids.reactions, ids.last];
    const remedies: Rehearsal['remedies'] = [
      { kind: 'merge', branch: null, onto: null, ok: false, failed },
      { kind: 'rebase', branch: b, onto: a, ok: false, failed },
      { kind: 'rebase', branch: a, onto: b, ok: true, failed: null },
    ];
    const orders = [
      { heads: [a, b], ok: false, failed },
      { heads: [b, a], ok: true, failed: null },
    ];
    const world = {
      ...two,
      engine: {
        rehearse: async (heads: readonly string[]) =>
          rehearsal(heads, { verdict: 'fails', orders, remedies }),
      },
    };
    const runs = await migtui('merge --rebase add_reactions --onto add_last --yes', world);
    expect(runs.code).toBe(0);
    expect(runs.stderr).toContain('Only one order runs: 20261120101500 add_last_read_at, then');
    const fails = await migtui('merge --rebase add_last --onto add_reactions --yes --json', world);
    expect(fails.code).toBe(1);
    expect(fails.json()).toMatchObject({
      error: {
        code: 'merge-conflict',
        message: expect.stringContaining('column "topic" does not exist'),
        next: expect.stringContaining(`migtui merge --rebase ${a} --onto ${b}`),
      },
    });
    expect(wrote(fails.calls)).toBe(false);
    // The same for a user who chooses: 1 fails, 2 runs.
    const chosen = await migtui('merge', { ...world, types: ['1', 'y'] });
    expect(wrote(chosen.calls)).toBe(false);
    expect(chosen.stderr).toContain('column "topic" does not exist');
    expect(wrote((await migtui('merge', { ...world, types: ['2', 'y'] })).calls)).toBe(true);
  });

  test('with one head there is nothing to merge', async () => {
    const { code, stdout } = await migtui('merge --yes');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'Nothing to merge: the only head is 20261122090000 merge_heads.\n',
    });
    const same = await migtui(`merge ${ids.user} add_user_id`);
    expect(same.stdout).toBe('Nothing to merge: the targets name only 20261110141500 add_user_id.\n');
  });

  test('--rebase requires --onto', async () => {
    expect((await migtui('merge --rebase a', two)).code).toBe(2);
  });
});

describe('check', () => {
  const drifted = {
    check: async () =>
      ({
        clean: false,
        agreed: ['heads', 'entities'],
        skipped: [{ kind: 'snapshot', why: 'there is none' }],
        findings: [
          {
            kind: 'drift',
            message: 'The live schema differs from what is applied.',
            next: 'migtui revision --autogenerate',
            revisions: [ids.user],
            sql: ['alter table "chats" drop column "x"'],
            effects: [{ sign: '-', object: 'chats.x', words: 'chats.x integer' }],
          },
        ],
      }) as const,
  };

  test('exits with 0 if there are no findings', async () => {
    const { code, stdout } = await migtui('check');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: '✓ heads, entities, drift\n\n✓ No problems found.\n',
    });
  });

  test('names what is not compared with the entities', async () => {
    const check: EngineApi['check'] = async () => ({
      ...{ findings: [], agreed: ['entities'], skipped: [], notCompared: null, clean: true },
      leftAlone: ['table legacy', 'view totals'],
    });
    expect((await migtui('check', { engine: { check } })).stdout).toBe(
      '✓ entities\n– entities: not compared, because they exist only in the SQL of revisions: table legacy, view totals.\n\n✓ No problems found.\n',
    );
  });

  test('exits with 3 and prints the findings', async () => {
    const { code, stdout } = await migtui('check', { engine: drifted });
    expect(code).toBe(3);
    expect(stdout).toMatchInlineSnapshot(`
      "✗ drift: The live schema differs from what is applied.
        20261110141500 add_user_id
        - chats.x integer
        alter table "chats" drop column "x";
        next: migtui revision --autogenerate

      ✓ heads, entities
      – snapshot: not checked: there is none

      1 finding.
      "
    `);
    const json = await migtui('check --json', { engine: drifted });
    expect(json.code).toBe(3);
    expect(json.json()).toMatchObject({ clean: false, findings: [{ kind: 'drift' }] });
  });

  test('fails if something requested explicitly could not be checked, and says so', async () => {
    const engine = {
      check: async () =>
        ({
          clean: true,
          agreed: ['heads'],
          skipped: [{ kind: 'drift', why: 'the database is unreachable' }],
          findings: [],
        }) as const,
    };
    expect(await migtui('check', { engine })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('✓ No problems found in what could be checked.'),
    });
    const only = await migtui('check --only heads,drift', { engine });
    expect({ code: only.code, stdout: only.stdout }).toEqual({
      code: 1,
      stdout: '✓ heads\n– drift: not checked: the database is unreachable\n\n✗ Not checked: drift.\n',
    });
    const junit = await migtui('check --only heads,drift --format junit', { engine });
    expect(junit.code).toBe(1);
    expect(junit.stdout).toContain('failures="1" errors="0" skipped="0"');
    const github = await migtui('check --only heads,drift --format github', { engine });
    expect(github.code).toBe(1);
    expect(github.stdout).toBe('::error title=drift::not checked: the database is unreachable\n');
    const lenient = await migtui('check --format github', { engine });
    expect({ code: lenient.code, stdout: lenient.stdout.trim() }).toEqual({ code: 0, stdout: '' });
  });

  test('checks only the requested kinds', async () => {
    const kinds = async (args: string) =>
      (await migtui(args)).calls.find(([method]) => method === 'check')?.[1];
    expect(await kinds('check --only drift,heads')).toEqual(['heads', 'drift'].toReversed());
    expect(await kinds('check --ignore pending,heads')).not.toContain('pending');
    const unknown = await migtui('check --only nope --json');
    expect(unknown.code).toBe(2);
    expect(unknown.json().error.code).toBe('usage');
  });
});

describe('edit', () => {
  test('opens the file with the editor', async () => {
    const { code, spawned } = await migtui('edit head', { env: { EDITOR: 'code --wait' } });
    expect(code).toBe(0);
    expect(spawned).toEqual([`code --wait /chat/migrations/${ids.merge}.ts`]);
  });

  test('explains the consequences of editing an applied one', async () => {
    const refused = await migtui('edit add_user');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('is applied to this database');
    expect(refused.spawned).toEqual([]);
    expect((await migtui('edit add_user', { types: ['y'] })).spawned).toHaveLength(1);
  });
});

describe('resolve', () => {
  test.each([
    ['--applied', 'applied'],
    ['--not-applied', 'not-applied'],
  ])('%s', async (flag, resolution) => {
    const { code, calls } = await migtui(`resolve add_user ${flag}`);
    expect(code).toBe(0);
    expect(calls.at(-2)).toEqual(['resolveRevision', ids.user, resolution, undefined]);
  });

  test.each(['', '--applied --not-applied'])('requires exactly one option: "%s"', async flags => {
    expect((await migtui(`resolve add_user ${flags}`)).code).toBe(2);
  });
});

test('journal shows what ran, who ran it and the outcome', async () => {
  const entry = {
    run: 'r1',
    revision: ids.user,
    action: 'up',
    outcome: 'failed',
    started: '2026-11-22T13:00:00',
    finished: null,
    ms: 41,
    who: { databaseUser: 'app', osUser: 'ana', host: 'laptop', version: '0.1.0' },
    plan: { steps: [], tips: [] },
    checksum: null,
    error: 'it exists\nmore',
  } as const;
  const engine = { journal: async () => [entry] };
  expect((await migtui('journal', { engine })).stdout).toBe(
    '2026-11-22 13:00:00  up  20261110141500 add_user_id  failed  41 ms  ana@laptop as app  it exists\n',
  );
  expect((await migtui('journal --json', { engine })).json()).toEqual([entry]);
  const dark = await migtui('journal', {
    overview: { journal: { state: 'unknown', hint: 'This role cannot read migtui.journal.' } },
  });
  expect([dark.stdout, dark.stderr]).toEqual([
    'The journal cannot be read.\n',
    'This role cannot read migtui.journal.\n',
  ]);
  const off = await migtui('journal', {
    overview: { journal: { state: 'off', hint: 'Wrap the config with withMigtui.' } },
  });
  expect(off.stderr).toContain('withMigtui');
});

describe('possible renames', () => {
  /** Undecided until every candidate is declared to be a rename or not. */
  const draftRevision: EngineApi['draftRevision'] = async ({ renames = [], notRenames = [], noRename }) => {
    const open = ['contact.fax:email', 'contact.fax:mail'].filter(
      one => !renames.includes(one) && !notRenames.includes(one) && !noRename,
    );
    if (open.length === 0) return { kind: 'revision', files: [], revision: null, notes: [], warnings: [] };
    throw new Failure({ code: 'rename-or-not', message: 'Only you know.', candidates: open });
  };
  const asked = 'revision --autogenerate -m two';
  const given = (told: Told): unknown =>
    told.calls.filter(([method]) => method === 'draftRevision').at(-1)?.[1];

  test('are asked about in a terminal, once each', async () => {
    const told = await migtui(asked, { engine: { draftRevision }, types: ['n', 'y'] });
    expect(told.stderr).toContain('Is contact.email the new name of contact.fax?');
    expect(given(told)).toMatchObject({ renames: ['contact.fax:mail'], notRenames: ['contact.fax:email'] });
    const first = await migtui(asked, { engine: { draftRevision }, types: ['y'] });
    expect(given(first)).toMatchObject({ renames: ['contact.fax:email'], notRenames: ['contact.fax:mail'] });
    expect(await migtui(asked, { engine: { draftRevision }, types: [''] })).toMatchObject({ code: 1 });
    const unclear = await migtui(asked, { engine: { draftRevision }, types: ['rename', 'Yes'] });
    expect(given(unclear)).toMatchObject({ renames: ['contact.fax:email'] });
  });

  test('are decided with options otherwise', async () => {
    expect(await migtui(asked, { engine: { draftRevision } })).toMatchObject({ code: 1 });
    const ignored = await migtui('revision -m x --rename a.b:c --json');
    expect(ignored.json().error).toMatchObject({ code: 'usage' });
    const none = await migtui(`${asked} --no-rename`, { engine: { draftRevision } });
    expect(given(none)).toMatchObject({ noRename: true });
    for (const order of [
      '--rename contact.fax:email --no-rename',
      '--no-rename --rename contact.fax:email',
    ]) {
      const both = await migtui(`${asked} ${order}`, { engine: { draftRevision } });
      expect(both.code).toBe(0);
      expect(given(both)).toMatchObject({ renames: ['contact.fax:email'], noRename: true });
    }
  });
});

test('merge --force writes a merge without a rehearsal, and says so', async () => {
  const rehearse = async () => {
    throw new Failure({ code: 'replay-failed', message: 'M1 does not run on the shadow' });
  };
  const world = { revisions: unmerged, engine: { rehearse } };
  const refused = await migtui('merge --yes', world);
  expect(refused).toMatchObject({ code: 1 });
  expect(wrote(refused.calls)).toBe(false);
  const forced = await migtui('merge --yes --force --json', world);
  expect(forced.code).toBe(0);
  expect(forced.json()).toMatchObject({
    written: true,
    rehearsal: null,
    warnings: ['The merge was not rehearsed, so conflicts are not ruled out. M1 does not run on the shadow'],
  });
  expect(forced.stderr).toContain('conflicts are not ruled out');
  const printed = await migtui('merge --yes --force', world);
  expect(`${printed.stdout}${printed.stderr}`.split('not ruled out')).toHaveLength(2);
  expect(await migtui('merge --plan --force', world)).toMatchObject({ code: 1 });
  const told = await migtui('upgrade head --plan --baseline base.sql');
  expect(told.opened?.baseline).toMatch(/base\.sql$/);
});
