import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { Failure } from '../foundation/failure.ts';
import type { Project } from './project.ts';

/** Where a new revision is to be written. */
export interface Place {
  /** The folder that was asked for, absolute. */
  readonly asked?: string | undefined;
  /** The file of the revision that it revises, absolute: where nothing is asked for, it is written beside that. */
  readonly beside?: string | null | undefined;
}

/**
 * The folder of a new revision: the one that was asked for; else beside the revision that it revises; else where the
 * stock CLI generates.
 * @throws Failure `no-folder`
 */
export function folderFor({ folder, options, modules, config }: Project, { asked, beside }: Place): string {
  if (folder === null) {
    throw new Failure({
      code: 'no-folder',
      message:
        'The config lists migration classes (migrationsList), so there is no folder to write revisions to.',
      next: 'Set migrations.path in the config.',
    });
  }
  if (asked !== undefined) return asked;
  const { emit, path, pathTs } = options;
  const chosen = emit === 'ts' && pathTs ? pathTs : path;
  const base = chosen ? modules.coreFs.fs.absolutePath(chosen, config.get('baseDir')) : folder;
  if (!beside) return base;
  // sources may be compiled to another folder, in which they lie the same way
  const inside = relative(folder, dirname(beside));
  return inside.startsWith('..') || isAbsolute(inside) ? base : join(base, inside);
}

/**
 * Makes sure that MikroORM will find a file: that it is in the folder of migrations, and that `migrations.glob` covers
 * its path.
 * @param file absolute
 * @throws Failure `outside-folder` | `glob-misses-folder`
 */
export async function requireCovered(project: Project, file: string): Promise<void> {
  const { options, modules, config, root } = project;
  const { fs } = modules.coreFs;
  const bases = [options.pathTs, options.path, project.folder]
    .filter(one => typeof one === 'string')
    .map(one => fs.absolutePath(one, config.get('baseDir')));
  const base = bases.find(one => !relative(resolve(one), file).startsWith('..'));
  const shown = (path: string): string => relative(root, path) || '.';
  const glob = options.glob as string;
  if (base === undefined) {
    throw new Failure({
      code: 'outside-folder',
      message: `MikroORM would not find a revision in ${shown(dirname(file))}: it reads migrations below ${shown(bases[0] ?? root)}.`,
      next: `Name a folder below that, or set migrations.path and migrations.glob so that they cover both (path: '.', glob: 'packages/*/migrations/${glob}').`,
    });
  }
  if (await matches(project, relative(base, file), glob)) return;
  throw new Failure({
    code: 'glob-misses-folder',
    message: `MikroORM would not find a revision in ${shown(dirname(file))}: migrations.glob is "${glob}", below ${shown(base)}.`,
    next: `Name another folder with --path, or let migrations.glob cover this one ('**/${glob.replace(/^.*\//, '')}' covers all).`,
  });
}

/** Asks MikroORM's own glob, with such a file in an empty folder. */
async function matches({ modules }: Project, path: string, glob: string): Promise<boolean> {
  const { fs } = modules.coreFs;
  const temporary = await mkdtemp(join(tmpdir(), 'migtui-glob-'));
  try {
    // as it is emitted or as it is compiled
    for (const one of [path, path.replace(/\.ts$/, '.js')]) {
      await mkdir(dirname(join(temporary, one)), { recursive: true });
      await writeFile(join(temporary, one), '');
    }
    return fs.glob(fs.normalizePath(temporary, glob)).length > 0;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
