import { expect, test } from 'vitest';
import type { FleetPlan } from '../../src/engine/api.ts';
import { Failure } from '../../src/foundation/failure.ts';
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
