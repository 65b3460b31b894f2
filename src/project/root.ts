import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Failure } from '../foundation/failure.ts';

/**
 * The nearest folder upwards that has a package.json: where the stock CLI would look as well.
 * @throws Failure `no-project`
 */
export function findRoot(from: string): string {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (dirname(folder) === folder) break;
  }
  throw new Failure({
    code: 'no-project',
    message: `There is no package.json in ${from} or above it.`,
    next: 'Run migtui in the folder of a MikroORM project.',
  });
}
