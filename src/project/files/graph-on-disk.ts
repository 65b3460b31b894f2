import { existsSync } from 'node:fs';
import type { MigrationsOptions, MikroORM } from '@mikro-orm/core';
import { Failure } from '../../foundation/failure.ts';
import { RevisionGraph } from '../../revisions/graph.ts';
import { inferLine } from '../../revisions/infer.ts';
import { migrationPaths } from './migration-paths.ts';
import { listedSources, readSources } from './sources.ts';

/**
 * The graph of the revisions of a MikroORM config, read without running them.
 * @throws Failure `broken-revisions` | `no-migrations-folder`
 */
export async function graphOnDisk(orm: MikroORM): Promise<RevisionGraph> {
  const options = orm.config.get('migrations') as MigrationsOptions & { migrationsList?: unknown };
  const sources = options.migrationsList
    ? listedSources(options.migrationsList as never)
    : readSources(orm.config.get('baseDir') as string, await paths(orm, options));
  const { graph, problems } = RevisionGraph.inspect(
    inferLine(sources.migrations.map(({ declaration }) => declaration)),
  );
  const [first] = [...sources.problems, ...problems];
  if (!first) return graph;
  throw new Failure({
    code: 'broken-revisions',
    message: `The revisions cannot be read: ${[first.file, first.message].filter(Boolean).join(': ')}.`,
    next: 'Fix the files; "migtui status" lists all problems.',
  });
}

async function paths(orm: MikroORM, { path, pathTs, glob }: MigrationsOptions): Promise<string[]> {
  const [{ fs }, { Utils }] = await Promise.all([
    import('@mikro-orm/core/fs-utils'),
    import('@mikro-orm/core'),
  ]);
  const typescript = orm.config.get('preferTs', Utils.detectTypeScriptSupport());
  const folder = fs.absolutePath(
    (typescript && pathTs) || (path as string),
    orm.config.get('baseDir') as string,
  );
  if (!existsSync(folder)) {
    throw new Failure({
      code: 'no-migrations-folder',
      message: `There is no folder ${folder} to read the migrations from.`,
      next: 'A bundled application has no migrations folder: write the graph into a file with "migtui bake", and pass it as { graph }.',
    });
  }
  return migrationPaths(fs, folder, glob as string);
}
