import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import pg from 'pg';
import { type MigrationSketch, makeProject, type Project, repository } from '../test/support/project.ts';
import { openApp } from './app.ts';
import { startBenchServer } from './server.ts';
import { goal, median, type Row } from './table.ts';

const rounds = 5;
const count = 100;

/** Startup and upgrades, alternating with the stock CLI and psql on the same project and server. */
export async function benchStart(): Promise<Row[]> {
  const server = await startBenchServer();
  const { freshUrl } = server;
  try {
    const project = await hundredMigrations();
    const env = { ...process.env, DATABASE: await freshUrl() };
    const stock = (args: string[], more = env): void =>
      run(project, 'node_modules/@mikro-orm/cli/cli.js', args, more);
    const own = (args: string[], more = env): void =>
      run(project, join(repository, 'bin/migtui.js'), args, more);
    // Both have a table to read, and the file caches are warm.
    stock(['migration:up', '--only', 'nothing']);
    stock(['migration:pending']);
    own(['pending']);

    const times = {
      stockPending: [] as number[],
      pending: [] as number[],
      first: [] as number[],
      complete: [] as number[],
    };
    for (let round = 0; round < rounds; round++) {
      times.stockPending.push(timed(() => stock(['migration:pending'])));
      times.pending.push(timed(() => own(['pending'])));
      const screen = await screenTimes(project, env.DATABASE);
      times.first.push(screen.first);
      times.complete.push(screen.complete);
    }
    const up = { stock: [] as number[], own: [] as number[], psql: [] as number[] };
    for (let round = 0; round < 3; round++) {
      const [a, b, c] = [await freshUrl(), await freshUrl(), await freshUrl()];
      up.stock.push(timed(() => stock(['migration:up'], { ...env, DATABASE: a })));
      up.own.push(timed(() => own(['upgrade', 'head', '--yes'], { ...env, DATABASE: b })));
      const script = execFileSync(
        process.execPath,
        [join(repository, 'bin/migtui.js'), 'upgrade', 'head', '--sql'],
        {
          cwd: project.root,
          env: { ...env, DATABASE: c },
        },
      );
      await writeFile(join(project.root, 'all.sql'), script);
      const client = new pg.Client({ connectionString: c });
      await client.connect();
      const started = performance.now();
      await client.query(script.toString('utf8').replace(/^\\.*$/gm, ''));
      up.psql.push(performance.now() - started);
      await client.end();
    }
    const pending = median(times.stockPending);
    const stockUp = median(up.stock);
    const row = (what: string, values: number[], against: number): Row => ({
      what,
      value: `${median(values).toFixed(0)} ms`,
      ratio: median(values) / against,
    });
    return [
      row(`stock migration:pending, ${count} migrations`, times.stockPending, pending),
      row('migtui pending', times.pending, pending),
      within(0.35, row('migtui screen, first frame', times.first, pending)),
      within(0.8, row('migtui screen, complete state', times.complete, pending)),
      row(`stock migration:up, ${count} migrations`, up.stock, stockUp),
      row('migtui upgrade head', up.own, stockUp),
      row('the offline script alone, on an open connection', up.psql, stockUp),
    ];
  } finally {
    await server.stop();
  }
}

/** With the goal for its ratio. */
function within(most: number, row: Row): Row {
  return { ...row, goal: goal(row.ratio ?? Number.NaN, most) };
}

async function hundredMigrations(): Promise<Project> {
  const migrations: Record<string, MigrationSketch> = {};
  for (let index = 1; index <= count; index++) {
    const name = `Migration202601${String(1 + Math.floor(index / 24)).padStart(2, '0')}${String(index % 24).padStart(2, '0')}0000_table_${index}`;
    migrations[name] = {
      up: `create table "table_${index}" ("id" serial primary key, "name" text not null)`,
      down: `drop table "table_${index}"`,
    };
  }
  return makeProject({
    migrations,
    url: 'postgres://unused@127.0.0.1:1/unused',
    config: `clientUrl: process.env.DATABASE,`,
  });
}

function run(project: Project, program: string, args: string[], env: NodeJS.ProcessEnv): void {
  execFileSync(process.execPath, [program.startsWith('/') ? program : join(repository, program), ...args], {
    cwd: project.root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function timed(work: () => void): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}

/** Milliseconds until the bytes of the first frame arrive, and of one that shows pending revisions. */
function screenTimes(project: Project, database: string): Promise<{ first: number; complete: number }> {
  const started = performance.now();
  const app = openApp(project, database);
  return new Promise((resolve, reject) => {
    let output = '';
    let first = 0;
    let complete = 0;
    app.onData(bytes => {
      output += bytes;
      const text = stripVTControlCharacters(output);
      if (first === 0 && text.includes('History')) first = performance.now() - started;
      if (complete === 0 && text.includes(`${count} pending`)) {
        complete = performance.now() - started;
        app.write('q');
      }
    });
    app.onExit(() => {
      if (complete > 0) resolve({ first, complete });
      else reject(new Error(`the screen never showed ${count} pending:\n${output}`));
    });
  });
}
