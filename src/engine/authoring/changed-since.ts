import { relative, resolve } from 'node:path';
import { git } from '../../project/files/git-ref.ts';
import type { OnDisk, Workspace } from './workspace.ts';

/**
 * Revisions whose files differ from those at a git ref, and new ones.
 * @throws Failure `bad-ref`
 */
export async function changedSince(workspace: Workspace, disk: OnDisk, ref: string): Promise<Set<string>> {
  const { root } = workspace.project;
  const paths = new Set([
    // What this branch changed, without later changes at the ref.
    ...(await git(root, ref, 'diff', '--name-only', '-z', '--relative', '--merge-base', ref, '--', '.')),
    ...(await git(root, ref, 'ls-files', '--others', '--exclude-standard', '-z', '--', '.')),
  ]);
  return new Set(
    [...disk.byId.values()]
      .filter(
        ({ path }) => path !== null && paths.has(relative(root, resolve(root, path)).replaceAll('\\', '/')),
      )
      .map(({ id }) => id),
  );
}
