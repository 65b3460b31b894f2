import { describe, expect, test } from 'vitest';
import { RevisionGraph } from '../../src/revisions/graph.ts';
import { refuseOtherOrder } from '../../src/revisions/plans/applied-order.ts';
import type { TargetError } from '../../src/revisions/targets/target-error.ts';
import { codeOf, refusal, sketch } from './sketch.ts';

//                ╭─ c1 ── c2      chat
//   a0 ── a1 ────┤
//                ╰─ d1 ── d2      data
//   x0 ── x1
const graph = sketch(`
  a0
  a1: a0
  c1: a1 [chat]
  c2: c1
  d1: a1 [data]
  d2: d1
  x0 [extra]
  x1: x0
`);
const line = sketch(`
  one1
  two2: one1
  three3: two2
  four4: three3
`);

describe('keywords', () => {
  test('head: the only head; with several, an error that names them and the three solutions', () => {
    expect(line.resolve('head')).toEqual(['four4']);
    const error = refusal(() => graph.resolve('head'));
    expect(error.code).toBe('multiple-heads');
    expect(error.candidates).toEqual(['c2', 'd2', 'x1']);
    for (const way of ['c2, d2, x1', '`heads`', '`<label>@head`', 'migtui merge'])
      expect(error.message).toContain(way);
  });

  test('heads: all real heads', () => {
    expect(graph.resolve('heads')).toEqual(['c2', 'd2', 'x1']);
    const depended = sketch(`
      a
      b ~ a
    `);
    expect(depended.resolve('heads')).toEqual(['b']);
    expect(codeOf(() => depended.resolve('head'))).toBe('multiple-heads');
  });

  test('head@label: the label comes first', () => {
    for (const word of ['head', 'heads', 'base', 'current']) {
      const { code, message } = refusal(() => graph.resolve(`${word}@chat`));
      expect(code).toBe('unknown-target');
      expect(message).toContain('the label or revision comes first, as in <label>@head');
    }
  });

  test('base: nothing applied', () => {
    expect(graph.resolve('base')).toEqual([]);
  });

  test('current: the applied tips', () => {
    expect(graph.resolve('current', ['a0', 'a1', 'x0'])).toEqual(['a1', 'x0']);
  });

  test('an empty project has no head, which is not an error', () => {
    const empty = sketch('');
    expect([empty.resolve('head'), empty.resolve('heads'), empty.upgrade('head', []).steps]).toEqual([
      [],
      [],
      [],
    ]);
  });
});

