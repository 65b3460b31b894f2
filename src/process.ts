import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeSync } from 'node:fs';
import { jsonText, overheard } from './cli/shell/clean.ts';
import type { Host, Screen } from './cli/shell/host.ts';
import { runProgram } from './cli/shell/program.ts';
import { forkEngine } from './engine/fork.ts';

/*
 * Everything that belongs to the process: streams, signals, exit codes. What the program does is in cli/ and tui/.
 */

const argv = process.argv.slice(2);
let answered = false;
/** Set before every exit of our own: any other one is the user's code calling `process.exit`. */
let leaving = false;
/** The engine's process where it was started already. */
let early: ChildProcess | null = null;

const print = process.stdout.write.bind(process.stdout);
const stdout = screen(process.stdout, text => {
  answered = true;
  print(text);
});
const stderr = screen(process.stderr, text => void process.stderr.write(text));

const host: Host = {
  stdout,
  stderr,
  stdin: process.stdin,
  env: process.env,
  cwd: process.cwd(),
  platform: process.platform,
  now: () => Date.now(),
  openEngine: async (options, emit) => (await import('./engine/engine.ts')).openEngine(options, emit),
  async openApp({ options, settings }) {
    const { startEngine } = await import('./engine/client.ts');
    const engine = startEngine({ ...options, live: settings.live, transaction: settings.transaction }, () => {
      const child = early ?? forkEngine(options.root);
      early = null;
      child.ref();
      child.channel?.ref();
      return child;
    });
    const { rememberedFile, runTui } = await import('./tui/main.tsx');
    const { columns, layout } = settings;
    const { theme, ascii, mouse, motion, keys, editor, lockWait, lockTimeout, statementTimeout, retries } =
      settings;
    const run = { lockWait, lockTimeout, statementTimeout, retries };
    // the project's code runs in another process from here on: no exit of this one is its doing
    leaving = true;
    // the screen is drawn with the very stream that headless commands divert
    process.stdout.write = print;
    return runTui({
      root: options.root,
      remember: rememberedFile(options.root, process.env),
      settings: {
        theme,
        ascii: ascii ?? 'auto',
        mouse,
        motion,
        columns,
        layout,
        keys,
        editor: editor ?? null,
        run,
      },
      connect: () => engine,
    });
  },
  divertStdout() {
    const divert = (chunk: unknown, encoding?: unknown, done?: unknown): boolean => {
      const text = chunk instanceof Uint8Array ? Buffer.from(chunk).toString('utf8') : String(chunk);
      const callback = typeof encoding === 'function' ? encoding : done;
      return process.stderr.write(overheard(text), callback as () => void);
    };
    process.stdout.write = divert as typeof process.stdout.write;
  },
  onInterrupt(listener) {
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    for (const signal of signals) process.on(signal, listener);
    return () => {
      for (const signal of signals) process.off(signal, listener);
    };
  },
  spawn: (editor, path) =>
    new Promise((resolve, reject) => {
      const quoted = process.platform === 'win32' ? `"${path}"` : `'${path.replaceAll("'", "'\\''")}'`;
      // a shell: an editor may be a command with options
      const child = spawn(`${editor} ${quoted}`, { stdio: [0, 2, 2], shell: true });
      child.on('error', reject);
      child.on('close', code => resolve(code ?? 1));
    }),
  exit: code => leave(code),
};

function screen(stream: NodeJS.WriteStream, write: (text: string) => void): Screen {
  // whoever read our output may be gone (`migtui history | head`): that is no error
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
  });
  return {
    write,
    get isTTY() {
      return stream.isTTY === true;
    },
    get columns() {
      return stream.columns ?? 80;
    },
  };
}

function leave(code: number): never {
  leaving = true;
  process.exit(code);
}

/** What nobody caught, before it ends the process. */
let uncaught: unknown;
process.on('uncaughtExceptionMonitor', error => {
  uncaught = error;
});

/** Nothing was left to wait for: what is awaited never comes. */
let idle = false;
process.on('beforeExit', () => {
  idle = true;
});

process.on('exit', () => {
  if (leaving) return;
  process.exitCode = 1;
  const error = { code: 'process-ended', ...endedBy() };
  const { message, next } = error;
  if (argv.includes('--json') && !answered) writeSync(1, `${jsonText({ error })}\n`);
  else writeSync(2, `error: ${message}\nnext:  ${next}\n`);
});

function endedBy(): { message: string; next: string } {
  const look = 'the MikroORM config and the migrations, then see migtui status.';
  if (uncaught !== undefined) {
    const said = uncaught instanceof Error ? uncaught.message : String(uncaught);
    return {
      message: overheard(`The project's own code failed where nobody could catch it: ${said}`),
      next: `Look for a promise that is not awaited in ${look}`,
    };
  }
  if (idle) {
    return {
      message: "The project's own code waits for something that never comes.",
      next: `Look for an await that cannot end in ${look}`,
    };
  }
  return {
    message: "The project's own code ended the process before migtui was done.",
    next: `Look for process.exit in ${look}`,
  };
}

/**
 * Runs the command line of this process to its end.
 * @param engine the engine's process where the app was asked for, already at work
 */
export async function runProcess(engine: ChildProcess | null): Promise<void> {
  early = engine;
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  const code = await runProgram(argv, host, version);
  // both streams empty, then out
  await new Promise<void>(resolve => print('', () => resolve()));
  await new Promise<void>(resolve => process.stderr.write('', () => resolve()));
  // by having nothing left to do: process.exit may wait forever for V8's compiler threads
  // (https://github.com/nodejs/node/issues/54918). It ends what the user's code has left behind, timers and pools.
  leaving = true;
  process.exitCode = code;
  setTimeout(() => process.exit(), 500).unref();
}
