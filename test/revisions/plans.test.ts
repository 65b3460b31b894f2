import { describe, expect, test } from 'vitest';
import type { RevisionGraph } from '../../src/revisions/graph.ts';
import type { Plan } from '../../src/revisions/plans/plan.ts';
import { codeOf, refusal, sketch } from './sketch.ts';

/** `+a -b *c ~d`: up a, down b, log c, unlog d. */
function words({ steps }: Plan): string {
  const signs = { up: '+', down: '-', log: '*', unlog: '~' };
  return steps.map(({ revision, action }) => signs[action] + revision).join(' ');
}

//        ╭─ b1 ── b2 ─╮
//   a ───┤            ├─ m ── n        x ── y depends on b1
//        ╰─ c1 ───────╯
const graph: RevisionGraph = sketch(`
  a
  b1: a [left]
  b2: b1
  c1: a [right]
  m: b2 c1
  n: m
  x [other]
  y: x ~ b1
`);
const all = graph.ids;

describe('upgrade', () => {
  test('the target and its requirements, except applied ones; parents first, ties by name', () => {
    expect(graph.upgrade('m', ['a', 'b1'])).toEqual({
      steps: [
        { revision: 'b2', action: 'up' },
        { revision: 'c1', action: 'up' },
        { revision: 'm', action: 'up' },
      ],
      tips: ['m'],
    });
  });

  test('includes dependencies', () => {
    expect(words(graph.upgrade('y', []))).toBe('+a +b1 +x +y');
    expect(graph.upgrade('y', []).tips).toEqual(['y']);
  });

  test('ties are broken by name among available revisions, regardless of the order before', () => {
    const late = sketch(`
      1: 9
      2
      9
    `);
    expect(words(late.upgrade('heads', ['9']))).toBe('+1 +2');
  });

  test('several targets at once, none of which requires another', () => {
    expect(words(graph.upgrade(['b1', 'x'], []))).toBe('+a +b1 +x');
    expect(refusal(() => graph.upgrade(['b1', 'm'], []))).toMatchObject({
      code: 'overlapping-targets',
      candidates: ['m'],
    });
  });

  test('nothing to do is an empty plan, not an error', () => {
    expect(graph.upgrade('b1', all)).toEqual({ steps: [], tips: ['n', 'y'] });
    expect(graph.upgrade('base', ['a']).steps).toEqual([]);
  });

  test('gaps are filled', () => {
    expect(words(graph.upgrade('b2', ['b1', 'x']))).toBe('+a +b2');
  });

  test('missing revisions do not block', () => {
    expect(graph.upgrade('b1', ['a', 'gone'])).toEqual({
      steps: [{ revision: 'b1', action: 'up' }],
      tips: ['b1'],
    });
  });

  test('a plan is a plain value', () => {
    const plan = graph.upgrade('heads', []);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });
});

