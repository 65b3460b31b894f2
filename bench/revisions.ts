import { fileURLToPath } from 'node:url';
import { RevisionGraph } from '../src/revisions/graph.ts';
import { drawLanes } from '../src/revisions/lanes/draw-lanes.ts';
import { layoutLanes } from '../src/revisions/lanes/lanes.ts';
import { simplify } from '../src/revisions/lanes/simplify.ts';
import { TargetError } from '../src/revisions/targets/target-error.ts';
import { goal, printTable, type Row } from './table.ts';

interface Shape {
  readonly name: string;
  readonly revisions: readonly { id: string; revises: string[]; dependsOn?: string[]; labels?: string[] }[];
}

const SIZE = 100_000;
const name = (at: number): string => `Migration${20200101000000 + at}_step_${at}`;

/** Graphs of 100,000 revisions that would make any non-linear algorithm slow. */
function shapes(): Shape[] {
  const every = Array.from({ length: SIZE }, (_, at) => at);
  let seed = 1;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return seed % below;
  };
  return [
    {
      name: 'one line',
      revisions: every.map(at => ({ id: name(at), revises: at === 0 ? [] : [name(at - 1)] })),
    },
    {
      name: '1,000 labelled bases',
      revisions: every.map(at => ({
        id: name(at),
        revises: at < 1000 ? [] : [name(at - 1000)],
        labels: at < 1000 ? [`branch${at}`] : [],
      })),
    },
    {
      name: 'a merge of 500 labelled branches',
      revisions: every.map(at => ({
        id: name(at),
        revises:
          at === 0
            ? []
            : at <= 500
              ? [name(0)]
              : at < 50_000
                ? [name(at - 500)]
                : at === 50_000
                  ? every.slice(49_500, 50_000).map(name)
                  : [name(at - 1)],
        labels: at > 0 && at <= 500 ? [`branch${at}`] : [],
      })),
    },
    {
      name: 'branches, merges, dependencies',
      revisions: every.map(at => ({
        id: name(at),
        revises:
          at === 0 || random(500) === 0
            ? []
            : random(10) === 0 && at > 1
              ? [name(at - 1), name(at - 2 - random(Math.min(at - 1, 50)))]
              : [name(at - 1 - random(Math.min(at, 3)))],
        dependsOn: at > 0 && random(20) === 0 ? [name(random(at))] : [],
      })),
    },
  ];
}

/** The best of three rounds; of fifty if a round is short, so that the code is optimized. */
function measured(what: string, limitMs: number, work: () => void): Row {
  let ms = Number.POSITIVE_INFINITY;
  for (let round = 0; round < (limitMs > 1 ? 3 : 50); round++) {
    const start = performance.now();
    work();
    ms = Math.min(ms, performance.now() - start);
  }
  return { what, value: `${ms.toFixed(2)} ms`, goal: goal(ms, limitMs, ' ms') };
}

/** Measures graphs, plans, targets and drawings at 100,000 revisions. */
export function benchRevisions(): Row[] {
  const rows: Row[] = [];
  for (const { name: shape, revisions } of shapes()) {
    const measure = (what: string, limitMs: number, work: () => void): void => {
      rows.push(measured(`${shape}: ${what}`, limitMs, work));
    };
    measure('build', 1000, () => RevisionGraph.from(revisions));
    const graph = RevisionGraph.from(revisions);
    const all = graph.ids;
    const half = graph.ancestors([name(SIZE / 2)]);
    measure('upgrade heads from nothing', 500, () => graph.upgrade('heads', []));
    measure('upgrade heads from half way', 500, () => graph.upgrade('heads', half));
    measure('downgrade base', 500, () => graph.downgrade('base', all));
    measure('stamp heads', 500, () => graph.stamp('heads', half));
    measure('marks', 500, () => graph.marks(half));
    measure('labels of the newest 1,000', 500, () => {
      for (const id of all.slice(-1000)) graph.labelsOf(id);
    });
    measure('a part of a name', 500, () => graph.resolve('20200101099999'));
    measure('a mistyped name, with suggestions', 500, () => {
      try {
        graph.resolve('stepp_4321');
      } catch (error) {
        if (!(error instanceof TargetError)) throw error;
      }
    });
    const history = graph.history();
    measure('lay out the history', 500, () => layoutLanes(history));
    measure('simplify to every second revision', 1000, () => simplify(history, place => place % 2 === 0));
    measure('simplify to a hundredth', 1000, () => simplify(history, place => place % 100 === 0));
    const layout = layoutLanes(history);
    const applied = new Set(half);
    const styleOf = (id: string) => ({
      state: applied.has(id) ? ('applied' as const) : ('pending' as const),
      current: false,
    });
    measure('draw 40 rows', 1, () => drawLanes(layout, SIZE / 2 - 20, SIZE / 2 + 20, styleOf));
  }
  return rows;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  printTable('Revisions: 100,000 of them', benchRevisions());
}
