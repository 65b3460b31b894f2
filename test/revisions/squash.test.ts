import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RevisionGraph } from '../../src/revisions/graph.ts';
import type { RevisionInput } from '../../src/revisions/links.ts';

const line = (...ids: string[]): RevisionInput[] =>
  ids.map((id, at) => ({ id, revises: at === 0 ? [] : [ids[at - 1] as string] }));

/** a - b - c - d - e, with s in place of b to d. */
const five = line('aaaa', 'bbbb', 'cccc', 'dddd', 'eeee');
const squash: RevisionInput = { id: 'ssss', revises: ['aaaa'], replaces: ['bbbb', 'cccc', 'dddd'] };
const on = (logged: string[], revisions = [...five, squash]) => RevisionGraph.inspect(revisions, logged);

describe('a squashed revision', () => {
  test('replaces its range on a database that has none of it', () => {
    const { graph, problems } = on(['aaaa']);
    expect(problems).toEqual([]);
    expect(graph.order).toEqual(['aaaa', 'ssss', 'eeee']);
    expect(graph.get('eeee')?.revises).toEqual(['ssss']);
    expect(graph.upgrade('head', ['aaaa']).steps).toEqual([
      { revision: 'ssss', action: 'up', with: ['bbbb', 'cccc', 'dddd'] },
      { revision: 'eeee', action: 'up' },
    ]);
  });

  test('counts as applied if all replaced ones are, and the next upgrade logs it', () => {
    const logged = ['aaaa', 'bbbb', 'cccc', 'dddd', 'eeee'];
    const { graph } = on(logged);
    expect(graph.current(logged)).toEqual(['eeee']);
    expect(graph.pending(logged)).toEqual([]);
    expect(graph.missing(logged)).toEqual([]);
    expect(graph.applied(logged)).toEqual(['aaaa', 'ssss', 'eeee']);
    expect(graph.upgrade('head', logged).steps).toEqual([{ revision: 'ssss', action: 'log' }]);
    expect(graph.upgrade('head', [...logged, 'ssss']).steps).toEqual([]);
  });

  test('waits if only some are applied, and those are completed first', () => {
    const { graph, problems } = on(['aaaa', 'bbbb']);
    expect(problems).toEqual([]);
    expect(graph.has('ssss')).toBe(false);
    expect([...graph.openSquashes]).toEqual([['ssss', { replaces: 3, unapplied: ['cccc', 'dddd'] }]]);
    expect(graph.upgrade('ssss', ['aaaa', 'bbbb']).steps.map(step => step.revision)).toEqual([
      'cccc',
      'dddd',
    ]);
    expect(graph.upgrade('head', ['aaaa', 'bbbb']).steps.map(step => step.revision)).toEqual([
      'cccc',
      'dddd',
      'eeee',
    ]);
  });

  test('says what to do if some are applied and the others have no file', () => {
    const left = [...five.filter(({ id }) => !['bbbb', 'cccc', 'dddd'].includes(id)), squash];
    const { problems } = on(['aaaa', 'bbbb'], left);
    expect(problems).toMatchObject([
      { code: 'half-squashed', message: expect.stringContaining('Check out a commit that has these files') },
    ]);
    expect(on(['aaaa', 'bbbb', 'cccc', 'dddd'], left).problems).toEqual([]);
    expect(on(['aaaa'], left).graph.order).toEqual(['aaaa', 'ssss', 'eeee']);
  });

  test('is reverted as a whole, with the rows of the replaced ones', () => {
    const logged = ['aaaa', 'bbbb', 'cccc', 'dddd'];
    expect(on(logged).graph.downgrade('aaaa', logged).steps).toEqual([
      { revision: 'ssss', action: 'down', with: ['bbbb', 'cccc', 'dddd'] },
    ]);
  });

  test('is stamped with the rows of the replaced ones', () => {
    const { graph } = on([]);
    expect(graph.stamp('ssss', []).steps).toEqual([
      { revision: 'aaaa', action: 'log' },
      { revision: 'ssss', action: 'log', with: ['bbbb', 'cccc', 'dddd'] },
    ]);
    const logged = ['aaaa', 'bbbb', 'cccc', 'dddd'];
    expect(on(logged).graph.stamp('aaaa', logged).steps).toEqual([
      { revision: 'ssss', action: 'unlog', with: ['bbbb', 'cccc', 'dddd'] },
    ]);
  });

  test('is the target for the last replaced revision; those before it are errors', () => {
    const { graph } = on([]);
    expect(graph.resolve('dddd')).toEqual(['ssss']);
    expect(() => graph.resolve('cccc')).toThrow(/one of the revisions that ssss replaces/);
  });

  test('may itself be replaced by another', () => {
    const all = [...five, squash, { id: 'tttt', revises: [], replaces: ['aaaa', 'ssss'] }];
    expect(on([], all).graph.order).toEqual(['tttt', 'eeee']);
    expect(on(['aaaa'], all).graph.order).toEqual(['aaaa', 'ssss', 'eeee']);
    expect(on(['aaaa', 'cccc'], all).graph.order).toEqual(['aaaa', 'bbbb', 'cccc', 'dddd', 'eeee']);
    const whole = ['aaaa', 'bbbb', 'cccc', 'dddd'];
    expect(on(whole, all).graph.applied(whole)).toEqual(['tttt']);
    expect(on(whole, all).graph.upgrade('tttt', whole).steps).toEqual([
      { revision: 'tttt', action: 'log', with: ['ssss'] },
    ]);
  });

  test('that replaces itself, or one replaced by another, is a problem and not an endless loop', () => {
    const codes = (...more: RevisionInput[]) =>
      on(['aaaa'], [...five, ...more]).problems.map(({ code }) => code);
    expect(codes({ id: 'ssss', revises: [], replaces: ['ssss'] })).toContain('replaces-itself');
    expect(codes(squash, { id: 'tttt', revises: [], replaces: ['cccc'] })).toContain('replaced-twice');
    expect(
      codes({ id: 'ssss', revises: [], replaces: ['tttt'] }, { id: 'tttt', revises: [], replaces: ['ssss'] }),
    ).toContain('replaces-itself');
  });
});