describe('names', () => {
  const dated = RevisionGraph.from([
    { id: 'Migration20261101090000_initial_schema', revises: [] },
    { id: 'Migration20261120101500_add_last_read_at', revises: ['Migration20261101090000_initial_schema'] },
    { id: 'Migration20261120111500_add_reactions', revises: ['Migration20261101090000_initial_schema'] },
    { id: 'Migration20220913111111-S', revises: [] },
    { id: 'Migration20270101000000_S2', revises: [] },
  ]);

  test.each([
    ['the full name', 'Migration20261120101500_add_last_read_at'],
    ['a prefix of the name', 'Migration20261120101'],
    ['the digits', '20261120101500'],
    ['a prefix of the digits', '202611201015'],
    ['the digits and a bit of the slug', '20261120101500_add'],
    ['the slug', 'add_last_read_at'],
    ['a prefix of the slug', 'add_l'],
  ])('%s', (_, target) => {
    expect(dated.resolve(target)).toEqual(['Migration20261120101500_add_last_read_at']);
  });

  test('a whole slug wins over a longer one', () => {
    expect(dated.resolve('S')).toEqual(['Migration20220913111111-S']);
  });

  test('a full name takes precedence over the grammar', () => {
    expect(dated.resolve('Migration20220913111111-S')).toEqual(['Migration20220913111111-S']);
    const odd = sketch(`
      a
      a-1
      head
      b: a [x-1]
    `);
    expect([odd.resolve('a-1'), odd.resolve('head'), odd.resolve('x-1')]).toEqual([['a-1'], ['head'], ['b']]);
    expect(odd.resolve('x-1@b')).toEqual(['b']);
  });

  test('ambiguous: an error that lists the matches', () => {
    expect(refusal(() => dated.resolve('20261120'))).toMatchObject({
      code: 'ambiguous-target',
      candidates: ['Migration20261120101500_add_last_read_at', 'Migration20261120111500_add_reactions'],
    });
    expect(codeOf(() => dated.resolve('add_'))).toBe('ambiguous-target');
  });

  test('names of three characters are not found by a prefix, as in Alembic', () => {
    const short = sketch(`
      abc
      abcde
    `);
    expect(short.resolve('ab')).toEqual(['abcde']);
    expect(codeOf(() => sketch('abc').resolve('ab'))).toBe('unknown-target');
  });

  test('a label refers to the revision that declares it, also with a prefix', () => {
    expect(graph.resolve('chat')).toEqual(['c1']);
    expect(graph.resolve('ext')).toEqual(['x0']);
  });

  test.each([
    ['Migration20261120101501_add_last_read_at', 'Migration20261120101500_add_last_read_at'],
    ['add_raections', 'Migration20261120111500_add_reactions'],
    ['last_read', 'Migration20261120101500_add_last_read_at'],
    ['haed', 'head'],
    ['INITIAL_SCHEMA', 'Migration20261101090000_initial_schema'],
  ])('unknown %s: did you mean …', (target, meant) => {
    const error = refusal(() => dated.resolve(target));
    expect(error.code).toBe('unknown-target');
    expect(error.candidates[0]).toBe(meant);
    expect(error.message).toContain('did you mean');
  });

  test('without similar names, it points to the history', () => {
    expect(refusal(() => dated.resolve('zzzzzz'))).toMatchObject({ candidates: [] });
    expect(refusal(() => dated.resolve('zzzzzz')).message).toContain('migtui history');
    expect(codeOf(() => dated.resolve(''))).toBe('unknown-target');
  });

  test('nothing runs on a typo, whatever the command', () => {
    for (const target of [
      'nope',
      'nope@head',
      'nope@base',
      'nope@a1',
      'nope@+1',
      'nope@-1',
      'nope+1',
      'nope-1',
    ]) {
      expect(codeOf(() => graph.upgrade(target, ['a0']))).toMatch(/unknown-target|wrong-direction/);
      expect(codeOf(() => graph.downgrade(target, ['a0']))).toMatch(/unknown-target|wrong-direction/);
      expect(codeOf(() => graph.stamp(target, ['a0']))).toBe('unknown-target');
    }
  });

  test('an applied revision without a file: cannot be located, with solutions', () => {
    const error = refusal(() => line.downgrade('gone', ['one1', 'gone']));
    expect(error.code).toBe('missing-revision');
    expect(error.message).toMatch(/Cannot find revision gone: it is applied, but .*git.*stamp --purge/s);
  });
});

