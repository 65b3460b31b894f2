import { join } from 'node:path';
import { makeProject, type Project, repository } from '../test/support/project.ts';
import { type Command, measure } from './measure.ts';
import { startBenchServer } from './server.ts';
import { type Row, ratioRow } from './table.ts';

/*
 * How the time of a revision changes from small projects to large ones. Rows are inserted: tables of thousands of
 * revisions in one transaction need more locks than a server has.
 */

const sizes = (process.env.BENCH_GROWTH ?? '100,1000,10000').split(',').map(Number);

/** One curve of the plot: processor time in ms for each size. */
export interface Curve {
  readonly what: string;
  readonly points: readonly (readonly [revisions: number, ms: number])[];
}

/** The curves of the last `benchGrowth`. */
export const curves: Curve[] = [];

/** Commands on projects of growing size. */
export async function benchGrowth(): Promise<Row[]> {
  const server = await startBenchServer();
  const found = new Map<string, [number, number][]>();
  try {
    for (const size of sizes) {
      const project = await rowsOf(size);
      const env = { ...process.env, DATABASE: await server.freshUrl() };
      const run = async (what: string, ...args: string[]): Promise<void> => {
        const command: Command = {
          program: process.execPath,
          args: [join(repository, 'bin/migtui.js'), ...args],
          cwd: project.root,
          env,
        };
        const { cpu } = await measure(command);
        found.set(what, [...(found.get(what) ?? []), [size, cpu]]);
      };
      await run('plan', 'upgrade', 'head', '--plan');
      await run('upgrade', 'upgrade', 'head', '--yes');
      await run('status', 'status');
      await run('downgrade', 'downgrade', 'base', '--yes');
    }
  } finally {
    await server.stop();
  }
  curves.splice(0, curves.length, ...Array.from(found, ([what, points]) => ({ what, points })));
  return curves.flatMap(({ what, points }): Row[] => [
    ...points.map(
      ([size, ms]): Row => ({
        what: `${what}, ${size.toLocaleString('en')} revisions`,
        value: `${ms.toFixed(0)} ms`,
      }),
    ),
    ...growthOf(what, points),
  ]);
}

/** What one more revision takes between the two largest sizes, compared with the two before: 1 is linear. */
function growthOf(what: string, points: Curve['points']): Row[] {
  const each = points.slice(1).map(([size, ms], index): number => {
    const [before, start] = points[index] as Curve['points'][number];
    return (ms - start) / (size - before);
  });
  const [last, first] = [each.at(-1), each.at(-2)];
  if (last === undefined || first === undefined) return [];
  const value = `${last.toFixed(2)} ms`;
  return [
    { ...ratioRow(`${what}, one more revision`, value, last / first, 1.2), limit: 'compared with fewer' },
  ];
}

function rowsOf(count: number): Promise<Project> {
  return makeProject({
    migrations: Object.fromEntries(
      Array.from({ length: count }, (_, id) => [
        `Migration${20260101000000 + id}_step_${id}`,
        id === 0
          ? { up: 'create table "rows" ("id" int primary key, "name" text)', down: 'drop table "rows"' }
          : {
              up: `insert into "rows" values (${id}, 'row ${id}')`,
              down: `delete from "rows" where "id" = ${id}`,
            },
      ]),
    ),
    url: 'postgres://unused@127.0.0.1:1/unused',
    config: `clientUrl: process.env.DATABASE, schemaGenerator: { ignoreSchema: ['migtui'] },`,
  });
}
