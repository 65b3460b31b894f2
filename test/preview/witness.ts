import { existsSync, statSync } from 'node:fs';
import { symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Previewer } from '../../src/preview/previewer.ts';
import type { Recording } from '../../src/preview/recording.ts';
import { openProject } from '../../src/project/project.ts';
import { projectOf } from '../authoring/support.ts';
import { makeFolder, type Project as TestProject } from '../support/project.ts';
import { createDatabase, type Database } from '../support/server.ts';
import { attacks, name, sourceOf, type Targets } from './attacks.ts';

function attributesOf(project: TestProject): object {
  const { mode, uid, gid, mtimeMs } = statSync(project.path('package.json'));
  return { mode, uid, gid, mtimeMs };
}

/** Real targets that would notice an attack: a database, listening sockets, a file. */
export interface Witness extends Targets {
  readonly database: Database;
  /** Fails if any of them was reached. */
  nothingHappened(project: TestProject, packageJson: string): Promise<void>;
  close(): void;
}

export async function watch(): Promise<Witness> {
  const database = await createDatabase();
  await database.query('create table orders (id int)');
  const folder = await makeFolder('targets');
  let connections = 0;
  const listen = (at: { port: number; host: string } | { path: string }): Promise<Server> =>
    new Promise(resolve => {
      const server = createServer((socket: Socket) => {
        connections++;
        socket.destroy();
      });
      server.listen(at, () => resolve(server));
    });
  const tcp = await listen({ port: 0, host: '127.0.0.1' });
  const socket = join(folder, 'socket');
  const unix = await listen({ path: socket });
  const file = join(folder, 'file');
  return {
    port: (tcp.address() as { port: number }).port,
    socket,
    file,
    pid: process.pid,
    url: database.url,
    database,
    async nothingHappened(project, packageJson) {
      // Operations that were started may still be in progress.
      await new Promise(resolve => setTimeout(resolve, 100));
      expect(connections).toBe(0);
      expect(existsSync(file)).toBe(false);
      expect(await project.read('package.json')).toBe(packageJson);
      expect(await database.query(`select to_regclass('orders') is not null as there`)).toEqual([
        { there: true },
      ]);
    },
    close() {
      tcp.close();
      unix.close();
    },
  };
}

/**
 * Previews a migration for each attack.
 * @returns the result of each attack, or a message if the file could not be used at all
 */
export async function lookAtAttacks(
  witness: Witness,
  place: Parameters<typeof sourceOf>[2],
  direction: 'up' | 'down',
): Promise<Record<string, Recording | string>> {
  const all = Object.entries(attacks);
  const migrations = Object.fromEntries(
    all.map(([, code], index) => [name(index), sourceOf(name(index), code(witness), place)]),
  );
  const made = await projectOf({ url: witness.url, migrations, typescript: false });
  const outside = await makeFolder('outside');
  await writeFile(join(outside, 'file'), 'NAME=value');
  await writeFile(join(outside, 'file.json'), '{}');
  await symlink(join(outside, 'file'), made.path('link'));
  await symlink(outside, made.path('linked'));
  const packageJson = await made.read('package.json');
  const before = attributesOf(made);
  const project = await openProject(made.root);
  const previewer = new Previewer(project);
  const said: Record<string, Recording | string> = {};
  try {
    for (const [index, source] of project.sources().migrations.entries()) {
      said[all[index]![0]] = await previewer.record(source, direction).catch((error: Error) => error.message);
    }
    await witness.nothingHappened(made, packageJson);
    expect(attributesOf(made)).toEqual(before);
  } finally {
    previewer.close();
    await project.close();
  }
  return said;
}
