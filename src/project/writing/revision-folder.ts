import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { Failure } from '../../foundation/failure.ts';
import type { Project } from '../project.ts';

/** Determines the folder of a new revision. */
export interface Place {
  /** The requested folder, absolute. */
  readonly asked?: string | undefined;
  /** The file of its parent, absolute: by default, the revision is written to the same folder. */
  readonly beside?: string | null | undefined;
}

/**
 * The folder of a new revision: the requested one; else that of its parent; else the one that the
 * stock CLI uses.
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
  // Sources may be compiled to another folder with the same structure.
  const inside = relative(folder, dirname(beside));
  return inside.startsWith('..') || isAbsolute(inside) ? base : join(base, inside);
}

/**
 * Ensures that MikroORM will find a file: it is in the migrations folder, and `migrations.glob` matches
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
      next: `Use a folder below that, or set migrations.path and migrations.glob so that they cover both (path: '.', glob: 'packages/*/migrations/${glob}').`,
    });
  }
  if (await matches(project, relative(base, file), glob)) return;
  throw new Failure({
    code: 'glob-misses-folder',
    message: `MikroORM would not find a revision in ${shown(dirname(file))}: migrations.glob is "${glob}", below ${shown(base)}.`,
    next: `Use another folder with --path, or make migrations.glob cover this one ('**/${glob.replace(/^.*\//, '')}' covers all).`,
  });
}

/** Tests MikroORM's own glob with such a file in an empty folder. */
async function matches({ modules }: Project, path: string, glob: string): Promise<boolean> {
  const { fs } = modules.coreFs;
  const temporary = await mkdtemp(join(tmpdir(), 'migtui-glob-'));
  try {
    // With the extension of the emitted or of the compiled file.
    for (const one of [path, path.replace(/\.ts$/, '.js')]) {
      await mkdir(dirname(join(temporary, one)), { recursive: true });
      await writeFile(join(temporary, one), '');
    }
    return fs.glob(fs.normalizePath(temporary, glob)).length > 0;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