describe('steps', () => {
  const up = (target: string, applied: string[]): string[] => line.upgrade(target, applied).tips as string[];
  const down = (target: string, applied: string[]): string[] =>
    line.downgrade(target, applied).tips as string[];

  test('+N from current, up', () => {
    expect(up('+1', [])).toEqual(['one1']);
    expect(up('+2', ['one1'])).toEqual(['three3']);
    expect(line.resolve('+2', ['one1'])).toEqual(['three3']);
  });

  test('-N from current, down to base', () => {
    expect(down('-1', ['one1', 'two2'])).toEqual(['one1']);
    expect(down('-2', ['one1', 'two2'])).toEqual([]);
    expect(line.resolve('-1', ['one1', 'two2'])).toEqual(['one1']);
  });

  test('+N in a downgrade and -N in an upgrade are errors', () => {
    expect(codeOf(() => line.downgrade('+1', ['one1']))).toBe('wrong-direction');
    expect(codeOf(() => line.upgrade('-1', ['one1']))).toBe('wrong-direction');
    expect(codeOf(() => line.upgrade('+0', ['one1']))).toBe('wrong-direction');
    expect(codeOf(() => graph.upgrade('chat@-1', ['a0', 'a1', 'c1']))).toBe('wrong-direction');
  });

  test('too few steps: the error says how many there are', () => {
    const error = refusal(() => up('+3', ['one1', 'two2']));
    expect(error.code).toBe('too-few-steps');
    expect(error.message).toContain('"+3" has only 2 steps');
    expect(codeOf(() => up('head+1', []))).toBe('too-few-steps');
  });

  test('walking past base is an error', () => {
    expect(codeOf(() => down('-3', ['one1', 'two2']))).toBe('past-base');
    expect(codeOf(() => down('-1', []))).toBe('past-base');
    expect(codeOf(() => up('two2-3', []))).toBe('past-base');
    expect(codeOf(() => up('base-1', []))).toBe('past-base');
    expect(codeOf(() => up('one1-1', []))).toBe('past-base');
  });

  test('from a revision, from head, from base', () => {
    expect(up('two2+1', [])).toEqual(['three3']);
    expect(up('three3-1', [])).toEqual(['two2']);
    expect(up('head-1', [])).toEqual(['three3']);
    expect(up('base+2', [])).toEqual(['two2']);
    expect(down('head-2', ['one1', 'two2', 'three3'])).toEqual(['two2']);
    expect(line.resolve('thr-2')).toEqual(['one1']);
  });

  test('several ways up: ambiguous, naming the choices', () => {
    const error = refusal(() => graph.upgrade('+2', ['a0']));
    expect(error.code).toBe('ambiguous-walk');
    expect(error.candidates).toEqual(['c1', 'd1']);
    expect(codeOf(() => graph.upgrade('+1', []))).toBe('ambiguous-walk');
  });

  test('one step down from a merge undoes only the merge; where further steps go is ambiguous', () => {
    //  a ─┬─ m        r ── s depends on m
    //  b ─╯
    const merged = sketch(`
      a [left]
      b
      m: a b
      r
      s: r ~ m
    `);
    const alone = { steps: [{ revision: 'm', action: 'down' }], tips: ['a', 'b'] };
    for (const target of ['-1', 'm@-1', 'left@-1']) {
      expect(merged.downgrade(target, ['a', 'b', 'm'])).toEqual(alone);
    }
    expect(refusal(() => merged.downgrade('-2', ['a', 'b', 'm'])).candidates).toEqual(['a-1', 'b-1']);
    expect(refusal(() => merged.downgrade('m-1', ['a', 'b', 'm'])).candidates).toEqual(['a', 'b']);
    expect(codeOf(() => merged.downgrade('-1', ['a', 'b', 'm', 'r']))).toBe('ambiguous-walk');
    expect(merged.downgrade('left@-1', merged.ids)).toMatchObject({ tips: ['a', 'b', 'r'] });
  });

  test('-N means the last ones in the log, or is ambiguous', () => {
    //  a ── b ── c
    const line = sketch(`
      a
      b: a
      c: b
    `);
    const asked = (target: string, logged: readonly string[]): TargetError =>
      refusal(() => refuseOtherOrder(target, line.downgrade(target, logged), logged));
    const filled = ['a', 'c', 'b'];
    expect(asked('-1', filled)).toMatchObject({ code: 'ambiguous-walk', candidates: ['b'] });
    expect(asked('-1', filled).message).toContain(
      'b was applied last, but c is the newest applied revision in the history.',
    );
    expect(asked('-1', ['b', 'a'])).toMatchObject({ candidates: ['a'] });
    for (const [target, logged] of [
      ['-2', filled],
      ['-3', filled],
      ['b', filled],
      ['-1', ['a', 'b', 'c']],
    ] as const) {
      refuseOtherOrder(target, line.downgrade(target, logged), logged);
    }
  });

  test('from several current revisions: ambiguous, naming them', () => {
    const applied = graph.ancestors(['c1', 'd1']);
    const errors = [
      refusal(() => graph.downgrade('-1', applied)),
      refusal(() => graph.upgrade('+1', applied)),
    ];
    for (const { code, message } of errors) {
      expect(code).toBe('ambiguous-walk');
      expect(message).toMatch(/`c1@[+-]1`/);
    }
    expect(errors.map(({ candidates }) => candidates)).toEqual([
      ['c1@-1', 'd1@-1'],
      ['c1@+1', 'd1@+1'],
    ]);
  });

  test('a head among several current revisions is not a way up', () => {
    const forked = sketch(`
      a
      b: a
      c: a
      d: c
    `);
    expect(refusal(() => forked.upgrade('+1', ['a', 'b', 'c'])).candidates).toEqual(['c@+1']);
  });

  test('the remaining steps are included in the choices', () => {
    const error = refusal(() => graph.upgrade('+3', ['a0']));
    expect(error.candidates.every(candidate => /[+]\d$/.test(candidate))).toBe(true);
    for (const candidate of error.candidates) {
      expect(graph.upgrade(candidate, ['a0']).steps.length).toBeGreaterThan(0);
    }
  });
});

