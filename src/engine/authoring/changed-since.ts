import { execFile } from 'node:child_process';
import { relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Failure } from '../../foundation/failure.ts';
import type { OnDisk, Workspace } from './workspace.ts';

const run = promisify(execFile);

/**
 * Revisions whose files differ from those of a git ref, and those that are new.
 * @throws Failure `bad-ref`
 */
export async function changedSince(workspace: Workspace, disk: OnDisk, ref: string): Promise<Set<string>> {
  const { root } = workspace.project;
  const git = async (...args: string[]): Promise<string[]> => {
    const { stdout } = await run('git', args, { cwd: root, maxBuffer: 2 ** 26 });
    return stdout.split('\0').filter(name => name !== '');
  };
  let names: string[];
  try {
    names = [
      // what this branch changed: not what the ref got meanwhile
      ...(await git('diff', '--name-only', '-z', '--relative', '--merge-base', ref, '--', '.')),
      ...(await git('ls-files', '--others', '--exclude-standard', '-z', '--', '.')),
    ];
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    throw new Failure({
      code: 'bad-ref',
      message: `git cannot compare with ${ref}: ${(stderr || message).trim().split('\n')[0]}`,
      next: 'Name a commit, branch or tag that is there; in CI, fetch it first (fetch-depth: 0).',
    });
  }
  const paths = new Set(names);
  return new Set(
    [...disk.byId.values()]
      .filter(
        ({ path }) => path !== null && paths.has(relative(root, resolve(root, path)).replaceAll('\\', '/')),
      )
      .map(({ id }) => id),
  );
}
