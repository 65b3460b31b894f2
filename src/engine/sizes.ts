import { readPlain } from '../preview/plain.ts';
import type { Session } from './session.ts';

/** Files read without a pause: other calls are answered in between. */
const atOnce = 100;

/** How many statements the upgrade of each revision has, of those whose SQL can be read without running code. */
export async function sizes({ project }: Session): Promise<Readonly<Record<string, number>>> {
  const found: Record<string, number> = {};
  for (const [at, migration] of project.sources().migrations.entries()) {
    if (at % atOnce === atOnce - 1) await new Promise(resolve => setImmediate(resolve));
    const up = readPlain(migration)?.up;
    if (up) found[migration.id] = up.length;
  }
  return found;
}
