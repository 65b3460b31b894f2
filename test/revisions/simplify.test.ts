import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RevisionGraph } from '../../src/revisions/graph.ts';
import type { LaneRow } from '../../src/revisions/lanes/lanes.ts';
import { layoutLanes } from '../../src/revisions/lanes/lanes.ts';
import { simplify } from '../../src/revisions/lanes/simplify.ts';
import { sketch } from './sketch.ts';

/** `c: a, b ~d`: revises a and b, depends on d. */
const shown = (rows: readonly LaneRow[]): string[] =>
  rows.map(({ id, revises, dependsOn }) =>
    [`${id}:`, ...revises, ...dependsOn.map(one => `~${one}`)].join(' '),
  );

const only = (rows: readonly LaneRow[], ...ids: string[]): string[] =>
  shown(simplify(rows, place => ids.includes(rows[place]!.id)));

describe('a history of some revisions', () => {
  const history = sketch(`
    a
    b: a
    c: b
    d: b
    e: c d
    f: e
  `).history();

  test('links each to its nearest ancestors across hidden ones', () => {
    expect(only(history, 'a', 'c', 'f')).toEqual(['f: c', 'c: a', 'a:']);
    expect(only(history, 'a', 'f')).toEqual(['f: a', 'a:']);
    expect(only(history, 'b', 'e')).toEqual(['e: b', 'b:']);
  });

  test('keeps both lines if they lead to different ones', () => {
    expect(only(history, 'c', 'd', 'f').toSorted()).toEqual(['c:', 'd:', 'f: c d']);
  });

  test('leaves out redundant lines', () => {
    expect(only(history, 'b', 'c', 'f')).toEqual(['f: c', 'c: b', 'b:']);
  });

  test('is empty if nothing is kept, and complete if everything is', () => {
    expect(only(history)).toEqual([]);
    expect(shown(simplify(history, () => true))).toEqual(shown(history));
  });

  test('a line across a dependency is a dependency', () => {
    const rows: LaneRow[] = [
      { id: 'c', revises: ['b'], dependsOn: [] },
      { id: 'b', revises: [], dependsOn: ['a'] },
      { id: 'a', revises: [], dependsOn: [] },
    ];
    expect(only(rows, 'a', 'c')).toEqual(['c: ~a', 'a:']);
  });
});

/** Rows newest first, with edges to any rows below. */
const histories: fc.Arbitrary<LaneRow[]> = fc.integer({ min: 1, max: 14 }).chain(count =>
  fc.tuple(
    ...Array.from({ length: count }, (_, place) => {
      const further = Array.from({ length: count - place - 1 }, (_, at) => `r${place + 1 + at}`);
      return fc.record({
        id: fc.constant(`r${place}`),
        revises: fc.subarray(further, { maxLength: Math.min(2, further.length) }),
        dependsOn: fc.subarray(further, { maxLength: Math.min(1, further.length) }),
      });
    }),
  ),
);

/** Everything below each row, by some kinds of edges. */
function reach(
  rows: readonly LaneRow[],
  edges: (row: LaneRow) => readonly string[],
): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const row of rows.toReversed()) {
    found.set(row.id, new Set(edges(row).flatMap(id => [id, ...(found.get(id) ?? [])])));
  }
  return found;
}

const byRevises = (row: LaneRow): readonly string[] => row.revises;
const byAny = (row: LaneRow): readonly string[] => [...row.revises, ...row.dependsOn];

describe('for any history and any selection of its rows', () => {
  const choices = histories.chain(rows =>
    fc.record({
      rows: fc.constant(rows),
      kept: fc.subarray(rows.map(({ id }) => id)).map(ids => new Set(ids)),
    }),
  );

  test('the kept rows stay in order, with the same reachability', () => {
    fc.assert(
      fc.property(choices, ({ rows, kept }) => {
        const simple = simplify(rows, place => kept.has(rows[place]!.id));
        expect(simple.map(({ id }) => id)).toEqual(rows.map(({ id }) => id).filter(id => kept.has(id)));
        for (const edges of [byRevises, byAny]) {
          const before = reach(rows, edges);
          const after = reach(simple, edges);
          for (const id of kept) {
            expect([...after.get(id)!].sort()).toEqual(
              [...before.get(id)!].filter(one => kept.has(one)).sort(),
            );
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('no line is redundant, unless it was declared', () => {
    fc.assert(
      fc.property(choices, ({ rows, kept }) => {
        const byId = new Map(rows.map(row => [row.id, row]));
        const simple = simplify(rows, place => kept.has(rows[place]!.id));
        const below = { revises: reach(simple, byRevises), any: reach(simple, byAny) };
        for (const row of simple) {
          const own = byId.get(row.id)!;
          for (const target of row.revises.filter(id => !own.revises.includes(id))) {
            const over = row.revises.filter(id => id !== target && below.revises.get(id)!.has(target));
            expect(over, `${row.id} -> ${target}`).toEqual([]);
          }
          for (const target of row.dependsOn.filter(id => !own.dependsOn.includes(id))) {
            const over = byAny(row).filter(id => id !== target && below.any.get(id)!.has(target));
            expect(over, `${row.id} ~> ${target}`).toEqual([]);
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('it can be laid out', () => {
    fc.assert(
      fc.property(choices, ({ rows, kept }) => {
        const simple = simplify(rows, place => kept.has(rows[place]!.id));
        expect(layoutLanes(simple).rows.length).toBe(kept.size);
      }),
    );
  });
});

describe('10,000 revisions', () => {
  const name = (at: number): string => `r${String(at).padStart(5, '0')}`;
  const line = Array.from({ length: 10_000 }, (_, at) => ({
    id: name(at),
    revises: at === 0 ? [] : [name(at - 1)],
  }));
  const branches = Array.from({ length: 10_000 }, (_, at) => ({
    id: name(at),
    revises: at < 20 ? [] : at % 7 === 0 ? [name(at - 20), name(at - 13)] : [name(at - 20)],
    dependsOn: at > 100 && at % 11 === 0 ? [name(at - 50)] : [],
  }));

  test.each([
    ['a line', line],
    ['20 branches that merge and depend', branches],
  ])('%s: any selection', (_, revisions) => {
    const rows = RevisionGraph.from(revisions).history();
    const keeps: ((place: number) => boolean)[] = [
      place => place % 2 === 0,
      place => place % 100 === 0,
      place => place < 5_000,
      place => place > 5_000,
      place => place === 0 || place === 9_999,
    ];
    for (const keep of keeps) {
      expect(simplify(rows, keep)).toHaveLength(rows.filter((_, place) => keep(place)).length);
    }
  });
});
