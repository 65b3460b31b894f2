import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { IMigrationGenerator, MigrationDiff, MigrationsOptions } from '@mikro-orm/core';
import { RevisionGraph } from '../../revisions/graph.ts';
import { inferLine } from '../../revisions/infer.ts';
import { declare } from '../files/edit-declarations.ts';
import { readSources } from '../files/sources.ts';
import { loadableFrom } from './es-module.ts';

/**
 * Lets `inner` write a migration, then declares in it that it revises the previous heads.
 * @param glob MikroORM's own search for files
 */
export async function generateDeclared(
  inner: IMigrationGenerator,
  glob: (pattern: string) => string[],
  options: MigrationsOptions,
  baseDir: string,
  diff: MigrationDiff,
  path?: string,
  name?: string,
): Promise<[string, string]> {
  const folder = absolute(path ?? folderOf(options), baseDir);
  const revises = headsIn(glob(join(folder, options.glob ?? '!(*.d).{js,ts,cjs}')));
  const [code, fileName] = await inner.generate(diff, path, name);
  const file = join(folder, fileName);
  const loadable = loadableFrom(folder, fileName, code);
  let declared = loadable;
  try {
    declared = declare(fileName.replace(/\.[jt]s$/, ''), fileName, loadable, { revises });
  } catch {
    // A generator that writes something other than a class: the stock CLI continues as without migtui.
  }
  if (declared !== code && existsSync(file) && (await readFile(file, 'utf8')) === code) {
    await writeFile(file, declared);
  }
  return [declared, fileName];
}

/** The folder of the stock generator. */
function folderOf({ emit, path, pathTs }: MigrationsOptions): string {
  return (emit === 'ts' && pathTs ? pathTs : path) ?? './migrations';
}

function absolute(path: string, baseDir: string): string {
  if (path.startsWith('file:')) return fileURLToPath(path);
  return isAbsolute(path) ? path : resolve(baseDir, path);
}

function headsIn(paths: readonly string[]): readonly string[] {
  const { migrations } = readSources('', [...paths].sort());
  return RevisionGraph.inspect(inferLine(migrations.map(({ declaration }) => declaration))).graph.heads;
}
