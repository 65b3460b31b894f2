import { execFile } from 'node:child_process';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import type { Author } from '../../values/overview.ts';
import type { Session } from '../session.ts';

const run = promisify(execFile);

/** Time limit for git, ms: a very long history is shown without authors. */
const timeoutMs = 5_000;

/**
 * Who added each revision and when, by revision, from git, with one command for the whole folder. Uncommitted
 * files are not included; without git it is empty.
 */
export async function authors({ project }: Session): Promise<Readonly<Record<string, Author>>> {
  const { folder } = project;
  if (folder === null) return {};
  try {
    const { stdout } = await run(
      'git',
      ['log', '--diff-filter=AR', '--format=%x00%an%x09%aI', '--name-only', '--no-renames', '--', folder],
      { cwd: project.root, timeout: timeoutMs, maxBuffer: 64 * 1_048_576 },
    );
    return parse(stdout);
  } catch {
    return {};
  }
}

function parse(log: string): Record<string, Author> {
  const found: Record<string, Author> = {};
  // Newest first: for a file that was added twice, the last time counts.
  for (const commit of log.split('\0').slice(1)) {
    const [head = '', ...files] = commit.split('\n').filter(Boolean);
    const [name, at] = head.split('\t');
    if (!name || !at) continue;
    for (const file of files) found[basename(file).replace(/\.[cm]?[jt]s$/, '')] ??= { name, at };
  }
  return found;
}
