import { describe, expect, test } from 'vitest';
import { RevisionGraph } from '../../src/revisions/graph.ts';
import { inferLine } from '../../src/revisions/infer.ts';
import { GraphError, type GraphProblem } from '../../src/revisions/problems.ts';
import { revisions, sketch } from './sketch.ts';

describe('the graph', () => {
  test('heads, real heads and bases, by name', () => {
    //  a ── b ── c
    //        ┊ (c2 depends on c)
    //  x ── c2
    const graph = sketch(`
      c: b
      b: a
      a
      c2: x ~ c
      x
    `);
    expect(graph.heads).toEqual(['c', 'c2']);
    expect(graph.realHeads).toEqual(['c2']);
    expect(graph.bases).toEqual(['a', 'x']);
    expect(graph.needs('c2')).toEqual(['x', 'c']);
    expect(graph.children('b')).toEqual(['c']);
  });

  test('oldest first, requirements first, ties by name', () => {
    //  1 ── 9 ── 2    4 needs 9
    //  3 ── 4
    const graph = sketch(`
      1
      9: 1
      2: 9
      3
      4: 3 ~ 9
    `);
    expect(graph.order).toEqual(['1', '3', '9', '2', '4']);
  });

  test('the order of the files does not matter', () => {
    const lines = revisions(`
      a
      b: a [left]
      c: a ~ left
      d: b c
    `);
    const answers = [lines, lines.toReversed(), [lines[2]!, lines[0]!, lines[3]!, lines[1]!]].map(given => {
      const graph = RevisionGraph.from(given);
      return [graph.order, graph.upgrade('head', ['a']), graph.marks(['c']), graph.labelsOf('d')];
    });
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  });

  test("marks are Alembic's", () => {
    //       ╭─ b ─╮
    //  a ───┤     ├─ d     e depends on d
    //       ╰─ c ─╯
    const graph = sketch(`
      a
      b: a
      c: a
      d: b c
      e ~ d
    `);
    expect(Object.fromEntries(graph.marks(['a', 'b', 'c', 'd', 'e']))).toEqual({
      a: ['branchpoint'],
      d: ['effective head', 'mergepoint'],
      e: ['head', 'current'],
    });
    expect(Object.fromEntries(graph.marks(['a', 'c']))).toMatchObject({ c: ['current'] });
    expect([graph.isBranchPoint('a'), graph.isBranchPoint('b')]).toEqual([true, false]);
    expect([graph.isMergePoint('d'), graph.isMergePoint('a')]).toEqual([true, false]);
  });

  test('a label spreads up to all descendants, and down to a branch point or a merge point', () => {
    //  a ── b ┬─ c ── d[chat] ── e ┬─ f
    //         ╰─ x                 ╰─ g
    const graph = sketch(`
      a
      b: a
      c: b
      x: b
      d: c [chat]
      e: d
      f: e
      g: e
    `);
    const labelled = graph.ids.filter(id => graph.labelsOf(id).includes('chat'));
    expect(labelled).toEqual(['c', 'd', 'e', 'f', 'g']);
  });

  test('a merge has the labels of all its branches', () => {
    const graph = sketch(`
      a [one]
      b [two]
      m: a b
      n: m
    `);
    expect(graph.labelsOf('n')).toEqual(['one', 'two']);
    expect(graph.labelsOf('a')).toEqual(['one']);
  });

  test('dependsOn takes ids and labels; a label means the revision that declares it', () => {
    const graph = sketch(`
      a
      b: a [chat]
      c: b
      x ~ chat
    `);
    expect(graph.needs('x')).toEqual(['b']);
    expect(graph.upgrade('x', []).steps.map(step => step.revision)).toEqual(['a', 'b', 'x']);
  });
});

test('omitted fields are empty', () => {
  const graph = RevisionGraph.from([{ id: 'a', revises: [], dependsOn: undefined }]);
  expect(graph.get('a')).toEqual({
    id: 'a',
    revises: [],
    dependsOn: [],
    labels: [],
    replaces: [],
    inferred: false,
  });
  expect([graph.get('b'), graph.has('a'), graph.has('b')]).toEqual([undefined, true, false]);
});

describe('migrations without declarations', () => {
  test('form one line in the order in which MikroORM runs them, whatever they are called', () => {
    const line = inferLine([
      { id: 'Migration3' },
      { id: 'Migration1' },
      { id: 'Migration2', file: 'Migration2.ts' },
    ]);
    expect(line).toEqual([
      expect.objectContaining({ id: 'Migration3', revises: [], inferred: true }),
      expect.objectContaining({ id: 'Migration1', revises: ['Migration3'], inferred: true }),
      expect.objectContaining({
        id: 'Migration2',
        revises: ['Migration1'],
        inferred: true,
        file: 'Migration2.ts',
      }),
    ]);
  });

  test('skip declared ones; an empty declaration is a root', () => {
    const line = inferLine([
      { id: 'm1' },
      { id: 'm2', revises: [] },
      { id: 'm3' },
      { id: 'm4', revises: ['m2'] },
    ]);
    expect(line.map(({ id, revises, inferred }) => [id, revises, inferred])).toEqual([
      ['m1', [], true],
      ['m2', [], false],
      ['m3', ['m1'], true],
      ['m4', ['m2'], false],
    ]);
  });
});

