import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { Failure } from '../foundation/failure.ts';
import type { Project } from '../project/project.ts';

/**
 * The failure `no-migrations-folder` where the folder that the config names is not there; null where it is, and for a
 * `migrationsList`. A wrong path, or a deployment that left the migrations out, must not look like nothing to do.
 */
export function missingFolder({ folder, root, configFile }: Project): Failure | null {
  if (folder === null || existsSync(folder)) return null;
  return new Failure({
    code: 'no-migrations-folder',
    message: `The migrations folder ${relative(root, folder) || '.'} does not exist.`,
    next: `Check migrations.path in ${configFile ?? 'the MikroORM config'}, and that the folder was deployed. In a new project the first revision makes it: migtui revision -m "…"`,
  });
}
