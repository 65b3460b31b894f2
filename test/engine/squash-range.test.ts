import { expect, test } from 'vitest';
import { squashRange } from '../../src/engine/authoring/squash-range.ts';
import { sketch } from '../revisions/sketch.ts';

test('a branch that leaves the range: the error names its parent and the merge that includes it', () => {
  //  a ── b ── c ── d
  //       └─── x ───┘
  const graph = sketch(`
    d: c x
    c: b
    x: b
    b: a
    a
  `);
  expect(() => squashRange(graph, ':c', [])).toThrow(
    expect.objectContaining({
      code: 'branch-inside',
      message:
        'x revises b, which is inside the range. Only the last revision of a range may have followers.',
      next: 'Squash up to b, or up to d, which merges it.',
    }),
  );
  expect(squashRange(graph, ':d', []).tip).toBe('d');
});
