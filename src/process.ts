import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { jsonLine, jsonText } from './cli/shell/clean.ts';
import type { Host } from './cli/shell/host.ts';
import { runProgram } from './cli/shell/program.ts';
import { safeText } from './cli/shell/safe-text.ts';
import { forkEngine } from './engine/process/fork.ts';
import { ownSignals } from './foundation/blocking/watch.ts';
import { capturePrints, endOutput, flushPrints, releaseStdout, stderrScreen, stdout } from './output.ts';

/*
 * The process itself: streams, signals and exit codes. The commands are in cli/ and the app in tui/.
 */

const argv = process.argv.slice(2);
ownSignals({ json: argv.includes('--json') });

/** Set before every exit by migtui. Any other exit is the user's code calling `process.exit`. */
let leaving = false;
/** The engine process, if it was already started. */
let early: ChildProcess | null = null;

/** What was completed permanently, as a sentence. */
let committed: string | null = null;
/** Writes the waiting lines; null: the output is not in lines. */
let flushLines: (() => void) | null = null;

const host: Host = {
  stdout: stdout.screen,
  stderr: stderrScreen,
  stdin: process.stdin,
  env: process.env,
  cwd: process.cwd(),
  platform: process.platform,
  now: () => Date.now(),
  openEngine: async (options, emit) => (await import('./engine/engine.ts')).openEngine(options, emit),
  async chooseProject(projects) {
    const { chooseProject } = await import('./tui/main.tsx');
    return chooseProject({ projects });
  },
  async openApp({ options, settings }) {
    const { startEngine } = await import('./engine/process/client.ts');
    const engine = startEngine({ ...options, live: settings.live, transaction: settings.transaction }, () => {
      const child = early ?? forkEngine(options.root);
      early = null;
      child.ref();
      child.channel?.ref();
      return child;
    });
    const { rememberedFile, runTui } = await import('./tui/main.tsx');
    const { columns, layout, backup } = settings;
    const { theme, ascii, mouse, motion, keys, editor, lockWait, lockTimeout, statementTimeout, retries } =
      settings;
    const run = { lockWait, lockTimeout, statementTimeout, retries };
    // From here on, the project's code runs in another process, so an exit of this process is not caused by
    // it.
    leaving = true;
    releaseStdout();
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
        backup,
      },
      connect: () => engine,
    });
  },
  capturePrints,
  committed(text) {
    committed = text;
  },
  writesLines(flush) {
    flushLines = flush;
    return () => {
      flushLines = null;
    };
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
      // Uses a shell because the editor may be a command with options.
      const child = spawn(`${editor} ${quoted}`, { stdio: [0, 2, 2], shell: true });
      child.on('error', reject);
      child.on('close', code => resolve(code ?? 1));
    }),
  exit: code => leave(code),
};

function leave(code: number): never {
  leaving = true;
  process.exit(code);
}

/** Handles uncaught errors. */
let uncaught: unknown;
process.on('uncaughtException', error => {
  // The project's own listener handles it.
  if (process.listenerCount('uncaughtException') > 1) return;
  uncaught = error;
  if (leaving) {
    // A migtui error. Printed last, after the app has restored the terminal.
    const text = process.env.MIGTUI_DEBUG ? (error.stack ?? error.message) : error.message;
    process.on('exit', () =>
      stderrScreen.write(safeText(`error: ${text}\nThis is a bug in migtui; please report it.\n`)),
    );
  }
  process.exit(1);
});

/** The event loop is empty, so what is awaited will never resolve. */
let idle = false;
process.on('beforeExit', () => {
  idle = true;
});

process.on('exit', () => {
  if (leaving) return flushPrints();
  process.exitCode = 1;
  const error = { code: 'process-ended', ...endedBy() };
  const { message, next } = error;
  flushPrints();
  flushLines?.();
  if (argv.includes('--json') && flushLines) stdout.screen.write(jsonLine({ error }));
  else if (argv.includes('--json') && !stdout.used) stdout.screen.write(jsonText({ error }));
  else stderrScreen.write(safeText(`error: ${message}\nnext:  ${next}\n`));
});

function endedBy(): { message: string; next: string } {
  const nextStep = 'the MikroORM config and the migrations, then see migtui status.';
  if (uncaught !== undefined) {
    const { message, stack } = uncaught instanceof Error ? uncaught : new Error(String(uncaught));
    const errorText = process.env.MIGTUI_DEBUG ? (stack ?? message) : message;
    return {
      message: `The project's own code failed outside of any call that migtui made: ${errorText}`,
      next: `Look for a promise that is not awaited in ${nextStep} MIGTUI_DEBUG=1 shows where it failed.`,
    };
  }
  if (idle) {
    return {
      message: "The project's own code waits for something that never happens.",
      next: `Look for an await that cannot end in ${nextStep}`,
    };
  }
  return {
    message: "The project's own code ended the process before migtui was done.",
    next: `Look for process.exit in ${nextStep}`,
  };
}

/**
 * Runs the command line of this process until it exits.
 * @param engine the engine process, if the app was requested and it is already running
 */
export async function runProcess(engine: ChildProcess | null): Promise<void> {
  early = engine;
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  const code = await endOutput(await runProgram(argv, host, version), committed, argv.includes('--json'));
  // Ends by letting the event loop empty: process.exit can wait forever for V8's compiler threads
  // (https://github.com/nodejs/node/issues/54918). It also ends timers and pools left by the user's code.
  leaving = true;
  process.exitCode = code;
  setTimeout(() => process.exit(), 500).unref();
}