/** A line with side branches, a squash of a part of it, and the log of some database. */
const situations = fc
  .record({
    length: fc.integer({ min: 2, max: 9 }),
    from: fc.nat(8),
    to: fc.nat(8),
    branches: fc.array(fc.nat(8), { maxLength: 3 }),
    done: fc.nat(12),
  })
  .map(({ length, from, to, branches, done }) => {
    const ids = Array.from({ length }, (_, at) => `line${at}`);
    const [first, last] = [Math.min(from, to) % length, Math.max(from, to) % length].sort() as [
      number,
      number,
    ];
    const replaces = ids.slice(first, last + 1);
    const tip = replaces.at(-1) as string;
    // Branches diverge outside the line, or at its end.
    const points = ids.filter(id => id === tip || !replaces.includes(id));
    const beside = branches.map((at, index) => ({
      id: `side${index}`,
      revises: [points[at % points.length] as string],
    }));
    const old = [...line(...ids), ...beside];
    const squashed: RevisionInput = {
      id: 'squash',
      revises: first === 0 ? [] : [ids[first - 1] as string],
      replaces,
    };
    const before = RevisionGraph.from(old);
    return { old, squashed, before, logged: before.order.slice(0, done), tip };
  });

describe('for any graph and log', () => {
  test('an upgrade to the heads applies everything, and nothing twice', () => {
    fc.assert(
      fc.property(situations, ({ old, squashed, logged, before }) => {
        const { graph, problems } = RevisionGraph.inspect([...old, squashed], logged);
        expect(problems).toEqual([]);
        const { steps } = graph.upgrade('heads', logged);
        const rows = new Set(logged);
        for (const { revision, action, with: others = [] } of steps) {
          expect(action === 'up' || action === 'log').toBe(true);
          for (const id of [...others, revision]) {
            expect(rows.has(id)).toBe(false);
            rows.add(id);
          }
        }
        // The log is then the same wherever the database started: old code finds everything it knows.
        for (const id of before.ids) expect(rows).toContain(id);
        const after = graph.on(rows);
        expect(after.pending(rows)).toEqual([]);
        expect(after.missing(rows)).toEqual([]);
        expect(after.has('squash')).toBe(true);
      }),
    );
  });

  test('the replaced files can be deleted once its row exists', () => {
    fc.assert(
      fc.property(situations, ({ old, squashed, before }) => {
        const rows = [...before.ids, 'squash'];
        const left = old.filter(({ id }) => !squashed.replaces?.includes(id));
        const { graph, problems } = RevisionGraph.inspect([...left, squashed], rows);
        expect(problems).toEqual([]);
        expect(graph.missing(rows)).toEqual([]);
        expect(graph.pending(rows)).toEqual([]);
        expect(graph.order).toEqual(RevisionGraph.inspect([...old, squashed], rows).graph.order);
        expect(graph.history()).toHaveLength(left.length + 1);
      }),
    );
  });

  test('down to base and up again ends with the same log', () => {
    fc.assert(
      fc.property(situations, ({ old, squashed, before }) => {
        const { graph } = RevisionGraph.inspect([...old, squashed], before.ids);
        const rows = new Set<string>(before.ids);
        for (const { revision, with: others = [] } of graph.downgrade('base', rows).steps) {
          for (const id of [...others, revision]) rows.delete(id);
        }
        expect([...rows]).toEqual([]);
        expect(graph.on(rows).pending(rows)).toEqual(graph.order);
      }),
    );
  });
});