describe('downgrade', () => {
  test('descendants of the target, children first; the target stays', () => {
    expect(words(graph.downgrade('b1', all))).toBe('-n -m -b2');
    expect(graph.downgrade('b1', all).tips).toEqual(['c1', 'y']);
  });

  test('dependents of a revision are undone with it', () => {
    expect(words(graph.downgrade('a', all))).toBe('-y -n -m -c1 -b2 -b1');
  });

  test('dependents of the target itself stay', () => {
    expect(words(graph.downgrade('b1', ['a', 'b1', 'b2', 'x', 'y']))).toBe('-b2');
    expect(codeOf(() => graph.downgrade('b1', ['a', 'b1', 'x', 'y']))).toBe('nothing-to-downgrade');
  });

  test('from a merge back to both parents being tips', () => {
    expect(graph.downgrade('-1', graph.ancestors(['n'])).tips).toEqual(['m']);
    expect(graph.downgrade('b2', graph.ancestors(['m']))).toEqual({
      steps: [{ revision: 'm', action: 'down' }],
      tips: ['b2', 'c1'],
    });
  });

  test('base: everything', () => {
    expect(graph.downgrade('base', all)).toMatchObject({ tips: [] });
    expect(graph.downgrade('base', all).steps).toHaveLength(all.length);
    expect(graph.downgrade('base', [])).toEqual({ steps: [], tips: [] });
  });

  test('<label>@base: only that branch and its descendants', () => {
    expect(words(graph.downgrade('other@base', all))).toBe('-y -x');
    expect(words(graph.downgrade('left@base', all))).toBe('-y -n -m -c1 -b2 -b1 -a');
  });

  test('<label>@<rev> selects among the branches of a branch point', () => {
    expect(words(graph.downgrade('right@a', ['a', 'b1', 'c1']))).toBe('-c1');
    expect(words(graph.downgrade('a', ['a', 'b1', 'c1']))).toBe('-c1 -b1');
  });

  test('to the current revision: nothing to do; to a pending one: an error', () => {
    expect(graph.downgrade('b1', ['a', 'b1']).steps).toEqual([]);
    expect(codeOf(() => graph.downgrade('c1', ['a', 'b1']))).toBe('nothing-to-downgrade');
    expect(codeOf(() => graph.downgrade('heads', ['a', 'b1']))).toBe('multiple-heads');
  });

  test('only applied revisions are undone, with or without gaps', () => {
    expect(words(graph.downgrade('a', ['a', 'b2']))).toBe('-b2');
    expect(words(graph.downgrade('base', ['b2', 'c1']))).toBe('-c1 -b2');
  });

  describe('missing revisions', () => {
    const line = sketch(`
      20260101_a
      20260103_b: 20260101_a
      20260105_c: 20260103_b
    `);
    const applied = ['20260101_a', '20260103_b', '20260105_c'];

    test.each([
      ['20260103_b', '20260104_gone'],
      ['20260103_b', '20260109_gone'],
      ['-1', '20260104_gone'],
      ['base', '20250101_gone'],
    ])('down to %s with %s applied: cannot be located, with solutions', (target, gone) => {
      const error = refusal(() => line.downgrade(target, [...applied, gone]));
      expect(error.code).toBe('missing-revision');
      expect(error.candidates).toEqual([gone]);
      expect(error.message).toMatch(/Cannot find revision .*Restore the file.*migtui stamp --purge/s);
    });

    test('one before the target does not block', () => {
      expect(words(line.downgrade('20260103_b', [...applied, '20260102_gone']))).toBe('-20260105_c');
      expect(words(line.downgrade('-1', [...applied, '20250101_gone']))).toBe('-20260105_c');
    });

    test('if nothing is undone, nothing blocks', () => {
      expect(line.downgrade('20260105_c', [...applied, '20260109_gone']).steps).toEqual([]);
    });
  });
});

describe('stamp', () => {
  test('up: logs what running would log', () => {
    expect(words(graph.stamp('b2', ['a']))).toBe('*b1 *b2');
    expect(words(graph.stamp('y', []))).toBe('*a *b1 *x *y');
  });

  test('down: the lineage becomes the target and its ancestors', () => {
    expect(graph.stamp('b1', graph.ancestors(['n']))).toEqual({
      steps: ['n', 'm', 'c1', 'b2'].map(revision => ({ revision, action: 'unlog' })),
      tips: ['b1'],
    });
  });

  test('unrelated branches stay', () => {
    expect(graph.stamp('x', ['a', 'c1'])).toMatchObject({ tips: ['c1', 'x'] });
    expect(words(graph.stamp('b1', ['a', 'c1']))).toBe('*b1');
    expect(words(graph.stamp('a', ['a', 'b1', 'x']))).toBe('~b1');
  });

  test('base, and the base of one branch', () => {
    expect(words(graph.stamp('base', ['a', 'x']))).toBe('~x ~a');
    expect(words(graph.stamp('other@base', ['a', 'c1', 'x']))).toBe('~x');
  });

  test('several targets, none an ancestor of another, each in its lineage', () => {
    expect(graph.stamp(['b1', 'c1'], graph.ancestors(['n'])).tips).toEqual(['b1', 'c1']);
    expect(graph.stamp(['b1', 'c1'], ['a', 'b1']).tips).toEqual(['b1', 'c1']);
    expect(graph.stamp('heads', ['a', 'b1', 'x']).tips).toEqual(['n', 'y']);
    expect(codeOf(() => graph.stamp(['a', 'b1'], []))).toBe('overlapping-targets');
  });

  test('other current revisions stay when one moves (Alembic loses them)', () => {
    const two = sketch(`
      a
      b: a
      x
      y: x
    `);
    expect(two.stamp('heads', ['a', 'b', 'x']).tips).toEqual(['b', 'y']);
  });

  test('--purge empties the log first, including missing revisions', () => {
    expect(words(graph.stamp('a', ['a', 'c1', 'x', 'gone'], { purge: true }))).toBe('~gone ~x ~c1');
    expect(words(graph.stamp('a', ['a', 'c1', 'x', 'gone']))).toBe('~c1');
    expect(words(graph.stamp('base', ['a', 'gone']))).toBe('~gone ~a');
  });

  test('a gap below the target is filled', () => {
    expect(words(graph.stamp('b2', ['b2']))).toBe('*a *b1');
  });

  test('an empty project empties no log', () => {
    expect(sketch('').stamp('heads', ['gone']).steps).toEqual([]);
  });
});

