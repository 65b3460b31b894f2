import { describe, expect, test } from 'vitest';
import type { RevisionGraph } from '../../src/revisions/graph.ts';
import { type DrawLanesOptions, drawLanes, type LaneSegment } from '../../src/revisions/lanes/draw-lanes.ts';
import { hasConnector, layoutLanes } from '../../src/revisions/lanes/lanes.ts';
import { sketch } from './sketch.ts';

interface Scene extends DrawLanesOptions {
  readonly applied?: readonly string[];
  readonly from?: number;
  readonly to?: number;
}

const text = (segments: readonly LaneSegment[]): string => segments.map(segment => segment.text).join('');

function rowsOf(graph: RevisionGraph, { applied = [], from, to, ...options }: Scene) {
  const layout = layoutLanes(graph.history(graph.missing(applied)));
  const [isApplied, current] = [new Set(applied), new Set(graph.current(applied))];
  const state = (id: string) => (!graph.has(id) ? 'missing' : isApplied.has(id) ? 'applied' : 'pending');
  const stateOf = (id: string) => ({ state: state(id), current: current.has(id) }) as const;
  return drawLanes(layout, from ?? 0, to ?? layout.rows.length, stateOf, options);
}

/** The drawing with the names after it, as in `history --graph`. */
function draw(graph: RevisionGraph, scene: Scene = {}): string {
  const lines = rowsOf(graph, scene).rows.flatMap(({ id, node, below }) => [
    `${text(node)}  ${id}`,
    ...(below ? [text(below).trimEnd()] : []),
  ]);
  return `\n${lines.join('\n')}\n`;
}

describe('examples', () => {
  test('a line', () => {
    const graph = sketch(`
      a
      b: a
      c: b
    `);
    expect(draw(graph, { applied: ['a', 'b'] })).toMatchInlineSnapshot(`
      "
      ○    c
      ● ◀  b
      ●    a
      "
    `);
  });

  test('a branch and its merge', () => {
    const graph = sketch(`
      1_initial
      2_user_id: 1_initial
      3_reactions: 2_user_id
      4_last_read: 2_user_id
      5_merge: 3_reactions 4_last_read
    `);
    expect(draw(graph, { applied: ['1_initial', '2_user_id'] })).toMatchInlineSnapshot(`
      "
      ○    5_merge
      ├─╮
      │ ○  4_last_read
      ○ │  3_reactions
      ├─╯
      ● ◀  2_user_id
      ●    1_initial
      "
    `);
    expect(draw(graph, { applied: ['1_initial', '2_user_id'], ascii: true })).toMatchInlineSnapshot(`
      "
      o    5_merge
      |-\\
      | o  4_last_read
      o |  3_reactions
      |-/
      * <  2_user_id
      *    1_initial
      "
    `);
  });

  test('two heads', () => {
    const graph = sketch(`
      a
      b1: a
      b2: b1
      c1: a
      c2: c1
    `);
    expect(draw(graph, { applied: graph.ids })).toMatchInlineSnapshot(`
      "
      ● ◀    c2
      ●      c1
      │ ● ◀  b2
      │ ●    b1
      ├─╯
      ●      a
      "
    `);
  });

  test('several bases, a missing revision', () => {
    const graph = sketch(`
      a
      b
      c
      d: a
      e: b
      f: c
    `);
    expect(draw(graph, { applied: ['a', 'b', 'd', 'dd_gone'] })).toMatchInlineSnapshot(`
      "
      ○          f
      │ ○        e
      │ │ ✗      dd_gone
      │ │   ● ◀  d
      ○ │   │    c
        ●   │ ◀  b
            ●    a
      "
    `);
  });

  test('many branches from one revision', () => {
    const graph = sketch(`
      a
      b: a
      c: a
      d: a
      e: a
    `);
    expect(draw(graph)).toMatchInlineSnapshot(`
      "
      ○    e
      │ ○  d
      ├─╯
      │ ○  c
      ├─╯
      │ ○  b
      ├─╯
      ○    a
      "
    `);
  });

  test('a merge of three', () => {
    const graph = sketch(`
      a
      b: a
      c: a
      d: a
      m: b c d
      n: m
    `);
    expect(draw(graph)).toMatchInlineSnapshot(`
      "
      ○      n
      ○      m
      ├─┬─╮
      │ │ ○  d
      │ ○ │  c
      │ ├─╯
      ○ │    b
      ├─╯
      ○      a
      "
    `);
    expect(draw(graph, { ascii: true })).toMatchInlineSnapshot(`
      "
      o      n
      o      m
      |-+-\\
      | | o  d
      | o |  c
      | |-/
      o |    b
      |-/
      o      a
      "
    `);
  });

  test('crossing lines: a crossing is interrupted, a junction is not', () => {
    const graph = sketch(`
      a
      b: a
      c: a
      d: a
      e: b d
      f: c d
      g: b f
    `);
    expect(draw(graph)).toMatchInlineSnapshot(`
      "
      ○        g
      ├─╮
      │ ○      f
      │ ├─╮
      │ │ │ ○  e
      ├─│─┼─╯
      │ │ ○    d
      │ ○ │    c
      │ ├─╯
      ○ │      b
      ├─╯
      ○        a
      "
    `);
    expect(draw(graph, { ascii: true })).toMatchInlineSnapshot(`
      "
      o        g
      |-\\
      | o      f
      | |-\\
      | | | o  e
      |-|-+-/
      | | o    d
      | o |    c
      | |-/
      o |      b
      |-/
      o        a
      "
    `);
  });

  test('two merges of the same two revisions', () => {
    const graph = sketch(`
      a
      b
      m: a b
      n: a b
    `);
    expect(draw(graph)).toMatchInlineSnapshot(`
      "
      ○      n
      ├─╮
      │ │ ○  m
      ├─┼─╯
      │ ○    b
      ○      a
      "
    `);
  });

  test('dependsOn is dotted', () => {
    const graph = sketch(`
      a
      b: a
      c: b
      x [other]
      y: x ~ b
      z: y
    `);
    expect(draw(graph)).toMatchInlineSnapshot(`
      "
      ○      z
      ○      y
      ├┄╮
      ○ ┊    x
        ┊ ○  c
        ├─╯
        ○    b
        ○    a
      "
    `);
    expect(draw(graph, { ascii: true })).toMatchInlineSnapshot(`
      "
      o      z
      o      y
      |.\\
      o :    x
        : o  c
        |-/
        o    b
        o    a
      "
    `);
  });

  test('dependsOn on a revision that is also a parent of another', () => {
    const graph = sketch(`
      a
      b: a
      c: a ~ b
      d ~ a
      e: c ~ d
    `);
    expect(draw(graph)).toMatchInlineSnapshot(`
      "
      ○      e
      ├┄╮
      │ ○    d
      ○ ┊    c
      ╰─┼┄╮
        │ ○  b
        ├─╯
        ○    a
      "
    `);
  });

  test('a branch merged again and again', () => {
    const graph = sketch(`
      m1
      m2: m1
      m3: m2 b1
      m4: m3
      m5: m4 b2
      b1: m1
      b2: b1
    `);
    expect(draw(graph)).toMatchInlineSnapshot(`
      "
      ○      m5
      ├─╮
      ○ │    m4
      ○ │    m3
      ├─│─╮
      ○ │ │  m2
      │ ○ │  b2
      │ ├─╯
      │ ○    b1
      ├─╯
      ○      m1
      "
    `);
  });

  test('truncated if it is too wide', () => {
    const graph = sketch(`
      a
      b
      c
      d
      e: a
      f: b
      g: c
      h: d
      i: e h
    `);
    expect(draw(graph)).toMatchInlineSnapshot(`
      "
      ○        i
      ├─╮
      │ ○      h
      │ │ ○    g
      │ │ │ ○  f
      ○ │ │ │  e
      │ ○ │ │  d
      │   ○ │  c
      │     ○  b
      ○        a
      "
    `);
    expect(draw(graph, { maxLanes: 3 })).toMatchInlineSnapshot(`
      "
      ○        i
      ├─╮
      │ ○      h
      │ │ ○    g
      │ │ │…○  f
      ○ │ │…   e
      │ ○ │…   d
      │   ○…   c
      │    …○  b
      ○        a
      "
    `);
    expect(draw(graph, { maxLanes: 1 })).toMatchInlineSnapshot(`
      "
      ○    i
      ├…
      │…○  h
      │…○  g
      │…○  f
      ○…   e
      │…○  d
      │…○  c
      │…○  b
      ○    a
      "
    `);
  });
});

