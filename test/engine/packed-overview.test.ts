import { serialize } from 'node:v8';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packOverview, unpackOverview } from '../../src/engine/process/packed-overview.ts';
import type { Overview, RevisionRow } from '../../src/values/overview.ts';

const id = fc.oneof(
  fc.integer({ min: 1, max: 5 }).map(number => `Migration2026010100000${number}_step_${number}`),
  fc.constantFrom('Initial', '__proto__', '20260101', ''),
);
const names = fc.uniqueArray(fc.oneof(id, fc.string({ maxLength: 3 })), { maxLength: 3 });
const row: fc.Arbitrary<RevisionRow> = fc.record({
  id,
  shortId: fc.constantFrom('20260101000001', '***'),
  slug: fc.constantFrom('step_1', '', 'other'),
  revises: names,
  dependsOn: names,
  labels: names,
  replaces: names,
  state: fc.constantFrom('applied' as const, 'pending' as const, 'missing' as const, 'unknown' as const),
  appliedAt: fc.constantFrom(null, '2026-01-01T00:00:00.000Z'),
  inferred: fc.boolean(),
  marks: fc.constantFrom([], ['head' as const]),
  edited: fc.boolean(),
  outOfOrder: fc.boolean(),
  file: fc.constantFrom(null, 'migrations/Migration20260101000001_step_1.ts', 'Initial.ts', ''),
});

it('the app receives the overview that the engine sends', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 6 }), names, (revisions, pending) => {
      const overview = { revisions, pending, applied: 3, heads: ['a'] } as unknown as Overview;
      expect(unpackOverview(structuredClone(packOverview(overview)))).toEqual(overview);
    }),
    { numRuns: 500 },
  );
});

it('a long line of revisions takes a fifth of the bytes of its rows', () => {
  const ids = Array.from({ length: 1_000 }, (_, at) => `Migration${20260101000000 + at}_table_${at}`);
  const revisions = ids
    .map((one, at) => ({
      id: one,
      shortId: String(20260101000000 + at),
      slug: `table_${at}`,
      revises: at === 0 ? [] : [ids[at - 1]],
      dependsOn: [],
      labels: [],
      replaces: [],
      state: 'pending',
      appliedAt: null,
      inferred: true,
      marks: at === 999 ? ['head'] : [],
      edited: false,
      outOfOrder: false,
      file: `migrations/${one}.ts`,
    }))
    .reverse();
  const overview = { revisions, pending: ids } as unknown as Overview;
  const packed = packOverview(overview);
  expect(unpackOverview(structuredClone(packed))).toEqual(overview);
  expect(serialize(packed).length).toBeLessThan(serialize(overview).length / 5);
});
