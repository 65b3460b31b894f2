import { readPlain } from '../../preview/plain.ts';
import type { Session } from '../session.ts';

/** Number of files that are read before other calls get a turn. */
const atOnce = 100;

/** Number of statements in the upgrade of each revision, if its SQL can be read without running code. */
export async function sizes({ project }: Session): Promise<Readonly<Record<string, number>>> {
  const found: Record<string, number> = {};
  for (const [at, migration] of project.sources().migrations.entries()) {
    if (at % atOnce === atOnce - 1) await new Promise(resolve => setImmediate(resolve));
    const up = readPlain(migration)?.up;
    if (up) found[migration.id] = up.length;
  }
  return found;
}
