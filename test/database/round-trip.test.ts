import { expect, test } from 'vitest';
import type { Fact } from '../../src/database/shadow/inventory.ts';
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
