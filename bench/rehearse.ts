import { mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type MigrationSketch,
  makeDemo,
  makeProject,
  type Project,
  repository,
} from '../test/support/project.ts';
import { type Command, type Measured, measure } from './measure.ts';
import { startBenchServer } from './server.ts';
import { goal, type Row } from './table.ts';

/** Rehearsals, the first time and with what they remember. */
export async function benchRehearse(): Promise<Row[]> {
  const server = await startBenchServer();
  try {
    const demo = await withOwnModules(await makeDemo());
    const merge = () => measure(command(demo, ['merge', '--plan'], {}));
    await measure(command(demo, ['upgrade', 'heads', '--yes'], {}));
    const first = await merge();
    const again = await merge();
    const status = await measure(command(demo, ['status'], {}));
    const hundred = await withOwnModules(await tables(100));
    const rehearse = async (database: string) =>
      measure(command(hundred, ['rehearse'], { DATABASE: database }));
    const database = await server.freshUrl();
    const new100 = await rehearse(database);
    const known100 = await rehearse(database);
    return [
      cpuRow('merge of the demo, nothing cached', first, 2.5),
      cpuRow('merge of the demo, cached', again, 0.4),
      cpuRow('status of the demo, for comparison', status),
      wallRow('rehearsal of 100 revisions, first time', new100),
      wallRow('rehearsal of 100 revisions, second time', known100, 0.8),
    ];
  } finally {
    await server.stop();
  }
}

const command = ({ root }: Project, args: string[], env: NodeJS.ProcessEnv): Command => ({
  program: process.execPath,
  args: [join(repository, 'bin/migtui.js'), ...args],
  cwd: root,
  env: { ...process.env, ...env },
});

function cpuRow(what: string, { cpu, wall }: Measured, most?: number): Row {
  const value = `${(cpu / 1000).toFixed(2)} s`;
  return {
    what: `${what}: processor time`,
    value,
    ...(most !== undefined && { goal: goal(cpu / 1000, most, ' s') }),
    limit: `${(wall / 1000).toFixed(2)} s on the clock`,
  };
}

function wallRow(what: string, { cpu, wall }: Measured, most?: number): Row {
  const limit = `${(cpu / 1000).toFixed(2)} s of processor time`;
  const value = `${(wall / 1000).toFixed(2)} s`;
  return { what, value, limit, ...(most !== undefined && { goal: goal(wall / 1000, most, ' s') }) };
}

/** With a `node_modules` of its own, where what is remembered is kept. */
async function withOwnModules(project: Project): Promise<Project> {
  const modules = join(project.root, 'node_modules');
  await rm(modules);
  await mkdir(modules);
  for (const name of await readdir(join(repository, 'node_modules'))) {
    if (name !== '.cache') await symlink(join(repository, 'node_modules', name), join(modules, name));
  }
  return project;
}

function tables(count: number): Promise<Project> {
  const migrations = Array.from({ length: count }, (_, index): [string, MigrationSketch] => [
    `Migration${20260101000000 + index}_table_${index}`,
    {
      up: `create table "table_${index}" ("id" serial primary key, "name" text not null)`,
      down: `drop table "table_${index}"`,
    },
  ]);
  return makeProject({
    migrations: Object.fromEntries(migrations),
    url: 'postgres://unused@127.0.0.1:1/unused',
    config: 'clientUrl: process.env.DATABASE,',
  });
}
