import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import headless from '@xterm/headless';
import { cleanEnvironment, makeFolder, repository } from './project.ts';

/** What a key sends in a plain xterm. Anything else is typed unchanged. */
const keys: Readonly<Record<string, string>> = {
  Enter: '\r',
  Esc: '\x1b',
  Tab: '\t',
  'S-Tab': '\x1b[Z',
  Space: ' ',
  Backspace: '\x7f',
  Delete: '\x1b[3~',
  Up: '\x1b[A',
  Down: '\x1b[B',
  Right: '\x1b[C',
  Left: '\x1b[D',
  Home: '\x1b[H',
  End: '\x1b[F',
  PgUp: '\x1b[5~',
  PgDn: '\x1b[6~',
};

/** `C-c`: control and a letter. */
function bytesOf(key: string): string {
  const control = /^C-([a-z])$/.exec(key);
  if (control) return String.fromCharCode(control[1]!.charCodeAt(0) - 96);
  return keys[key] ?? key;
}

export interface PtyOptions {
  /** Default 120. */
  readonly cols?: number;
  /** Default 36. */
  readonly rows?: number;
  readonly cwd: string;
  /** Added to a clean environment (no CI, no NODE_ENV); `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface SeesOptions {
  /** Milliseconds; default 20,000: a loaded machine is slow, and a satisfied wait costs nothing. */
  readonly timeout?: number;
}

export interface Exit {
  /** The program's exit code; 128 + n if signal n ended it, as in a shell. */
  readonly code: number;
}

/** The modes that a program has set in the terminal. Everything true: none, as a shell expects. */
export interface Modes {
  /** The alternate screen is off. */
  readonly mainScreen: boolean;
  readonly cursorShown: boolean;
  /** No mouse reporting. */
  readonly mouseOff: boolean;
  /** No bracketed paste. */
  readonly pasteOff: boolean;
}

/** The state of the terminal at the end. Everything true: as it was before. */
export interface Restored extends Modes {
  /** `stty` reports the same as before: echo, canonical mode, signals. */
  readonly cooked: boolean;
}

export interface Pty {
  /** The screen as lines, right-trimmed. */
  lines(): string[];
  /** The screen as one text. */
  screen(): string;
  /** The scrollback and the screen. */
  history(): string;
  /** Every byte that was written to the terminal. */
  output(): string;
  /**
   * Presses keys one after the other, as fast as the fastest key repeat: the program may read several at
   * once. `'u'`, `'Enter'`, `'C-c'`, `'Up'`. Escape is given enough time to be a separate key.
   */
  press(...keys: string[]): Promise<void>;
  /** Types text in one burst, like a paste without brackets. */
  type(text: string): Promise<void>;
  /** Pastes text like a terminal with bracketed paste. */
  paste(text: string): Promise<void>;
  /** Clicks the first occurrence of this text on the screen. */
  click(text: string): Promise<void>;
  /** Turns the wheel by one step over the first occurrence of this text. */
  wheel(direction: 'up' | 'down', text: string): Promise<void>;
  /** Resolves when the screen shows it; otherwise fails with the screen. */
  sees(wanted: string | RegExp, options?: SeesOptions): Promise<void>;
  /** Resolves when the screen no longer shows it. */
  seesNo(unwanted: string | RegExp, options?: SeesOptions): Promise<void>;
  /** Resolves when the screen satisfies `test`; `what` describes it in the failure. */
  until(test: (screen: string) => boolean, what: string, options?: SeesOptions): Promise<void>;
  resize(cols: number, rows: number): void;
  /** Process id of the program itself. */
  pid(): number;
  /** Sends a signal to the program alone, as `kill <pid>` does. */
  kill(signal: NodeJS.Signals): void;
  /** Closes the terminal window: the kernel hangs up. `exit` resolves; `restored` is not available. */
  hangUp(): void;
  /** The current state of the terminal. */
  modes(): Modes;
  readonly exit: Promise<Exit>;
  /** After the exit: the state of the terminal. */
  restored(): Promise<Restored>;
  readonly terminal: headless.Terminal;
}

/**
 * The shell between the terminal and the program records `stty` before and after. It traps TERM and INT only
 * to outlive the program; a hang-up ends it, like any shell in a terminal.
 */
const wrapper =
  'trap : TERM INT; stty -g >"$NOTES/before"; "$@"; code=$?; stty -g >"$NOTES/after"; exit $code';

/** Programs still running at the end of the test file are killed. */
const running = new Set<() => void>();
process.once('exit', () => {
  for (const end of running) end();
});

/**
 * Runs a program in a terminal: `await openPty(['node', 'bin/migtui.js'], { cwd })`. `node` as the command is
 * the Node of this process.
 */
