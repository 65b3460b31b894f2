import { expect, test } from 'vitest';
import { Control } from '../../src/database/run/control.ts';
import { endFailure } from '../../src/database/run/ending.ts';
import type { RunState } from '../../src/database/run/state.ts';
import { Failure } from '../../src/foundation/failure.ts';

function runWith(control: Control): RunState {
  const results = [{ outcome: 'done' }, { outcome: 'not run' }];
  return {
    control,
    context: { connection: { address: { secrets: [] } }, emit: () => {} },
    results,
  } as unknown as RunState;
}

test('a lock lost between two steps is reported as such, never as "Stopped as asked"', async () => {
  const control = new Control(() => null);
  await control.request('rollback', new Failure({ code: 'lock-lost', message: 'The lock was lost.' }));
  expect(endFailure(runWith(control), null, null)).toMatchObject({
    code: 'lock-lost',
    message: 'The lock was lost.',
  });
});

test('a cancel between two steps is "Stopped as asked"', async () => {
  const control = new Control(() => null);
  await control.request('rollback');
  expect(endFailure(runWith(control), null, null)).toMatchObject({
    code: 'cancelled',
    message: expect.stringMatching(/^Stopped as requested; 1 of 2 steps/),
  });
});

test('a connection lost during a cancel is reported as lost', async () => {
  const control = new Control(() => null);
  await control.request('rollback');
  const lost = new Error('Connection terminated unexpectedly');
  expect(endFailure(runWith(control), lost, { transactional: false, steps: [1] })).toMatchObject({
    code: 'connection-lost',
  });
});
