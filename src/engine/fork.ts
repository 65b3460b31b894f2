import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Starts the engine's process, which loads itself and waits for `startEngine`. Imports nothing, so that it can be the
 * very first thing that the program does.
 * @param root the project that will be opened, where it is known so early: its MikroORM is loaded, too
 * @param program the engine's entry, as it was built beside this file
 */
export function forkEngine(
  root?: string,
  program = fileURLToPath(new URL('./child.ts', import.meta.url)),
): ChildProcess {
  // a group of its own: Ctrl-C and a closed terminal reach the front end, which tells the engine what to do
  return fork(program, root === undefined ? [] : [root], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'advanced',
    detached: true,
    execArgv: [
      ...process.execArgv,
      // or its exit may hang, see bin/start.js
      '--no-concurrent-sparkplug',
    ],
  });
}
