import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Starts the engine process, which loads its modules and waits for `startEngine`. Imports nothing, so that it
 * can be the very first thing that the program does.
 * @param root the project that will be opened, if known this early: its MikroORM is loaded, too
 * @param program the engine's entry point, built next to this file
 */
export function forkEngine(
  root?: string,
  program = fileURLToPath(new URL('./child.ts', import.meta.url)),
): ChildProcess {
  // A separate process group: Ctrl-C and a closed terminal reach the front end, which tells the engine what
  // to do.
  return fork(program, root === undefined ? [] : [root], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'advanced',
    detached: true,
    execArgv: [
      // MB. V8 lets the space for new objects grow to 96 MB, and does not give it back.
      '--max-semi-space-size=4',
      ...process.execArgv,
      // Otherwise its exit may hang, see bin/start.js.
      '--no-concurrent-sparkplug',
    ],
  });
}
