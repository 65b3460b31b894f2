import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inverse, type PastRun, repeatable } from '../../src/revisions/plans/past-runs.ts';

const ran = (run: string, more: Partial<PastRun> = {}): PastRun => ({
  run,
  steps: [{ revision: `m${run}`, action: 'up' }],
  ...more,
});
const names = (runs: readonly PastRun[]): unknown => {
  const { undo, redo } = repeatable(runs);
  return [undo?.run ?? null, redo?.run ?? null];
};

test('undo goes back run by run, redo forward again, until something else runs', () => {
  const history = [ran('a'), ran('b')];
  expect(names([])).toEqual([null, null]);
  expect(names(history)).toEqual(['b', null]);
  history.push(ran('c', { undoes: 'b' }));
  expect(names(history)).toEqual(['a', 'b']);
  history.push(ran('d', { undoes: 'a' }));
  expect(names(history)).toEqual([null, 'a']);
  history.push(ran('e', { redoes: 'a' }));
  expect(names(history)).toEqual(['a', 'b']);
  expect(names([...history, ran('f')])).toEqual(['f', null]);
  expect(names([...history, { run: 'failed', steps: [] }])).toEqual(['a', 'b']);
});

test('undo and redo behave like the stacks of an editor', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('run', 'undo', 'redo'), { maxLength: 40 }), moves => {
      const log: PastRun[] = [];
      const done: string[] = [];
      let undone: string[] = [];
      for (const [at, move] of moves.entries()) {
        const { undo, redo } = repeatable(log);
        expect([undo?.run, redo?.run]).toEqual([done.at(-1), undone.at(-1)]);
        if (move === 'run') {
          log.push(ran(`${at}`));
          done.push(`${at}`);
          undone = [];
        } else if (move === 'undo' && undo) {
          log.push(ran(`${at}`, { undoes: undo.run }));
          undone.push(done.pop() as string);
        } else if (move === 'redo' && redo) {
          log.push(ran(`${at}`, { redoes: redo.run }));
          done.push(undone.pop() as string);
        }
      }
    }),
  );
});

test('the inverse of the inverse is the same', () => {
  const steps = fc.array(
    fc.record({ revision: fc.string(), action: fc.constantFrom('up', 'down', 'log', 'unlog') }),
  );
  fc.assert(
    fc.property(steps, some => {
      expect(inverse(inverse(some))).toEqual(some);
    }),
  );
});
