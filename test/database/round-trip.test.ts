import { expect, test } from 'vitest';
import type { Fact } from '../../src/database/shadow/inventory.ts';
import { mayPass } from '../../src/database/shadow/revision-run.ts';
import { notRestored } from '../../src/database/shadow/round-trip.ts';

const check = (definition: string): Fact => ({
  kind: 'constraint',
  schema: 'public',
  name: 'orders',
  part: 'total_positive',
  position: null,
  is: { definition },
});

test('a constraint that is validated after down(), or no longer, counts as restored', () => {
  const [valid, not] = [check('CHECK ((total > 0))'), check('CHECK ((total > 0)) NOT VALID')];
  expect(notRestored([not], [valid])).toEqual([]);
  expect(notRestored([valid], [not])).toEqual([]);
  expect(notRestored([not], [check('CHECK ((total > 1)) NOT VALID')])).toHaveLength(1);
  expect(notRestored([valid], [])).toHaveLength(1);
});

test('a failure that depends on the server or its roles may pass, and is not remembered', () => {
  const failed = (sqlState: string) => mayPass({ code: 'statement-failed', message: '', sql: { sqlState } });
  expect(['42501', '53200', '57014', '08006'].filter(state => !failed(state))).toEqual([]);
  expect(['42P07', '42601', '23505', '22012'].filter(failed)).toEqual([]);
  expect(mayPass({ code: 'migration-threw', message: '' })).toBe(true);
  expect(mayPass({ code: 'no-down', message: '' })).toBe(false);
  expect(mayPass(null)).toBe(false);
});
