import { expect, test } from 'vitest';
import type { Overview } from '../../src/engine/api.ts';
import { ids, migtui } from '../cli/fake.ts';

const all = Object.values(ids);

test('everything is applied: exit code 0 immediately', async () => {
  const told = await migtui('wait --json', { applied: all });
  expect([told.code, told.json()]).toMatchObject([0, { reached: true, for: 'heads', pending: [] }]);
  expect(told.calls.map(([name]) => name)).toEqual(['overview', 'close']);
});

test('a revision with its requirements is enough', async () => {
  expect((await migtui(`wait --for ${ids.user}`)).code).toBe(0);
});

test('after the timeout: exit code 1 with the pending revisions', async () => {
  const told = await migtui('wait --for head --timeout 10ms --json');
  expect(told.code).toBe(1);
  expect(told.json().error).toMatchObject({
    code: 'wait-timeout',
    candidates: [ids.reactions, ids.last, ids.merge],
  });
  expect(told.stderr).toMatch(/waiting for head .*3 revisions pending/);
  const { stderr } = await migtui('wait --for add_reactions --timeout 1ms');
  expect(stderr).toMatch(
    /Timed out after \d+ ms waiting for add_reactions: 1 revision is still pending: 20261119161000 add_reactions\n/,
  );
});

test('names the pending revisions in the order in which a run applies them', async () => {
  const { pending } = (await migtui('status --json')).json();
  const told = await migtui('wait --timeout 1ms --json');
  expect(told.json().error.candidates).toEqual(pending);
});

test('waits for a server and a database that do not exist yet, and says so', async () => {
  const states = ['unreachable', 'missing', 'connected'] as const;
  let looks = 0;
  const told = await migtui('wait --timeout 1min', {
    engine: { overview: async () => lookAt(states[looks++] ?? 'connected') },
  });
  expect(told.code).toBe(0);
  expect(told.stderr).toMatch(/It is unreachable\..*\n.*It is missing\./);
});

test.each(['+1', '-1', 'current'])('%s is not a valid target', async target => {
  expect((await migtui(`wait --for ${target}`)).code).toBe(2);
});

/** The part of a status that `wait` reads. */
function lookAt(state: Overview['database']['state']): Overview {
  const failure = state === 'connected' ? null : { code: `database-${state}`, message: `It is ${state}.` };
  return {
    problems: [],
    project: { table: 'public.mikro_orm_migrations' },
    database: { kind: 'postgresql', label: 'db/chat', state, table: 'present', failure },
    pending: [],
    revisions: all.map(id => ({ id, state: failure ? 'unknown' : 'applied' })),
  } as unknown as Overview;
}
