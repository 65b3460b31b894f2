import { forkEngine } from './engine/process/fork.ts';
import { chooseRoot } from './project/config/choose-root.ts';

/*
 * The entry point that bin/migtui.js starts. For the app, it starts the engine process before it imports
 * anything else, so the engine loads the project's MikroORM while this process loads the app.
 */

const { argv, stdin, stdout, env } = process;
const wantsApp = argv.length === 2 && stdin.isTTY && stdout.isTTY && env.TERM !== 'dumb';
const engine = wantsApp ? forkEngine(rootOrNone()) : null;
engine?.unref();
engine?.channel?.unref();

const { runProcess } = await import('./process.ts');
await runProcess(engine);

function rootOrNone(): string | undefined {
  try {
    return chooseRoot(process.cwd());
  } catch {
    return undefined;
  }
}
