import { afterAll, beforeAll, expect, test } from 'vitest';
import { lookAtAttacks, type Witness, watch } from './witness.ts';

let targets: Witness;
beforeAll(async () => {
  targets = await watch();
});
afterAll(() => targets.close());

// Attacks from other places, and those that end or block the process: test/faults/reading.test.ts.
test('previewed code reaches nothing, and refusals are reported', async () => {
  const said = await lookAtAttacks(targets, 'method', 'up');
  // These continue as if nothing had happened when they are refused.
  const quiet = [
    'the dump of the connection',
    'the driver of the entity manager',
    'a pool of its own when it is over',
    'a stream to a file',
  ];
  const certain = Object.entries(said).filter(([, one]) => typeof one === 'object' && one.complete);
  expect(certain.map(([attack]) => attack).filter(attack => !quiet.includes(attack))).toEqual([]);
  expect(Object.values(said).filter(one => typeof one === 'string')).toEqual([]);
});
