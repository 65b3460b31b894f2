import { expect, test } from 'vitest';
import { RevisionGraph } from '../../src/revisions/graph.ts';
import { drawLanes } from '../../src/revisions/lanes/draw-lanes.ts';
import { layoutLanes } from '../../src/revisions/lanes/lanes.ts';
import type { RevisionInput } from '../../src/revisions/links.ts';
import { refusal } from './sketch.ts';

/*
 * 100,000 revisions: nothing overflows the stack, and a quadratic algorithm would exceed the test's time. The
 * benchmark measures the times.
 */
const SIZE = 100_000;
const id = (at: number): string => `Migration${20200101000000 + at}_step_${at}`;
const range = Array.from({ length: SIZE }, (_, at) => at);

const shapes: Record<string, () => RevisionInput[]> = {
  'a line': () =>
    range.map(at => ({
      id: id(at),
      revises: at === 0 ? [] : [id(at - 1)],
      labels: at % 1000 ? [] : [`l${at}`],
    })),
  '1,000 labelled bases': () =>
    range.map(at => ({
      id: id(at),
      revises: at < 1000 ? [] : [id(at - 1000)],
      labels: at < 1000 ? [`l${at}`] : [],
    })),
  'a merge of 500 labelled heads with a line above': () =>
    range.map(at => {
      if (at < 500) return { id: id(at), revises: [], labels: [`l${at}`] };
      return { id: id(at), revises: at === 500 ? range.slice(0, 500).map(id) : [id(at - 1)] };
    }),
  'a fan of 99,999 from one base': () => range.map(at => ({ id: id(at), revises: at === 0 ? [] : [id(0)] })),
  'a merge of 99,999': () =>
    range.map(at => ({ id: id(at), revises: at === SIZE - 1 ? range.slice(0, SIZE - 1).map(id) : [] })),
};

test.each(Object.keys(shapes))('%s', shape => {
  const revisions = shapes[shape]!();
  const graph = RevisionGraph.from(revisions);
  const half = graph.order.slice(0, SIZE / 2);
  const newest = graph.order.at(-1)!;
  expect(graph.upgrade('heads', half).steps).toHaveLength(SIZE / 2);
  expect(graph.upgrade(newest, []).tips).toEqual([newest]);
  expect(graph.downgrade('base', graph.ids).tips).toEqual([]);
  expect(graph.stamp('heads', half).tips).toEqual(graph.realHeads);
  expect(graph.marks(half).size).toBeGreaterThan(0);
  graph.labelsOf(newest);
  const typo = () => refusal(() => graph.upgrade('Migration20200101099999_stepp', []));
  expect(typo().code).toBe('unknown-target');
  const layout = layoutLanes(graph.history());
  const stateOf = () => ({ state: 'applied' as const, current: false });
  drawLanes(layout, 0, 40, stateOf);
  for (const from of [0, SIZE / 2 + 77, SIZE - 40]) {
    expect(drawLanes(layout, from, from + 40, stateOf).rows).toHaveLength(40);
  }
});

test('40 rows of a wide history', () => {
  const layout = layoutLanes(RevisionGraph.from(shapes['1,000 labelled bases']!()).history());
  const stateOf = () => ({ state: 'pending' as const, current: true });
  for (const from of [0, SIZE / 3, SIZE - 40]) {
    expect(drawLanes(layout, Math.floor(from), Math.floor(from) + 40, stateOf).rows).toHaveLength(40);
  }
});

test('a cycle of 100,000 is found', () => {
  const revisions = range.map(at => ({ id: id(at), revises: [id((at + 1) % SIZE)] }));
  const { problems, graph } = RevisionGraph.inspect(revisions);
  expect(problems.map(({ code }) => code)).toEqual(['cycle']);
  expect(graph.order).toHaveLength(SIZE);
});
