import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RevisionGraph } from '../../src/revisions/graph.ts';
import { hasConnector, layoutLanes } from '../../src/revisions/lanes/lanes.ts';
import type { RevisionInput } from '../../src/revisions/links.ts';
import type { Plan } from '../../src/revisions/plans/plan.ts';
import type { TargetError } from '../../src/revisions/targets/target-error.ts';

const NAMES = [
  'a3f1',
  'b07c',
  'c9d2',
  'd4e5',
  'e6a8',
  'f1b9',
  '0c3d',
  '1e5f',
  '2a7b',
  '3c9d',
  '4f1e',
  '5b3a',
];

/**
 * Random graphs: branches, merges, several bases, dependencies; names in random order. `deps: false`
 * generates only trees and merges.
 */
function graphs({ deps = true, merges = true } = {}): fc.Arbitrary<RevisionInput[]> {
  const size = fc.integer({ min: 1, max: NAMES.length });
  return fc.tuple(size, fc.shuffledSubarray(NAMES, { minLength: NAMES.length })).chain(([count, names]) => {
    const earlier = (at: number, maxLength: number): fc.Arbitrary<string[]> =>
      fc.subarray(names.slice(Math.max(0, at - 5), at), { maxLength: Math.min(at, maxLength, 5) });
    return fc.tuple(
      ...Array.from({ length: count }, (_, at) =>
        fc.record({
          id: fc.constant(names[at]!),
          revises: earlier(at, merges ? 3 : 1),
          dependsOn: deps
            ? fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, earlier(at, 2))
            : fc.constant([]),
        }),
      ),
    );
  });
}

/** A graph, a state that contains its requirements, and one revision. */
function situations(
  options?: Parameters<typeof graphs>[0],
): fc.Arbitrary<{ revisions: RevisionInput[]; graph: RevisionGraph; applied: string[]; target: string }> {
  return graphs(options).chain(revisions => {
    const graph = RevisionGraph.from(revisions);
    return fc.record({
      revisions: fc.constant(revisions),
      graph: fc.constant(graph),
      applied: fc
        .subarray([...graph.ids], { maxLength: Math.min(3, graph.ids.length) })
        .map(tips => graph.ancestors(tips)),
      target: fc.constantFrom(...graph.ids),
    });
  });
}

/**
 * The applied set after a plan; fails if a step's requirements are missing, or a step removes another's
 * requirement.
 */
function run(graph: RevisionGraph, applied: Iterable<string>, { steps, tips }: Plan): Set<string> {
  const now = new Set(applied);
  for (const { revision, action } of steps) {
    if (action === 'up' || action === 'log') {
      expect(now.has(revision)).toBe(false);
      for (const need of graph.needs(revision)) expect(now).toContain(need);
      now.add(revision);
    } else {
      expect(now).toContain(revision);
      for (const other of now) expect(graph.needs(other)).not.toContain(revision);
      now.delete(revision);
    }
  }
  expect(graph.current(now)).toEqual(tips);
  return now;
}

const sorted = (ids: Iterable<string>): string[] => [...ids].sort();

