import { stripVTControlCharacters } from 'node:util';
import { makeProject, type Project } from '../test/support/project.ts';
import { openApp } from './app.ts';
import { processTree } from './measure.ts';
import { startBenchServer } from './server.ts';
import { goal, type Row } from './table.ts';

/** Opening the app on very many revisions, and a plan of many on the screen. */
export async function benchLarge(): Promise<Row[]> {
  const server = await startBenchServer();
  try {
    const plan = await open(await pending(10_000), await server.freshUrl(), '10000 pending', 'U');
    const [large, database] = [await pending(100_000), await server.freshUrl()];
    const first = await open(large, database, '100000 pending', null);
    const again = await open(large, database, '100000 pending', null);
    return [
      { what: '10,000 revisions: open', value: seconds(plan.opened) },
      {
        what: '10,000 pending: the first page of the plan',
        value: seconds(plan.planned),
        goal: goal(plan.planned / 1000, 1, ' s'),
      },
      ...rowsOf('100,000 revisions, for the first time', first),
      ...rowsOf('100,000 revisions, again', again),
    ];
  } finally {
    await server.stop();
  }
}

function rowsOf(what: string, { opened, memory, each }: Opened): Row[] {
  return [
    { what: `${what}: open`, value: seconds(opened), goal: goal(opened / 1000, 5, ' s') },
    {
      what: `${what}: memory of both processes`,
      value: `${memory.toFixed(0)} MB`,
      goal: goal(memory, 400, ' MB'),
      limit: each.map(one => `${one.toFixed(0)} MB`).join(' and '),
    },
  ];
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

interface Opened {
  readonly opened: number;
  /** From the key that asks for a plan to its first page. */
  readonly planned: number;
  readonly memory: number;
  readonly each: readonly number[];
}

function open(project: Project, database: string, complete: string, key: string | null): Promise<Opened> {
  const started = performance.now();
  const app = openApp(project, database);
  return new Promise((resolve, reject) => {
    let output = '';
    let result: Opened | null = null;
    let pressed = 0;
    const timer = setTimeout(() => app.kill(), 120_000);
    const leave = (): void => {
      const each = processTree(app.pid).map(({ now }) => now / 1e6);
      const now = performance.now();
      const opened = (pressed || now) - started;
      const planned = pressed === 0 ? Number.NaN : now - pressed;
      result = { opened, planned, each, memory: each.reduce((sum, one) => sum + one, 0) };
      app.write(key === null ? 'q' : '\u001bq');
      setTimeout(() => app.kill(), 2_000).unref();
    };
    app.onData(bytes => {
      if (result) return;
      output += bytes;
      const text = stripVTControlCharacters(output);
      if (pressed === 0 && text.includes(complete)) {
        output = '';
        if (key === null) return leave();
        pressed = performance.now();
        app.write(`${key}h`);
      } else if (pressed > 0 && /\b1 up +\S+.*1 statement/.test(text)) leave();
    });
    app.onExit(() => {
      clearTimeout(timer);
      if (result) resolve(result);
      else reject(new Error(`the screen never showed ${complete}:\n${stripVTControlCharacters(output)}`));
    });
  });
}

function pending(count: number): Promise<Project> {
  return makeProject({
    migrations: Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `Migration${20200101000000 + index}_table_${index}`,
        { up: `create table "table_${index}" ("id" int)`, down: `drop table "table_${index}"` },
      ]),
    ),
    url: 'postgres://unused@127.0.0.1:1/unused',
    config: 'clientUrl: process.env.DATABASE,',
  });
}
