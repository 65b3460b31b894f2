import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { cleanEnvironment, makeFolder, repository } from '../support/project.ts';

/*
 * docs/tutorial.md, from top to bottom: its files are written, its commands run, and their output is
 * compared.
 */

type Block =
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  | { readonly kind: 'commands'; readonly commands: { command: string; output: string }[] };

/** Fenced blocks with a path are files; those marked `console` are commands with their output. */
function blocksOf(page: string): Block[] {
  const fences = [...page.matchAll(/^```(\w+) ?(\S*)\n(.*?)^```$/gms)];
  return fences.flatMap(([, language, path, text = '']): Block[] => {
    if (path) return [{ kind: 'file', path, text }];
    if (language !== 'console') return [];
    const commands = text
      .split(/^\$ /m)
      .slice(1)
      .map(part => {
        const end = part.indexOf('\n');
        return { command: part.slice(0, end), output: part.slice(end + 1) };
      });
    return [{ kind: 'commands', commands }];
  });
}

/** Without parts that differ between runs: ids, durations, ages and their padding. */
const comparable = (output: string): string =>
  output
    .replace(/\d{14}/g, '<id>')
    .replace(/--plan-id \w+/, '--plan-id <id>')
    .replace(/\b[\d.]+ m?s\b/g, '<duration>')
    .replace(/just now|\d+ (?:second|minute)s? ago/g, '<age>')
    .replace(/ +/g, ' ')
    .trim();

/** A folder with the packages that the tutorial installs, and an `npx` that runs this migtui. */
async function installed(): Promise<{ root: string; path: string }> {
  const root = await makeFolder('chat');
  for (const folder of ['', '@mikro-orm']) {
    await mkdir(join(root, 'node_modules', folder), { recursive: true });
    for (const name of await readdir(join(repository, 'node_modules', folder))) {
      if (name !== '@mikro-orm' && !name.startsWith('.'))
        await symlink(
          join(repository, 'node_modules', folder, name),
          join(root, 'node_modules', folder, name),
        );
    }
  }
  await symlink(repository, join(root, 'node_modules/migtui'));
  const dependencies = { '@mikro-orm/pglite': '*', '@mikro-orm/migrations': '*', tsx: '*' };
  await writeFile(join(root, 'package.json'), JSON.stringify({ name: 'chat', type: 'module', dependencies }));
  const path = await makeFolder('bin');
  const npx = `#!/bin/sh\nshift\nexec "${process.execPath}" "${join(repository, 'bin/migtui.js')}" "$@"\n`;
  await writeFile(join(path, 'npx'), npx);
  await chmod(join(path, 'npx'), 0o755);
  return { root, path };
}

const author = {
  GIT_AUTHOR_NAME: 'Alice',
  GIT_AUTHOR_EMAIL: 'alice@example.org',
  GIT_COMMITTER_NAME: 'Alice',
  GIT_COMMITTER_EMAIL: 'alice@example.org',
};

test('every command of the tutorial prints what the page shows', { timeout: 600_000 }, async () => {
  const { root, path } = await installed();
  const environment = cleanEnvironment();
  const env = { ...environment, ...author, PATH: [path, environment.PATH].join(delimiter) };
  const run = (command: string): Promise<{ failed: boolean; stdout: string }> =>
    new Promise(resolve => {
      const child = execFile('sh', ['-c', `${command} 2>&1`], { cwd: root, env }, (error, stdout) =>
        resolve({ failed: error !== null, stdout }),
      );
      child.stdin?.end();
    });
  const blocks = blocksOf(await readFile(join(repository, 'docs/tutorial.md'), 'utf8'));
  expect(blocks.length).toBeGreaterThan(15);
  for (const block of blocks) {
    if (block.kind === 'file') {
      await mkdir(dirname(join(root, block.path)), { recursive: true });
      await writeFile(join(root, block.path), block.text);
    } else {
      for (const { command, output } of block.commands) {
        const { failed, stdout } = await run(command);
        // git's output differs between its versions.
        if (command.startsWith('git ')) expect(failed, `${command}\n${stdout}`).toBe(false);
        else expect(comparable(stdout), command).toBe(comparable(output));
      }
    }
  }
});
