import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { makeProject, migtui, type Project, repository } from '../support/project.ts';
import { sampled } from '../support/sample.ts';
import { createDatabase } from '../support/server.ts';

/*
 * Malformed files in place of those that migtui reads: those in corpus/, and new random bytes in every run.
 * Failing random ones are printed, to be added to the corpus.
 */

const corpus = join(repository, 'test/faults/corpus');
const kept = readdirSync(corpus).map(name => ({ name, bytes: readFileSync(join(corpus, name)) }));
const random = [1, 100, 10_000].map(size => ({ name: `${size} random bytes`, bytes: randomBytes(size) }));

let project: Project;
const migration = 'migrations/Migration20260101000000_first.js';
const places = {
  [migration]: [['status'], ['show', 'head'], ['upgrade', 'head', '--plan'], ['check', '--only', 'problems']],
  'migrations/.snapshot-fuzz.json': [['check', '--only', 'snapshot'], ['status']],
  'mikro-orm.config.js': [['status'], ['upgrade', 'head', '--plan']],
  'migtui.config.json': [['status'], ['check', '--only', 'heads']],
  'package.json': [['status']],
} as const;

beforeAll(async () => {
  const { url } = await createDatabase();
  project = await makeProject({
    url,
    typescript: false,
    migrations: { Migration20260101000000_first: { up: 'select 1', down: 'select 1' } },
    migrationsConfig: `snapshotName: '.snapshot-fuzz'`,
  });
});

const originals = new Map<string, string | null>();
afterEach(async () => {
  for (const [file, text] of originals)
    text === null ? await project.remove(file) : await project.write(file, text);
  originals.clear();
});

test.each(
  sampled(
    Object.entries(places).flatMap(([file, commands]) =>
      [...kept, ...random].map(input => ({ file, commands, input, name: input.name })),
    ),
  ),
)('$name as $file end in a result or a clear error', async ({ file, commands, input }) => {
  originals.set(file, await project.read(file).catch(() => null));
  await writeFile(project.path(file), input.bytes);
  for (const command of commands) {
    const { code, stdout, stderr } = await migtui(project, [...command]);
    const said = `${command.join(' ')}\n${stdout}${stderr}\nwith ${input.bytes.toString('base64').slice(0, 2_000)}`;
    expect([0, 1, 3], said).toContain(code);
    expect(said).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
    expect(said).not.toContain('bug in migtui');
    expect(stdout.length + stderr.length, said).toBeLessThan(20_000);
    if (code === 1) expect(stdout + stderr, said).toMatch(/error:|✗|✘|x /);
  }
});

test.each([
  '',
  '\0',
  '..',
  ':',
  '::',
  '@',
  '@head',
  '+',
  '-',
  '99999999999999999999',
  '%s',
  '\u202e',
  'a'.repeat(10_000),
  "'; drop table x; --",
  '$(reboot)',
  'head@head@head',
  '+999999',
])('the target %j is resolved or a clear error', async target => {
  if (target.includes('\0')) return;
  const { code, stdout, stderr } = await migtui(project, ['upgrade', '--plan', '--', target]);
  expect([0, 1, 2]).toContain(code);
  expect(stdout + stderr).not.toMatch(/bug in migtui|^\s+at .*:\d+:\d+\)?$/m);
});