describe('fork: what a merge joins', () => {
  test('the nearest common ancestors and the revisions above them', () => {
    expect(graph.fork(['b2', 'c1'])).toEqual({
      ancestors: ['a'],
      branches: [
        { head: 'b2', revisions: ['b1', 'b2'] },
        { head: 'c1', revisions: ['c1'] },
      ],
    });
  });

  test('several nearest ancestors, or none', () => {
    const crossed = sketch(`
      a
      b
      m: a b
      n: a b
    `);
    expect(crossed.fork(['m', 'n']).ancestors).toEqual(['a', 'b']);
    expect(graph.fork(['n', 'y'])).toMatchObject({
      ancestors: [],
      branches: [{}, { revisions: ['x', 'y'] }],
    });
  });

  test('three heads: shared by two is not shared by all', () => {
    const three = sketch(`
      a
      s: a
      b: s
      c: s
      d: a
    `);
    expect(three.fork(['b', 'c', 'd'])).toEqual({
      ancestors: ['a'],
      branches: [
        { head: 'b', revisions: ['s', 'b'] },
        { head: 'c', revisions: ['s', 'c'] },
        { head: 'd', revisions: ['d'] },
      ],
    });
  });

  test('one that is an ancestor of another is refused', () => {
    expect(refusal(() => graph.fork(['b1', 'm']))).toMatchObject({
      code: 'overlapping-targets',
      candidates: ['b1'],
    });
  });
});

describe('rebase', () => {
  //        ╭─ b1 ── b2
  //   a ───┤
  //        ╰─ c1 ── c2
  const two = sketch(`
    a
    b1: a
    b2: b1
    c1: a
    c2: c1
  `);

  test('the first revision of the branch gets the other as parent', () => {
    const expected = { rewrites: [{ revision: 'c1', revises: ['b2'] }], moved: ['c1', 'c2'] };
    expect(two.rebase('c2', 'b2', ['a', 'b1', 'b2'])).toEqual(expected);
    expect(two.rebase('c1', 'b2', ['a'])).toEqual(expected);
  });

  test('a branch with its own root, and one that diverges twice', () => {
    expect(graph.rebase('y', 'n', []).rewrites).toEqual([{ revision: 'x', revises: ['n'] }]);
    const parted = sketch(`
      a
      o: a
      p: a
      q: a
      m: p q
    `);
    expect(parted.rebase('m', 'o', []).rewrites).toEqual([
      { revision: 'p', revises: ['o'] },
      { revision: 'q', revises: ['o'] },
    ]);
  });

  test('applied revisions are not moved', () => {
    expect(refusal(() => two.rebase('c1', 'b2', ['a', 'c1', 'c2']))).toMatchObject({
      code: 'already-applied',
      candidates: ['c1', 'c2'],
    });
  });

  test('nothing to do if one already descends from the other, or depends on it', () => {
    expect(codeOf(() => two.rebase('b2', 'b1', []))).toBe('overlapping-targets');
    expect(codeOf(() => two.rebase('b1', 'b2', []))).toBe('overlapping-targets');
    expect(codeOf(() => graph.rebase('b1', 'y', []))).toBe('overlapping-targets');
  });
});
