import { expect, test } from 'vitest';
import { headlineOf } from '../../src/drawing/text/rehearsal.ts';
import type { Rehearsal } from '../../src/engine/api.ts';

/** A rehearsal of four heads in two of their orders, of which so many run. */
const rehearsal = (verdict: Rehearsal['verdict'], running: number, everyOrder = false): Rehearsal =>
  ({
    verdict,
    everyOrder,
    branches: ['a', 'b', 'c', 'd'],
    orders: [
      { heads: ['a', 'b', 'c', 'd'], ok: running > 0, failed: null },
      { heads: ['d', 'c', 'b', 'a'], ok: running > 1, failed: null },
    ],
  }) as unknown as Rehearsal;

test.each<[Rehearsal, string]>([
  [rehearsal('fits', 2), 'No conflict: the 2 orders that were tried give the same schema.'],
  [rehearsal('fails', 0), 'Conflict: the 2 orders that were tried fail.'],
  [rehearsal('fails', 0, true), 'Conflict: every order fails.'],
  [rehearsal('fails', 1), 'Conflict: 1 of 2 orders that were tried run, such as a, then b, then c, then d.'],
  [rehearsal('fails', 1, true), 'Only one order runs: a, then b, then c, then d.'],
])('a headline speaks only of the orders that were tried: %#', (found, words) => {
  expect(headlineOf(found, id => id).text).toBe(words);
});
