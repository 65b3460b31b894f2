import { forkEngine } from './engine/fork.ts';
import { chooseRoot } from './project/choose-root.ts';

/*
 * What bin/migtui.js starts. When the app was asked for, the engine's process is started before anything else is read:
 * it loads the project's MikroORM while we load the screen.
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