export async function openPty(command: readonly string[], options: PtyOptions): Promise<Pty> {
  const { cols = 120, rows = 36, cwd } = options;
  const notes = await makeFolder('pty');
  const [program, ...args] = command;
  const wanted = {
    ...cleanEnvironment(),
    COLORTERM: 'truecolor',
    LANG: 'C.UTF-8',
    ...options.env,
    NOTES: notes,
  };
  const env = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
  const name = options.env?.TERM ?? 'xterm-256color';
  const child = spawn(
    '/bin/sh',
    ['-c', `${wrapper}`, 'sh', program === 'node' ? process.execPath : program!, ...args],
    { cols, rows, cwd, name, env: { ...env, TERM: name } },
  );

  const terminal = new headless.Terminal({ cols, rows, scrollback: 10_000, allowProposedApi: true });
  let cursorShown = true;
  for (const final of ['h', 'l']) {
    terminal.parser.registerCsiHandler({ prefix: '?', final }, parameters => {
      if (parameters.includes(25)) cursorShown = final === 'h';
      return false;
    });
  }
  // The terminal's answers to queries (cursor position, colours) go to the program.
  terminal.onData(answer => child.write(answer));

  let output = '';
  let ended = false;
  const watchers = new Set<() => void>();
  const changed = () => {
    for (const watch of [...watchers]) watch();
  };
  child.onData(data => {
    output += data;
    terminal.write(data, changed);
  });
  const end = () => {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {}
  };
  running.add(end);
  const exit = new Promise<Exit>(resolve => {
    child.onExit(({ exitCode, signal }) => {
      running.delete(end);
      // All written output is on the screen before anyone is notified.
      terminal.write('', () => {
        ended = true;
        changed();
        resolve({ code: signal ? 128 + signal : exitCode });
      });
    });
  });

  const text = (from: number, to: number) => {
    const buffer = terminal.buffer.active;
    return Array.from(
      { length: to - from },
      (_, row) => buffer.getLine(from + row)?.translateToString(true) ?? '',
    );
  };
  const lines = () => {
    const { baseY } = terminal.buffer.active;
    return text(baseY, baseY + terminal.rows);
  };
  const screen = () => lines().join('\n');

  const until: Pty['until'] = (test, what, { timeout = 20_000 } = {}) =>
    new Promise((resolve, reject) => {
      const finish = (failure?: string) => {
        watchers.delete(check);
        clearTimeout(timer);
        if (failure) reject(new Error(`${failure}: ${what}\n${frame(lines(), terminal.cols)}`));
        else resolve();
      };
      const check = () => {
        if (test(screen())) finish();
        else if (ended) finish('The program ended before the screen had it');
      };
      const timer = setTimeout(() => finish(`Not on the screen within ${timeout} ms`), timeout);
      watchers.add(check);
      check();
    });

  const program_ = () => {
    const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim();
    const pid = Number(children.split(' ')[0]);
    if (!pid) throw new Error('The program is not running');
    return pid;
  };

  /** The cell where a text begins, counted from 1. */
  const placeOf = (wanted: string): string => {
    const row = lines().findIndex(line => line.includes(wanted));
    if (row < 0) throw new Error(`Not on the screen: ${wanted}\n${frame(lines(), terminal.cols)}`);
    return `${(lines()[row] as string).indexOf(wanted) + 1};${row + 1}`;
  };

  const modes = (): Modes => ({
    mainScreen: terminal.buffer.active.type === 'normal',
    cursorShown,
    mouseOff: terminal.modes.mouseTrackingMode === 'none',
    pasteOff: !terminal.modes.bracketedPasteMode,
  });

  return {
    terminal,
    modes,
    lines,
    screen,
    history: () => text(0, terminal.buffer.active.length).join('\n').trimEnd(),
    output: () => output,
    async press(...pressed) {
      for (const key of pressed) {
        child.write(bytesOf(key));
        // Programs wait about 20 ms to distinguish Escape from the start of a sequence; users are slower than
        // that.
        if (key === 'Esc') await new Promise(resolve => setTimeout(resolve, 60));
        else await new Promise(resolve => setImmediate(resolve));
      }
    },
    async type(typed) {
      child.write(typed);
    },
    async paste(text) {
      child.write(`\x1b[200~${text}\x1b[201~`);
    },
    async click(text) {
      child.write(`\x1b[<0;${placeOf(text)}M\x1b[<0;${placeOf(text)}m`);
    },
    async wheel(direction, text) {
      child.write(`\x1b[<${direction === 'up' ? 64 : 65};${placeOf(text)}M`);
    },
    sees: (wanted, given) => until(now => matches(now, wanted), `${wanted}`, given),
    seesNo: (unwanted, given) => until(now => !matches(now, unwanted), `no ${unwanted}`, given),
    until,
    resize(newCols, newRows) {
      terminal.resize(newCols, newRows);
      child.resize(newCols, newRows);
    },
    pid: program_,
    kill: signal => process.kill(program_(), signal),
    hangUp: () => (child as unknown as { destroy(): void }).destroy(),
    exit,
    async restored() {
      await exit;
      const [before, after] = await Promise.all(
        ['before', 'after'].map(file => readFile(join(notes, file), 'utf8')),
      );
      return { ...modes(), cooked: before === after };
    },
  };
}

function matches(screen: string, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? screen.includes(wanted) : wanted.test(screen);
}

function frame(lines: readonly string[], cols: number): string {
  const rule = '─'.repeat(cols);
  return [`┌${rule}┐`, ...lines.map(line => `│${line.padEnd(cols)}│`), `└${rule}┘`].join('\n');
}

/** The state of a shell's terminal. */
export const plain: Modes = { mainScreen: true, cursorShown: true, mouseOff: true, pasteOff: true };

/** The terminal is in the state in which the program found it. */
export const asFound: Restored = { ...plain, cooked: true };

/** The built program in a terminal: `await openMigtui(project.root)`, `openMigtui(root, { args: ['upgrade', 'head'] })`. */
export function openMigtui(
  cwd: string,
  { args = [], ...options }: Omit<PtyOptions, 'cwd'> & { readonly args?: readonly string[] } = {},
): Promise<Pty> {
  return openPty(['node', join(repository, 'bin/migtui.js'), ...args], { ...options, cwd });
}