describe('the applied revisions of a database', () => {
  //  a ── b ── c ── d
  const graph = sketch(`
    a
    b: a
    c: b
    d: c
  `);

  test('its current revisions are the tips, even with gaps', () => {
    expect(graph.current(['a', 'b'])).toEqual(['b']);
    expect(graph.current(['a', 'c'])).toEqual(['c']);
    expect(graph.current([])).toEqual([]);
  });

  test('a dependency of an applied revision is not a tip', () => {
    const two = sketch(`
      a
      x ~ a
    `);
    expect(two.current(['a', 'x'])).toEqual(['x']);
  });

  test('pending in upgrade order, including gaps', () => {
    expect(graph.pending(['a', 'c'])).toEqual(['b', 'd']);
    expect(graph.gaps(['a', 'c'])).toEqual(['b']);
  });

  test('missing: applied, but declared by no file', () => {
    expect(graph.missing(['z', 'a', 'gone', 'z'])).toEqual(['gone', 'z']);
    expect(graph.current(['a', 'gone'])).toEqual(['a']);
  });

  test('ancestors and descendants include dependencies and the revisions themselves', () => {
    const two = sketch(`
      a
      b: a
      x ~ b
    `);
    expect(two.ancestors(['x'])).toEqual(['a', 'b', 'x']);
    expect(two.descendants(['b'])).toEqual(['b', 'x']);
  });
});

describe('broken graphs', () => {
  const problemsOf = (given: Parameters<typeof RevisionGraph.from>[0]): readonly GraphProblem[] => {
    try {
      RevisionGraph.from(given);
    } catch (error) {
      if (error instanceof GraphError) return error.problems;
      throw error;
    }
    return [];
  };
  const codes = (text: string): string[] =>
    problemsOf(revisions(text)).map(({ code, revision }) => `${code} ${revision}`);

  test.each([
    ['unknown parent', 'b: a', ['unknown-parent b']],
    ['unknown dependency', 'b ~ a', ['unknown-dependency b']],
    ['a dependency is no part of a name', 'abcdef\nb ~ abcd', ['unknown-dependency b']],
    ['self-parent', 'a: a', ['self-parent a']],
    ['self-dependency by label', 'a ~ x [x]', ['self-dependency a']],
    ['cycle by revises', 'a: c\nb: a\nc: b\nd: c', ['cycle a']],
    ['cycle by revises and dependsOn', 'a ~ c\nb: a\nc: b', ['dependency-cycle a']],
    ['two cycles', 'a: b\nb: a\nc: d\nd: c', ['cycle a', 'cycle c']],
    ['duplicate id', 'a\na', ['duplicate-id a']],
    ['duplicate label', 'a [x]\nb [x]', ['duplicate-label b']],
    ['label that is an id', 'a\nb [a]', ['label-is-id b']],
    ['label that is a word of the grammar', 'a [head]', ['bad-label a']],
    ['label with an @', 'a [x@y]', ['bad-label a']],
  ])('%s', (_, text, expected) => {
    expect(codes(text)).toEqual(expected);
  });

  test('all problems at once, each with its file and line', () => {
    const problems = problemsOf([
      { id: 'a', revises: ['nope'], file: 'migrations/a.ts', line: 4 },
      { id: 'b', revises: ['b'], dependsOn: ['gone'], file: 'migrations/b.ts', line: 7 },
    ]);
    expect(problems).toEqual([
      {
        code: 'unknown-parent',
        message: 'a revises nope, which does not exist',
        revision: 'a',
        file: 'migrations/a.ts',
        line: 4,
      },
      expect.objectContaining({ code: 'self-parent', revision: 'b', file: 'migrations/b.ts', line: 7 }),
      expect.objectContaining({ code: 'unknown-dependency', revision: 'b', line: 7 }),
    ]);
  });

  test('the message of the error names them with their locations', () => {
    const broken = [{ id: 'a', revises: ['nope'], file: 'migrations/a.ts', line: 4 }];
    expect(() => RevisionGraph.from(broken)).toThrow(/a problem:\n {2}migrations\/a\.ts:4: a revises nope/);
  });

  test('two files of the same name are distinguished', () => {
    const twice = [
      { id: 'a', revises: [], file: 'second/a.ts' },
      { id: 'a', revises: [], file: 'first/a.ts' },
    ];
    expect(problemsOf(twice)).toEqual([
      expect.objectContaining({
        file: 'second/a.ts',
        message: 'a exists more than once (the other is in first/a.ts)',
      }),
    ]);
  });

  test('can still be shown without the broken parts', () => {
    const { graph, problems } = RevisionGraph.inspect(
      revisions(`
        a
        b: a nope
        c: d
        d: c b
      `),
    );
    expect(problems).toHaveLength(2);
    expect(graph.order).toEqual(['a', 'b', 'c', 'd']);
    expect(graph.get('b')?.revises).toEqual(['a', 'nope']);
  });
});
