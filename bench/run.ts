import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { makeProject, type Project, provideTestFolder, repository } from '../test/support/project.ts';
import { openPty } from '../test/support/pty.ts';
import { type Server, startServer } from '../test/support/server.ts';
import { goal, median, type Row } from './table.ts';

const rounds = 3;
const count = 1_000;

/** CPU time of a run in the app, compared with the same run without the app. */
export async function benchRun(): Promise<Row[]> {
  const removeFolder = await provideTestFolder();
  const server = await startServer();
  try {
    const project = await manyRevisions();
    const headless: number[] = [];
    const watched: number[] = [];
    const behind: number[] = [];
    for (let round = 0; round < rounds; round++) {
      headless.push(headlessRun(project, await freshUrl(server, `headless_${round}`)));
      const app = await watchedRun(project, await freshUrl(server, `app_${round}`));
      watched.push(app.cpu);
      behind.push(app.behind);
    }
    const yardstick = median(headless);
    const ratio = median(watched) / yardstick;
    const late = median(behind);
    return [
      {
        what: `headless, ${count} revisions: processor time`,
        value: `${yardstick.toFixed(0)} ms`,
        ratio: 1,
      },
      {
        what: 'the app from Enter to its end, both processes',
        value: `${median(watched).toFixed(0)} ms`,
        ratio,
        goal: goal(ratio, 1.3),
      },
      {
        what: 'the end on the screen after the commit',
        value: `${late.toFixed(0)} ms`,
        goal: goal(late, 250, ' ms'),
      },
    ];
  } finally {
    await server.stop();
    await removeFolder();
  }
}

const manyRevisions = (): Promise<Project> =>
  makeProject({
    migrations: {
      Migration20260101000000_table: {
        up: 'create table "rows" ("id" int primary key, "name" text not null)',
      },
      ...Object.fromEntries(
        Array.from({ length: count - 1 }, (_, id) => [
          `Migration${20260102000000 + id}_row_${id}`,
          { up: `insert into "rows" values (${id}, 'row ${id}')` },
        ]),
      ),
    },
    config: 'clientUrl: process.env.DATABASE,',
  });

async function freshUrl(server: Server, name: string): Promise<string> {
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  await admin.query(`create database ${name}`);
  await admin.end();
  const url = new URL(server.url);
  url.pathname = name;
  return url.href;
}

/** CPU time in milliseconds, from start to exit. */
function headlessRun(project: Project, database: string): number {
  const command = `TIMEFORMAT='%U %S'; time ${process.execPath} ${join(repository, 'bin/migtui.js')} upgrade head --yes 2>/dev/null >/dev/null`;
  const output = execFileSync('bash', ['-c', `{ ${command}; } 2>&1`], {
    cwd: project.root,
    env: { ...process.env, DATABASE: database },
    encoding: 'utf8',
  });
  const [user = 0, system = 0] = output.trim().split(/\s+/).slice(-2).map(Number);
  return (user + system) * 1_000;
}

/** The same in the app, from Enter until it reports the end, in all of its processes. */
async function watchedRun(project: Project, database: string): Promise<{ cpu: number; behind: number }> {
  const app = await openPty([process.execPath, join(repository, 'bin/migtui.js')], {
    cwd: project.root,
    env: { DATABASE: database, LANG: 'C.UTF-8' },
  });
  await app.sees('1000 pending');
  await app.press('U', 'h');
  await app.sees(/Enter +run/);
  const pids = treeOf(app.pid());
  const before = cpuOf(pids);
  const committed = commitOf(database);
  await app.press('Enter');
  await app.sees('Upgrade done');
  const shown = performance.now();
  const cpu = cpuOf(pids) - before;
  const behind = shown - (await committed);
  await app.press('Enter', 'q');
  await app.exit;
  return { cpu, behind };
}

/** When the rows are visible to other sessions, to within a few milliseconds. */
async function commitOf(database: string): Promise<number> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  for (;;) {
    const { rows } = await client.query(`select to_regclass('rows') is not null as there`);
    if (rows[0].there) break;
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  const now = performance.now();
  await client.end();
  return now;
}

function treeOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  return [pid, ...children.flatMap(child => treeOf(Number(child)))];
}

/** Ticks are 10 ms. */
function cpuOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return sum + (Number(fields[11]) + Number(fields[12])) * 10;
  }, 0);
}
