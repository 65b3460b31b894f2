import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { Failure } from '../foundation/failure.ts';
import type { Project } from '../project/project.ts';

/**
 * The failure `no-migrations-folder` if the folder in the config does not exist; null if it does, and for a
 * `migrationsList`. A wrong path, or a deployment without the migrations, must not look like an up-to-date
 * database.
 */
export function missingFolder({ folder, root, configFile }: Project): Failure | null {
  if (folder === null || existsSync(folder)) return null;
  return new Failure({
    code: 'no-migrations-folder',
    message: `The migrations folder ${relative(root, folder) || '.'} does not exist.`,
    next: `Check migrations.path in ${configFile ?? 'the MikroORM config'}, and that the folder was deployed. In a new project the first revision creates it: migtui revision -m "…"`,
  });
}
