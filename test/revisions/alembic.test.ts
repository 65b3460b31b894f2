import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { RevisionGraph } from '../../src/revisions/graph.ts';
import { agree, ask, EXCEPTIONS, readRecordings } from './alembic.ts';

/*
 * Alembic 1.8.1's results on random graphs with branches, merges, several bases, labels and dependencies, for
 * random version tables and targets. Steps are compared as sets, as are the current revisions after them.
 * Where Alembic fails, migtui must fail too; every intended difference is listed, with its reason, in
 * alembic.ts. (If Alembic's own version table ends up with a redundant row, the recording omits it.)
 */
const recordings = readRecordings(
  readFileSync(new URL('./fixtures/alembic-answers.json', import.meta.url), 'utf8'),
);
const graphs = recordings.map(recording => ({
  recording,
  graph: RevisionGraph.from(recording.revisions),
}));

describe("gives Alembic's results", () => {
  test.each(['resolve', 'range', 'upgrade', 'downgrade', 'stamp'] as const)('%s', op => {
    let asked = 0;
    const unlike: unknown[] = [];
    for (const { recording, graph } of graphs) {
      for (const one of recording.cases.filter(each => each.op === op)) {
        asked++;
        const migtui = ask(graph, one);
        if (agree(one.answer, migtui)) continue;
        if (EXCEPTIONS.some(exception => exception.covers(one, migtui, graph))) continue;
        unlike.push({ ...one, migtui, revisions: recording.revisions });
      }
    }
    expect(unlike).toEqual([]);
    expect(asked).toBeGreaterThan(200);
  });

  test('heads, real heads and bases', () => {
    for (const { recording, graph } of graphs) {
      const { heads, realHeads, bases } = graph;
      expect({ heads, realHeads, bases }).toEqual({
        heads: recording.heads,
        realHeads: recording.realHeads,
        bases: recording.bases,
      });
    }
  });

  test('every listed exception still occurs', () => {
    const met = new Set<string>();
    for (const { recording, graph } of graphs) {
      for (const one of recording.cases) {
        const migtui = ask(graph, one);
        if (agree(one.answer, migtui)) continue;
        const exception = EXCEPTIONS.find(each => each.covers(one, migtui, graph));
        if (exception) met.add(exception.reason);
      }
    }
    expect([...met].sort()).toEqual(EXCEPTIONS.map(({ reason }) => reason).sort());
  });
});
