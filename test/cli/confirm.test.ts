import { Command } from 'commander';
import { expect, test } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import type { PolicyRuleName, ProjectInfo } from '../../src/engine/api.ts';
import { ids, migtui, type Told } from './fake.ts';

const project = (...rules: readonly PolicyRuleName[]): ProjectInfo => ({
  ...{ name: 'chat', root: '/chat', configFile: null, context: 'default', contexts: [], folder: null },
  ...{ table: 'public.log', schema: null, defaultSchema: 'public', readOnly: false, protected: true },
  policy: rules.map(rule => ({
    rule,
    words: `the rule ${rule}`,
    setBy: `protected[0].${rule} in migtui.config.json`,
    reason: 'Ask #platform.',
  })),
});
const overview = { project: project('confirm') };
const given = ({ calls }: Told, method: string): unknown => calls.find(([name]) => name === method)?.at(-1);
const ran = ({ calls }: Told): boolean =>
  calls.some(([name]) => name === 'run' || name === 'resolveRevision');

test.each(['upgrade head', 'downgrade -1', 'stamp head --no-compare'])(
  "%s requires the name: --yes alone is refused, with the rule's source and the option to add",
  async command => {
    for (const flags of ['--yes', '']) {
      const told = await migtui(`${command} ${flags}`, { overview });
      expect([told.code, ran(told)]).toEqual([1, false]);
      expect(told.stderr).toContain(
        'chat is protected (protected[0].confirm in migtui.config.json). Ask #platform.',
      );
      expect(told.stderr).toContain('Add --confirm chat');
    }
    const told = await migtui(`${command} --confirm chat`, { overview });
    expect([told.code, given(told, 'run')]).toMatchObject([0, { confirm: 'chat' }]);
  },
);

test('a user types it', async () => {
  const wrong = await migtui('upgrade head', { overview, types: ['y'] });
  expect([wrong.code, ran(wrong)]).toEqual([1, false]);
  const right = await migtui('upgrade head', { overview, types: ['chat'] });
  expect(right.stderr).toContain('This database is protected. Type chat to run it: ');
  expect(given(right, 'run')).toMatchObject({ confirm: 'chat' });
});

test('--confirm also checks a database that is not protected', async () => {
  const other = await migtui('upgrade head --confirm shop --json');
  expect([other.code, other.json().error.code, ran(other)]).toEqual([1, 'wrong-database', false]);
  expect((await migtui('upgrade head --confirm chat')).code).toBe(0);
  expect((await migtui('downgrade -1 --confirm chat')).code).toBe(0);
});

test('resolve and ensure-version require it as well', async () => {
  for (const [command, method] of [
    [`resolve ${ids.last} --applied`, 'resolveRevision'],
    ['ensure-version', 'ensureTable'],
  ] as const) {
    const refused = await migtui(`${command} --json`, { overview });
    expect([refused.code, refused.json().error.code, given(refused, method)]).toEqual([
      1,
      'needs-confirm',
      undefined,
    ]);
    expect(given(await migtui(`${command} --confirm chat`, { overview }), method)).toBe('chat');
    expect(given(await migtui(command, { overview, types: ['chat'] }), method)).toBe('chat');
  }
});

test('a policy that requires a backup gets one', async () => {
  const world = { overview: { project: project('backup') } };
  expect(given(await migtui('upgrade head --yes', world), 'run')).toMatchObject({
    backup: { folder: 'backups' },
  });
  expect(given(await migtui('upgrade head --yes --no-backup', world), 'run')).toMatchObject({
    backup: undefined,
  });
  expect(given(await migtui('upgrade head --yes'), 'run')).toMatchObject({ backup: undefined });
});

test('a plan shows each rule', async () => {
  const { stdout } = await migtui('upgrade head --plan', {
    overview: { project: project('confirm', 'hours') },
  });
  expect(stdout).toContain('policy: the rule hours (protected[0].hours in migtui.config.json)');
});

test('--rehearse runs only what was rehearsed without problems', async () => {
  const nothing = { untried: [], measured: null, caveats: [] };
  const fine = await migtui('upgrade head --yes --rehearse', {
    engine: { rehearsePlan: async request => ({ request, ...nothing, steps: [], ok: true }) },
  });
  expect(fine.calls.map(([name]) => name)).toEqual(expect.arrayContaining(['rehearsePlan', 'run']));
  const same = { outcome: 'same', differences: [], failure: null } as const;
  const bad = await migtui('upgrade head --yes --rehearse --json', {
    engine: {
      rehearsePlan: async request => ({
        ...{ request, ...nothing, ok: false },
        steps: [
          {
            ...{ revision: ids.last, action: 'up', ok: false, effects: [], failure: null, redone: same },
            undone: { ...same, outcome: 'differs' },
          },
        ],
      }),
    },
  });
  expect([bad.code, bad.json().error.code, ran(bad)]).toEqual([1, 'rehearsal-failed', false]);
});

/** Every command: its arguments if it changes the database, otherwise null. */
const doors: Readonly<Record<string, string | null>> = {
  upgrade: 'upgrade head --yes',
  downgrade: 'downgrade -1 --yes',
  stamp: 'stamp head --no-compare --yes',
  undo: 'undo --yes',
  redo: 'redo --yes',
  resolve: `resolve ${ids.last} --not-applied`,
  'ensure-version': 'ensure-version',
  fresh: 'fresh --yes',
  // The engine compares their names, for each database: see test/engine/policy.test.ts.
  ...{ 'fleet upgrade': null, 'fleet downgrade': null, 'fleet stamp': null },
  ...{ 'fleet status': null, 'fleet check': null, 'fleet stages': null, 'fleet rehearse': null },
  ...{ status: null, current: null, history: null, heads: null, branches: null, show: null, pending: null },
  ...{ journal: null, wait: null, init: null, create: null, merge: null, squash: null, adopt: null },
  // With --from-drift it stamps: see below.
  ...{ revision: null, edit: null, check: null, lint: null, diff: null, rehearse: null, test: null },
  ...{ bake: null, doctor: null, open: null },
};

test('every command is listed as changing a protected database or not', () => {
  const program = new Command();
  const done = () => async () => {};
  for (const define of Object.values(commands).flat()) define(program, done as never);
  const names = program.commands.flatMap(one =>
    one.commands.length > 0 ? one.commands.map(part => `${one.name()} ${part.name()}`) : [one.name()],
  );
  expect(names.sort()).toEqual(Object.keys(doors).sort());
});

const changing = ['run', 'resolveRevision', 'ensureTable', 'empty', 'fleetRun', 'endSession'];

test.each(Object.values(doors).filter(door => door !== null))(
  '%s changes nothing on a protected database without its name',
  async door => {
    const told = await migtui(door, { overview });
    expect([told.code, told.calls.filter(([name]) => changing.includes(name as string))]).toEqual([1, []]);
    expect(told.stderr).toMatch(/protected/);
  },
);

test('revision --from-drift stamps, so on a protected database it writes nothing without the name', async () => {
  const written = ({ calls }: Told) =>
    calls.map(([name]) => name).filter(name => /^(write|run)$/.test(name as string));
  const refused = await migtui('revision --from-drift -m keep --yes', { overview });
  expect([refused.code, written(refused)]).toEqual([1, []]);
  expect(refused.stderr).toContain('Add --confirm chat');
});
