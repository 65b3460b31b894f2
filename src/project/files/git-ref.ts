import { execFile } from 'node:child_process';
import { basename, dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Failure } from '../../foundation/failure.ts';
import type { Declaration } from '../../revisions/revision.ts';
import type { Project } from '../project.ts';
import { parseMigration } from './declarations.ts';
import type { MigrationSource } from './migration-source.ts';

const run = promisify(execFile);

/** A migration in a git commit. */
export interface CommittedMigration {
  readonly declaration: Declaration;
  /** Relative to the project. */
  readonly file: string;
  /** It is identical in the working tree. */
  readonly same: boolean;
}

/** The migrations of a commit, in the order of their paths. */
export interface Committed {
  readonly migrations: readonly CommittedMigration[];
}

/**
 * The commit where the current branch diverged from a ref.
 * @throws Failure `bad-ref`
 */
export async function mergeBase({ root }: Pick<Project, 'root'>, ref: string): Promise<string> {
  const [commit = ''] = await git(root, ref, 'merge-base', ref, 'HEAD');
  return commit.trim();
}

/**
 * Reads the migrations of a commit without checking it out: only the declarations.
 * @param here those of the working tree; identical ones are not read again
 * @throws Failure `bad-ref`
 */
export async function committedMigrations(
  project: Pick<Project, 'root' | 'folder' | 'folders'>,
  ref: string,
  here: readonly MigrationSource[],
): Promise<Committed> {
  const { root, folder } = project;
  const folders = new Set([...project.folders(), ...(folder === null ? [] : [resolve(folder)])]);
  const names = await git(root, ref, 'ls-tree', '-r', '-z', '--name-only', ref, '--', '.');
  const changed = new Set(await git(root, ref, 'diff', '--name-only', '-z', '--relative', ref, '--', '.'));
  const known = new Map(
    here.flatMap(one => (one.path === null ? [] : [[resolve(root, one.path), one] as const])),
  );
  const migrations: CommittedMigration[] = [];
  for (const file of names.sort()) {
    const path = resolve(root, file);
    if (!folders.has(dirname(path)) || !/(?<!\.d)\.[cm]?[jt]s$/.test(file)) continue;
    const local = known.get(path);
    const same = local !== undefined && !changed.has(file);
    if (local && same) {
      migrations.push({ declaration: local.declaration, file, same });
      continue;
    }
    const [source = ''] = await git(root, ref, 'show', `${ref}:./${file}`);
    const id = basename(file).replace(/\.[jt]s$/, '');
    const parsed = parseMigration(id, file, source);
    if (parsed.body) migrations.push({ declaration: parsed.declaration, file, same });
  }
  return { migrations };
}

/**
 * Runs git for a comparison with a ref.
 * @returns its output, split at NUL
 * @throws Failure `bad-ref` that names the ref
 */
export async function git(root: string, ref: string, ...args: string[]): Promise<string[]> {
  try {
    const { stdout } = await run('git', args, { cwd: root, maxBuffer: 2 ** 26 });
    return stdout.split('\0').filter(name => name !== '');
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    throw new Failure({
      code: 'bad-ref',
      message: `git cannot compare with ${ref}: ${(stderr || message).trim().split('\n')[0]}`,
      next: 'Use a commit, branch or tag that exists; in CI, fetch it first (fetch-depth: 0).',
    });
  }
}