describe('inside one branch', () => {
  test('<label>@head, @heads and @base', () => {
    expect(graph.resolve('chat@head')).toEqual(['c2']);
    expect(graph.resolve('data@heads')).toEqual(['d2']);
    expect(graph.resolve('chat@base')).toEqual([]);
    expect(graph.downgrade('extra@base', graph.ids).tips).toEqual(['c2', 'd2']);
    expect(graph.downgrade('chat@base', graph.ids).tips).toEqual(['x1']);
  });

  test('several heads in the branch: an error that offers @heads', () => {
    const error = refusal(() => graph.resolve('a1@head'));
    expect(error.candidates).toEqual(['c2', 'd2']);
    expect(error.message).toContain('`a1@heads`');
    expect(graph.resolve('a1@heads')).toEqual(['c2', 'd2']);
  });

  test('<label>@<id>: the revision, where it is in the branch', () => {
    expect(graph.resolve('chat@a1')).toEqual(['a1']);
    expect(graph.resolve('chat@c2')).toEqual(['c2']);
    expect(codeOf(() => graph.resolve('chat@d1'))).toBe('not-in-branch');
    expect(codeOf(() => graph.upgrade('chat@x1', []))).toBe('not-in-branch');
  });

  test('<label>@<part> looks only in the branch', () => {
    const two = sketch(`
      abc1 [one]
      abc2 [two]
    `);
    expect(codeOf(() => two.resolve('abc'))).toBe('ambiguous-target');
    expect(two.resolve('two@abc')).toEqual(['abc2']);
  });

  test('<label>@+N selects the direction at a branch point', () => {
    expect(graph.upgrade('chat@+1', ['a0', 'a1']).tips).toEqual(['c1']);
    expect(graph.upgrade('data@+2', ['a0', 'a1']).tips).toEqual(['d2']);
    expect(graph.upgrade('extra@+1', ['a0', 'a1']).tips).toEqual(['a1', 'x0']);
    expect(graph.upgrade('chat@a1+2', []).tips).toEqual(['c2']);
    expect(graph.upgrade('chat@base+3', []).tips).toEqual(['c1']);
  });

  test('<label>@-N undoes only that branch', () => {
    expect(graph.downgrade('chat@-1', graph.ids).tips).toEqual(['c1', 'd2', 'x1']);
    expect(graph.downgrade('data@-2', graph.ids).tips).toEqual(['c2', 'x1']);
  });

  test('any revision can replace the label', () => {
    expect(graph.resolve('d1@head')).toEqual(['d2']);
    expect(graph.downgrade('c2@-1', graph.ids).tips).toEqual(['c1', 'd2', 'x1']);
  });

  test('<label>@-N if nothing of the branch is applied, or several branches descend from the destination', () => {
    expect(codeOf(() => graph.downgrade('extra@-1', ['a0']))).toBe('past-base');
    const split = sketch(`
      r [all]
      s: r
      t1: s
      t2: s
    `);
    const error = refusal(() => split.downgrade('all@-1', ['r', 's', 't1']));
    expect(error.code).toBe('not-in-branch');
    expect(error.message).toContain('`t1@s`');
    expect(split.downgrade('t1@s', ['r', 's', 't1']).tips).toEqual(['s']);
  });

  test('a branch reached only through a dependency', () => {
    const reached = sketch(`
      a [core]
      b: a
      x ~ b
    `);
    expect(reached.downgrade('core@-1', ['a', 'b', 'x']).steps.map(step => step.revision)).toEqual([
      'x',
      'b',
    ]);
    expect(reached.upgrade('core@+1', ['a']).tips).toEqual(['b']);
  });
});

describe('ranges', () => {
  const names = (text: string, applied?: string[]): readonly string[] => line.range(text, applied).revisions;

  test('a:b, a: and :b, inclusive, oldest first', () => {
    expect(names('two2:three3')).toEqual(['two2', 'three3']);
    expect(names('three3:')).toEqual(['three3', 'four4']);
    expect(names(':two2')).toEqual(['one1', 'two2']);
    expect(names(':')).toEqual(['one1', 'two2', 'three3', 'four4']);
    expect(line.range('two2:three3')).toMatchObject({ lower: ['two2'], upper: ['three3'] });
    expect(line.range(':two2')).toMatchObject({ lower: [], upper: ['two2'] });
  });

  test('ends are targets; a count is relative to the other end and takes as many as there are', () => {
    expect(names('-1:current', ['one1', 'two2', 'three3'])).toEqual(['two2', 'three3']);
    expect(names('two2:+1')).toEqual(['two2', 'three3']);
    expect(names('-9:head')).toEqual(['one1', 'two2', 'three3', 'four4']);
    expect(names('one1:head-2')).toEqual(['one1', 'two2']);
  });

  test('only revisions in between, not parallel ones', () => {
    expect(graph.range('a1:c2').revisions).toEqual(['a1', 'c1', 'c2']);
    expect(graph.range('chat@base:heads').revisions).toEqual(['a0', 'a1', 'c1', 'c2']);
  });

  test('no range, or reversed ends', () => {
    expect(codeOf(() => line.range('two2'))).toBe('bad-range');
    expect(codeOf(() => line.range('a:b:c'))).toBe('bad-range');
    expect(codeOf(() => line.range('three3:two2'))).toBe('bad-range');
    expect(codeOf(() => graph.range('c1:d2'))).toBe('bad-range');
  });
});
