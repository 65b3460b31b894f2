import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectOf } from '../authoring/support.ts';
import { migrationSource, migtui, type Project, repository } from '../support/project.ts';
import { createDatabase } from '../support/server.ts';
import { upgraded } from './support.ts';

/*
 * Every migtui command in a block of docs/ci.md and docs/deploy.md runs in a project, with the exit code 0.
 */

const main = 'Migration20260101000000_head_of_main';
const mine = 'Migration20260102000000_head_of_this_branch';

const source = (id: string, revises: string[]): string =>
  migrationSource(id, { up: `create table ${id.slice(24)} ()`, down: `drop table ${id.slice(24)}`, revises });

interface Block {
  readonly language: string;
  readonly text: string;
}

async function blocksOf(page: string): Promise<Block[]> {
  const text = await readFile(join(repository, page), 'utf8');
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', body = '']) => ({
    language,
    text: body,
  }));
}

/** The commands in a block, split into words: lines of shells and scripts, and the arrays of containers. */
function callsIn({ text }: Block): string[][] {
  const lines = [...text.matchAll(/npx migtui ([^\n"]*?)(?: >>? \S+)?$/gm)].map(([, words = '']) =>
    words.trim().split(/ +/),
  );
  const arrays = [...text.matchAll(/\["npx", "migtui".*\]/g)].map(([array]) =>
    (JSON.parse(array) as string[]).slice(2),
  );
  return [...lines.map(words => words.filter(word => !/^>/.test(word))), ...arrays];
}

const pages = ['docs/ci.md', 'docs/deploy.md'];
const calls = (
  await Promise.all(
    pages.map(async page =>
      (await blocksOf(page)).flatMap(block => callsIn(block).map(words => [page, words.join(' ')] as const)),
    ),
  )
).flat();

/** A branch with its own revision, on top of `origin/main`. */
async function branch(embedded: boolean): Promise<Project> {
  const project = await projectOf({
    ...(embedded ? { pglite: true } : { url: (await createDatabase()).url }),
    files: { [`migrations/${main}.ts`]: source(main, []) },
  });
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: project.root });
  git('init', '-q', '-b', 'main');
  git('add', 'migrations');
  git('commit', '-qm', 'main');
  git('update-ref', 'refs/remotes/origin/main', 'HEAD');
  git('checkout', '-qb', 'work');
  await project.write(`migrations/${mine}.ts`, source(mine, [main]));
  git('add', 'migrations');
  git('commit', '-qm', 'mine');
  return project;
}

describe('the pages about CI and deployment', () => {
  test('contain commands', () => {
    expect(calls.length).toBeGreaterThan(6);
    for (const page of pages) expect(calls.map(([of]) => of)).toContain(page);
  });

  test.each([...new Set(calls.map(([, words]) => words))])('migtui %s', async words => {
    // For a backup, a server needs the pg_dump of its version.
    const project = await branch(words.includes('--backup'));
    // Two heads: the reason for the recipe.
    if (words.startsWith('merge --rebase')) await project.write(`migrations/${mine}.ts`, source(mine, []));
    if (words.startsWith('wait')) await upgraded(project);
    const asked = words.startsWith('merge ') ? [...words.split(' '), '--yes'] : words.split(' ');
    const { code, stdout, stderr } = await migtui(project, asked);
    expect(code, `${stdout}\n${stderr}`).toBe(0);
  });
});