describe('for the app', () => {
  const graph = sketch(`
    a
    b: a
    c: a
    d: b c
  `);

  test('segments say what they are and which lane colours them', () => {
    const { rows, width } = rowsOf(graph, { applied: ['a'] });
    expect(rows[0]).toEqual({
      id: 'd',
      row: 0,
      node: [
        { text: '○', lane: 0, kind: 'node' },
        { text: '  ', lane: -1, kind: 'blank' },
      ],
      below: [
        { text: '├', lane: 0, kind: 'line' },
        { text: '─╮', lane: 1, kind: 'line' },
      ],
    });
    expect(text(rows[3]!.node)).toBe('● ◀');
    expect(rows[3]!.node[2]).toEqual({ text: '◀', lane: 0, kind: 'current' });
    expect(width).toBe(3);
  });

  test('all lines have the same width', () => {
    const { rows, width } = rowsOf(graph, { applied: ['b', 'gone'] });
    for (const { node, below } of rows) {
      expect(text(node)).toHaveLength(width);
      if (below) expect(text(below)).toHaveLength(width);
    }
  });

  test('any window is part of the same drawing', () => {
    const long = sketch(
      Array.from({ length: 400 }, (_, at) => {
        const name = (one: number): string => `r${String(one).padStart(3, '0')}`;
        return at < 3 ? name(at) : `${name(at)}: ${name(at - 3)}${at % 7 === 0 ? ` ${name(at - 1)}` : ''}`;
      }).join('\n'),
    );
    const whole = draw(long);
    for (const from of [0, 1, 127, 128, 129, 300, 399]) {
      const window = draw(long, { from, to: from + 5 });
      const lines = window
        .trim()
        .split('\n')
        .map(line => line.replace(/ +/g, ' '));
      expect(whole.replace(/ +/g, ' ')).toContain(lines.join('\n'));
    }
    expect(rowsOf(long, { from: 500, to: 600 }).rows).toEqual([]);
  });

  test('the height of a row is known without drawing it', () => {
    const layout = layoutLanes(graph.history());
    expect(layout.rows.map((_, row) => hasConnector(layout, row))).toEqual([true, false, true, false]);
  });

  test('a line to a hidden revision is not drawn', () => {
    const rows = graph.history().filter(({ id }) => id !== 'a');
    const layout = layoutLanes(rows);
    const stateOf = () => ({ state: 'pending', current: false }) as const;
    expect(drawLanes(layout, 0, 3, stateOf).rows.map(({ node }) => text(node))).toEqual([
      '○  ',
      '│ ○',
      '○  ',
    ]);
  });
});