describe('for any graph and state', () => {
  test('if one step has several directions, each of them is possible', () => {
    fc.assert(
      fc.property(situations(), fc.boolean(), ({ graph, applied }, up) => {
        const go = (target: string): Plan =>
          up ? graph.upgrade(target, applied) : graph.downgrade(target, applied);
        let ways: readonly string[] = [];
        try {
          go(up ? '+1' : '-1');
        } catch (error) {
          if ((error as TargetError).code === 'ambiguous-walk') ways = (error as TargetError).candidates;
        }
        for (const way of ways) {
          try {
            expect(go(way).steps.length).toBeGreaterThan(0);
          } catch (error) {
            expect((error as TargetError).code).toBe('ambiguous-walk');
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  test('an upgrade is the target and its requirements, except applied ones, in a valid order', () => {
    fc.assert(
      fc.property(situations(), ({ graph, applied, target }) => {
        const after = run(graph, applied, graph.upgrade(target, applied));
        expect(sorted(after)).toEqual(sorted(new Set([...applied, ...graph.ancestors([target])])));
      }),
      { numRuns: 400 },
    );
  });

  test('a downgrade runs children first and leaves a closed set, with the target current or required', () => {
    fc.assert(
      fc.property(situations(), ({ graph, applied, target }) => {
        fc.pre(applied.includes(target));
        let plan: Plan;
        try {
          plan = graph.downgrade(target, applied);
        } catch {
          return;
        }
        const after = run(graph, applied, plan);
        expect(after).toContain(target);
        expect(sorted(after)).toEqual(sorted(graph.ancestors(after)));
        for (const child of graph.children(target)) expect(after).not.toContain(child);
      }),
      { numRuns: 400 },
    );
  });

  test('upgrading from nothing and downgrading to base is a no-op', () => {
    fc.assert(
      fc.property(situations(), ({ graph, target }) => {
        const up = graph.upgrade(target, []);
        const there = run(graph, [], up);
        const down = graph.downgrade('base', there);
        expect(run(graph, there, down).size).toBe(0);
        expect(sorted(down.steps.map(step => step.revision))).toEqual(
          sorted(up.steps.map(step => step.revision)),
        );
      }),
      { numRuns: 200 },
    );
  });

  test('without merges, upgrading to a descendant and downgrading again is a no-op', () => {
    fc.assert(
      fc.property(situations({ deps: false, merges: false }), ({ graph, target }) => {
        const before = graph.ancestors([target]);
        for (const goal of graph.descendants([target])) {
          const there = run(graph, before, graph.upgrade(goal, before));
          expect(sorted(run(graph, there, graph.downgrade(target, there)))).toEqual(sorted(before));
        }
      }),
      { numRuns: 200 },
    );
  });

  test('a stamp logs what running would log', () => {
    fc.assert(
      fc.property(situations(), ({ graph, applied, target }) => {
        fc.pre(!applied.includes(target));
        const stamp = graph.stamp(target, applied);
        const upgrade = graph.upgrade(target, applied);
        expect(stamp.tips).toEqual(upgrade.tips);
        expect(stamp.steps).toEqual(upgrade.steps.map(({ revision }) => ({ revision, action: 'log' })));
      }),
      { numRuns: 300 },
    );
  });

  test('a stamp, up or down, makes the target current and keeps the set closed', () => {
    fc.assert(
      fc.property(situations(), fc.boolean(), ({ graph, applied, target }, purge) => {
        const after = run(graph, applied, graph.stamp(target, applied, { purge }));
        expect(graph.current(after)).toContain(target);
        expect(sorted(after)).toEqual(sorted(graph.ancestors(after)));
        if (purge) expect(sorted(after)).toEqual(sorted(graph.ancestors([target])));
      }),
      { numRuns: 300 },
    );
  });

  test('tips are the smallest set that represents the applied revisions', () => {
    fc.assert(
      fc.property(situations(), ({ graph, applied }) => {
        const tips = graph.current(applied);
        expect(sorted(graph.ancestors(tips))).toEqual(sorted(applied));
        for (const tip of tips) {
          expect(graph.ancestors(tips.filter(other => other !== tip))).not.toContain(tip);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('the order of the input, and of the applied revisions, never changes a result', () => {
    fc.assert(
      fc.property(
        situations().chain(one =>
          fc.record({
            one: fc.constant(one),
            other: fc.shuffledSubarray(one.revisions, { minLength: one.revisions.length }),
            applied: fc.shuffledSubarray(one.applied, { minLength: one.applied.length }),
          }),
        ),
        ({ one, other, applied }) => {
          const answers = (graph: RevisionGraph, state: string[]): unknown => [
            graph.order,
            graph.history(),
            [...graph.marks(state)],
            graph.upgrade(one.target, state),
            graph.stamp(one.target, state),
            graph.downgrade('base', state),
            graph.pending(state),
          ];
          expect(answers(RevisionGraph.from(other), applied)).toEqual(answers(one.graph, one.applied));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('an upgrade fills a gap, and gaps never break a plan', () => {
    fc.assert(
      fc.property(graphs(), fc.infiniteStream(fc.boolean()), (revisions, coin) => {
        const graph = RevisionGraph.from(revisions);
        const applied = graph.ids.filter(() => coin.next().value);
        const after = new Set([
          ...applied,
          ...graph.upgrade('heads', applied).steps.map(step => step.revision),
        ]);
        expect(sorted(after)).toEqual(sorted(graph.ids));
        expect(graph.downgrade('base', applied).steps).toHaveLength(applied.length);
        for (const gap of graph.gaps(applied)) {
          expect(graph.descendants([gap]).some(id => applied.includes(id))).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('every line of a drawing leads from a revision to a parent or dependency, past no other', () => {
    fc.assert(
      fc.property(graphs(), revisions => {
        const graph = RevisionGraph.from(revisions);
        const layout = layoutLanes(graph.history());
        const { rows, column, joins, edgeStart, edgeLane } = layout;
        for (let row = 1; row < rows.length; row++) {
          // One below the other without a connector: the lower one is then a parent of the upper one.
          if (column[row] !== column[row - 1] || hasConnector(layout, row - 1)) continue;
          expect([...rows[row - 1]!.revises, ...rows[row - 1]!.dependsOn]).toContain(rows[row]!.id);
        }
        const rowOf = new Map(rows.map(({ id }, row) => [id, row]));
        for (const [row, { revises, dependsOn }] of rows.entries()) {
          const targets = [...revises, ...dependsOn].map(id => rowOf.get(id)!);
          expect(edgeStart[row + 1]! - edgeStart[row]!).toBe(targets.length);
          for (const [at, target] of targets.entries()) {
            let lane = edgeLane[edgeStart[row]! + at]!;
            for (let below = row + 1; below < target; below++) {
              expect(column[below]).not.toBe(lane);
              if (joins[below] === lane) lane = column[below]!;
            }
            expect(column[target]).toBe(lane);
          }
        }
      }),
      { numRuns: 400 },
    );
  });
});
