import { execFileSync } from 'node:child_process';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { beforeEach, expect, test } from 'vitest';
import { makeProject, migrationSource, migtui, type Output, type Project } from '../support/project.ts';
import { sampled } from '../support/sample.ts';
import { createDatabase } from '../support/server.ts';

/* What is in the place of files, and files that vanish while they are read. */

const first = 'Migration20260101000000_first';
const second = 'Migration20260102000000_second';
const commands = [
  ['status'],
  ['show', 'head'],
  ['upgrade', 'head', '--plan'],
  ['check'],
  ['lint', 'base:heads'],
];

let project: Project;

beforeEach(async () => {
  const { url } = await createDatabase();
  project = await makeProject({
    url,
    typescript: false,
    migrations: { [first]: { up: 'select 1', down: 'select 1' } },
  });
});

function expectClear(command: readonly string[], { code, stdout, stderr }: Output): void {
  const said = `${command.join(' ')}\n${stdout}${stderr}`;
  expect([0, 1, 3], said).toContain(code);
  expect(said).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  expect(said).not.toMatch(/bug in migtui|"internal"/);
}

const inTheWay: Readonly<Record<string, (path: string) => Promise<unknown> | unknown>> = {
  'a pipe': path => execFileSync('mkfifo', [path]),
  'a folder': path => mkdir(path),
  'a link to nothing': path => symlink('nothing', path),
  'a link to itself': path => symlink(path, path),
  'a link to its folder': path => symlink('.', path),
  'a device that never ends': path => symlink('/dev/zero', path),
};

test.each(
  sampled(
    Object.entries(inTheWay).flatMap(([name, make]) =>
      [`migrations/${second}.js`, 'migrations/.snapshot-postgres.json', 'migtui.config.json'].map(
        file => [name, file, make] as const,
      ),
    ),
  ),
)('%s in the place of %s', async (_, file, make) => {
  await make(project.path(file));
  for (const command of commands) expectClear(command, await migtui(project, command));
});

test('a migrations folder that is a file, and one that is not there', async () => {
  await project.remove('migrations');
  for (const command of commands) expectClear(command, await migtui(project, command));
  await project.write('migrations', 'text');
  for (const command of commands) expectClear(command, await migtui(project, command));
});

test('migrations, a snapshot and settings that are created and deleted while they are read', async () => {
  const files = {
    [`migrations/${second}.js`]: migrationSource(second, { up: 'select 2', down: 'select 2' }, false),
    'migrations/.snapshot-postgres.json': '{"namespaces":["public"],"name":"public","tables":[]}',
    'migtui.config.json': '{ "lockWait": "1s" }',
  };
  let running = true;
  const churn = (async () => {
    while (running) {
      for (const [file, text] of Object.entries(files)) {
        await writeFile(project.path(file), text);
        await rm(project.path(file));
        // half of it, as an editor that does not rename leaves it for a moment
        await writeFile(project.path(file), text.slice(0, text.length / 2));
        await rm(project.path(file));
      }
    }
  })();
  try {
    for (let round = 0; round < 5; round++) {
      for (const command of commands) expectClear(command, await migtui(project, command));
    }
  } finally {
    running = false;
    await churn;
  }
});
