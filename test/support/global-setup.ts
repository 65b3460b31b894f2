import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { provideTestFolder, repository } from './project.ts';
import { provideServer, startServer } from './server.ts';

/** Tests of the whole program run the built one: it is built here if a source is newer. */
function buildProgram(): void {
  try {
    execFileSync(process.execPath, [join(repository, 'scripts/build.mjs'), '--if-stale'], { stdio: 'pipe' });
  } catch (error) {
    // Tests of single modules need no build: only those of the program should fail, which they will.
    console.error(
      `The build failed; tests of the program run an old one.\n${(error as { stderr?: Buffer }).stderr}`,
    );
  }
}

/** Once per vitest run: a PostgreSQL server, a folder for test projects, and the built program. */
export default async function setup(): Promise<() => Promise<void>> {
  const starting = Promise.all([startServer(), provideTestFolder()]);
  buildProgram();
  const [server, removeFolder] = await starting;
  provideServer(server.url);
  // The user's own state folder is not touched.
  process.env.XDG_STATE_HOME = join(process.env.MIGTUI_TEST_FOLDER ?? '', 'state');
  return async () => {
    await Promise.all([server.stop(), removeFolder()]);
  };
}
