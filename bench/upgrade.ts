import { type Contender, contenders } from './contenders.ts';
import { type Measured, measure } from './measure.ts';
import { startProxy } from './proxy.ts';
import { startBenchServer } from './server.ts';
import { goal, median, type Row } from './table.ts';

/** Numbers of small revisions, and how often each is measured. `BENCH_COUNTS=100:3,1000:1` sets others. */
const counts = (process.env.BENCH_COUNTS ?? '2:1,100:3,300:2,1000:1')
  .split(',')
  .map(one => one.split(':').map(Number) as [number, number]);

/** Two sizes, so that their difference excludes the startup. */
const networked: readonly [number, number] = [5, 45];
const roundTrip = 20;

interface Figures {
  readonly up: Measured;
  readonly down: Measured;
}

/** Upgrades and downgrades of small revisions compared with other tools, and over a slow network. */
export async function benchUpgrade(): Promise<Row[]> {
  const server = await startBenchServer();
  const { freshUrl } = server;
  try {
    const rows: Row[] = [];
    for (const [count, rounds] of counts) {
      const all = await contenders(count);
      const startUp = new Map<string, Figures>();
      for (const one of await contenders(0)) startUp.set(one.name, await bothWays(one, await freshUrl()));
      const found = new Map<string, Figures[]>(all.map(({ name }) => [name, []]));
      for (let round = 0; round < rounds; round++) {
        for (const one of all) found.get(one.name)?.push(await bothWays(one, await freshUrl()));
      }
      rows.push(...rowsOf(count, found, startUp));
    }
    rows.push(...(await overNetwork(server.url, freshUrl)));
    return rows;
  } finally {
    await server.stop();
  }
}

async function bothWays(one: Contender, database: string): Promise<Figures> {
  return { up: await measure(one.up(database)), down: await measure(one.down(database)) };
}

type Which = 'up' | 'down';

function rowsOf(count: number, found: Map<string, Figures[]>, startUp: Map<string, Figures>): Row[] {
  const rows: Row[] = [];
  const middle = (name: string, which: Which, field: 'wall' | 'cpu' | 'peak' | 'together'): number =>
    median((found.get(name) ?? []).map(one => one[which][field]));
  const beyond = (name: string, which: Which): number =>
    middle(name, which, 'wall') - (startUp.get(name)?.[which].wall ?? 0);
  const big = count >= 300;
  for (const which of ['up', 'down'] as const) {
    for (const name of found.keys()) {
      const wall = middle(name, which, 'wall');
      const ratio = wall / middle('stock CLI', which, 'wall');
      const cpu = middle(name, which, 'cpu');
      const cpuRatio = cpu / middle('stock CLI', which, 'cpu');
      const peak = middle(name, which, 'peak');
      const peakRatio = peak / middle('stock CLI', which, 'peak');
      const what = `${count} ${which}: ${name}`;
      const most =
        big && name === 'migtui, journal'
          ? which === 'up'
            ? 0.7
            : 0.6
          : big && name === 'migtui each, journal'
            ? 1
            : undefined;
      rows.push(limited({ what, value: `${(wall / 1000).toFixed(2)} s`, ratio }, most));
      rows.push(
        limited(
          { what: `${what}, processor`, value: `${(cpu / 1000).toFixed(2)} s`, ratio: cpuRatio },
          big && name === 'migtui, journal' ? 0.8 : undefined,
        ),
      );
      const together = middle(name, which, 'together');
      if (count === 100 && which === 'up' && name === 'migtui, journal') {
        const value = `${mb(peak)} MB`;
        rows.push({ what: `${what}, largest process`, value, goal: goal(peak / 1e6, 160, ' MB') });
      }
      rows.push(
        limited(
          {
            what: `${what}, memory`,
            value: `${mb(peak)} MB`,
            ratio: peakRatio,
            more: `all processes ${mb(together)} MB`,
          },
          name.startsWith('migtui') ? 1.3 : undefined,
        ),
      );
    }
    if (big && found.has('psql, one transaction')) {
      const ratio = beyond('migtui, journal', which) / middle('psql, one transaction', which, 'wall');
      const value = `${(beyond('migtui, journal', which) / 1000).toFixed(2)} s`;
      rows.push(
        limited(
          { what: `${count} ${which}: migtui, journal, beyond start-up, to psql`, value, ratio },
          which === 'up' ? 1.4 : undefined,
        ),
      );
    }
  }
  return rows;
}

async function overNetwork(serverUrl: string, freshUrl: () => Promise<string>): Promise<Row[]> {
  const proxy = await startProxy(serverUrl, roundTrip);
  const trips = new Map<string, Record<Which, number[]>>();
  try {
    for (const count of networked) {
      for (const one of await contenders(count)) {
        const database = proxy.url(await freshUrl());
        const of = trips.get(one.name) ?? { up: [], down: [] };
        trips.set(one.name, of);
        for (const which of ['up', 'down'] as const) {
          proxy.roundTrips();
          await measure(one[which](database));
          of[which].push(proxy.roundTrips());
        }
      }
    }
  } finally {
    await proxy.close();
  }
  const [few, many] = networked;
  return [...trips].flatMap(([name, of]) =>
    (['up', 'down'] as const).map(which => {
      const [atFew = 0, atMany = 0] = of[which];
      const each = (atMany - atFew) / (many - few);
      const fixed = atFew - each * few;
      return limited(
        {
          what: `round trips a revision, ${which}: ${name}`,
          value: each.toFixed(1),
          more: `and ${fixed.toFixed(0)} for each run`,
          compared: each,
        },
        name === 'migtui' || name === 'migtui, journal' ? 2 : undefined,
      );
    }),
  );
}

function limited({ compared, more, ...row }: Row & { compared?: number; more?: string }, most?: number): Row {
  const got = compared ?? row.ratio ?? Number.NaN;
  return {
    ...row,
    ...(more !== undefined && { limit: more }),
    ...(most !== undefined && { goal: goal(got, most, compared === undefined ? 'x' : '') }),
  };
}

function mb(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
