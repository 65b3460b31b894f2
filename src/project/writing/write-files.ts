import { randomBytes } from 'node:crypto';
import { chmod, mkdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { Failure } from '../../foundation/failure.ts';
import type { FileChange } from '../../values/authoring.ts';
import { pathOf, read } from './file-change.ts';

/**
 * Writes all the changes or none. Each file is written atomically; if one cannot be written, the previous
 * ones are restored.
 * @throws Failure `draft-stale` if a file no longer matches the draft, `draft-outside`, `write-failed`
 */
export async function writeChanges(root: string, changes: readonly FileChange[]): Promise<void> {
  for (const change of changes) {
    const path = pathOf(root, change);
    if (relative(root, path).startsWith('..')) {
      throw new Failure({ code: 'draft-outside', message: `${change.path} is outside the project.` });
    }
    if (read(path) !== change.before) {
      throw new Failure({
        code: 'draft-stale',
        message: `${change.path} changed in the meantime. Nothing was written.`,
        next: 'Review the draft again, then write it.',
      });
    }
  }
  const done: FileChange[] = [];
  try {
    for (const change of changes) {
      await put(pathOf(root, change), change.after);
      done.push(change);
    }
  } catch (error) {
    for (const change of done.reverse()) await put(pathOf(root, change), change.before).catch(() => {});
    throw new Failure(
      {
        code: 'write-failed',
        message: `The files could not be written: ${(error as Error).message}. Nothing was changed.`,
        next: 'Check the permissions and the space on the disk.',
      },
      { cause: error },
    );
  }
}

async function put(path: string, text: string | null): Promise<void> {
  if (text === null) return rm(path, { force: true });
  await mkdir(dirname(path), { recursive: true });
  // A link stays a link, and a file keeps its mode.
  const target = await realpath(path).catch(() => path);
  const mode = (await stat(target).catch(() => null))?.mode;
  const temporary = `${target}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await writeFile(temporary, text, { flush: true, ...(mode !== undefined && { mode }) });
    if (mode !== undefined) await chmod(temporary, mode);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
}
