import { expect, test } from 'vitest';
import type { FleetPlan, FleetRow, FleetStatus } from '../../src/engine/api.ts';
import { Failure } from '../../src/foundation/failure.ts';
import { countStates } from '../../src/values/fleet.ts';
import { migtui } from './fake.ts';

const plan: FleetPlan = {
  ...{ id: 'p', request: { choice: {}, plan: { command: 'upgrade', targets: ['head'] } } },
  ...{ groups: [], refused: [], there: ['tenant \u009b31m\n2'], waves: [], databases: [] },
  ...{ destructive: false, protected: false },
};

test('a line of JSON is one line, and contains no terminal control characters', async () => {
  const { stdout, code } = await migtui('fleet upgrade head --json', {
    engine: { fleetPlan: async () => plan },
  });
  expect(code).toBe(0);
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  expect(stdout).toContain('tenant \\u009b31m\\n2');
  expect(JSON.parse(stdout)).toMatchObject({ kind: 'finished', result: { counts: { there: 1 } } });
});

test('without targets it is a usage error: exit code 2 and a message', async () => {
  const fleetPlan = async (): Promise<FleetPlan> => {
    throw new Failure({ code: 'no-targets', message: 'The fleet has no targets.', next: 'Name some.' });
  };
  const { code, stderr } = await migtui('fleet upgrade head', { engine: { fleetPlan } });
  expect({ code, stderr }).toEqual({ code: 2, stderr: 'error: The fleet has no targets. Name some.\n' });
});

test.each([
  ['--shard 9/8', 'It must be a share such as 2/8'],
  ['--limit 0', 'It must be a whole number from 1.'],
  ['--max-failures 200', 'It must be a percentage from 0 to 100.'],
  ['--only ,', 'It is empty.'],
  ['--tag ,', 'It is empty.'],
  ['--pause-after cannary', 'There is no wave "cannary" to pause after; the waves are rest.'],
  ['--canary 2 --pause-after cannary', 'the waves are canary, rest.'],
])('%s is refused', async (option, words) => {
  const { code, stderr } = await migtui(`fleet upgrade head ${option}`);
  expect(code).toBe(2);
  expect(stderr).toContain(words);
});

test('fleet alone is fleet status, and an unknown word is no argument of it', async () => {
  const chosen: unknown[] = [];
  const fleetStatus = async (choice: unknown): Promise<never> => {
    chosen.push(choice);
    throw new Failure({ code: 'no-targets', message: 'The fleet has no targets.', next: 'Name some.' });
  };
  await migtui('fleet --only tenant_1*', { engine: { fleetStatus } });
  await migtui('fleet status --only tenant_1*', { engine: { fleetStatus } });
  expect(chosen[0]).toMatchObject({ only: ['tenant_1*'] });
  expect(chosen[1]).toEqual(chosen[0]);
  const { code, stderr } = await migtui('fleet upgrad head', { engine: { fleetStatus } });
  expect({ code, stderr }).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("unknown command 'upgrad'\n(Did you mean upgrade?)"),
  });
  expect(chosen).toHaveLength(2);
});

const row: FleetRow = {
  ...{ name: 'tenant_1', tags: [], context: 'default', database: 'db', schema: 'tenant_1', state: 'edited' },
  ...{ current: ['a'], applied: 1, pending: 2, missing: [], edited: ['a'], halfWay: [], differsFrom: null },
  ...{ running: false, failure: null },
};

test('check --ignore ignores one kind of problem, and not the others of the same target', async () => {
  const fleetStatus = async (): Promise<FleetStatus> => ({
    targets: [row],
    ...{ counts: [], states: countStates([row]), heads: {}, compared: 0, at: '2026-01-01T00:00:00Z' },
  });
  const seen = async (ignored: string) => {
    const { code, stdout } = await migtui(`fleet check --json ${ignored}`, { engine: { fleetStatus } });
    const { clean, targets } = JSON.parse(stdout);
    return { code, clean, states: targets.map(({ state }: FleetRow) => state) };
  };
  expect(await seen('')).toEqual({ code: 3, clean: false, states: ['edited'] });
  expect(await seen('--ignore edited')).toEqual({ code: 3, clean: false, states: ['behind'] });
  expect(await seen('--ignore edited,behind')).toEqual({ code: 0, clean: true, states: [] });
});

test('a rehearsal without some of the targets has failed', async () => {
  const failure = { code: 'half-way', message: 'topics was interrupted.' };
  const fleetRehearse = async () => [{ targets: ['tenant_1'], on: 'tenant_1', rehearsal: null, failure }];
  const { code, stdout } = await migtui('fleet rehearse head', { engine: { fleetRehearse } });
  expect(code).toBe(3);
  expect(stdout).toContain('topics was interrupted.');
});
