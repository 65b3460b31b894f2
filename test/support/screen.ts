import { runTui } from '../../src/tui/main.tsx';
import type { TuiSettings } from '../../src/tui/settings.ts';
import { FakeEngine, type FakeOptions } from './fake-engine.ts';
import { FakeTerminal } from './terminal.ts';

process.env.TZ = 'UTC';

/** The start time of every test. */
export const noon = Date.UTC(2026, 10, 22, 12, 0, 0);
/** Time between keys of a typical user, ms of the simulated clock. */
const pace = 1_000;
/** How long `sees` waits, ms: long enough for a busy machine; a satisfied wait costs nothing. */
const timeoutMs = 10_000;
/** How long Ink waits to see whether an escape starts a sequence, ms. */
const escapeTime = 40;

export interface ScreenOptions extends FakeOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly engine?: FakeEngine;
  readonly settings?: Partial<TuiSettings>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly edit?: (file: string) => Promise<string | null>;
  readonly stop?: () => Promise<void>;
  readonly connect?: () => FakeEngine['connection'] | Promise<FakeEngine['connection']>;
  /** The file with the saved screen state. */
  readonly remember?: string;
  /** Another build of the app, such as the one in dist/. */
  readonly app?: typeof runTui;
}

const bytes: Readonly<Record<string, string>> = {
  Enter: '\r',
  Esc: '\u001b',
  Tab: '\t',
  'S-Tab': '\u001b[Z',
  Space: ' ',
  Backspace: '\u007f',
  Delete: '\u001b[3~',
  Up: '\u001b[A',
  Down: '\u001b[B',
  Right: '\u001b[C',
  Left: '\u001b[D',
  Home: '\u001b[H',
  End: '\u001b[F',
  PgUp: '\u001b[5~',
  PgDn: '\u001b[6~',
};

const bytesOf = (key: string): string => {
  const control = /^C-([a-z])$/.exec(key);
  return control ? String.fromCharCode((control[1] as string).charCodeAt(0) - 96) : (bytes[key] ?? key);
};

/** The app on a simulated terminal with a simulated engine: press keys, check the screen. */
export class Screen {
  readonly engine: FakeEngine;
  readonly terminal: FakeTerminal;
  /** The exit code, once the app has exited. */
  readonly exit: Promise<number>;
  readonly bugs: unknown[] = [];
  #now: number;

  constructor(options: ScreenOptions) {
    const { columns = 120, rows = 36, settings, env = { LANG: 'C.UTF-8', TERM: 'xterm-256color' } } = options;
    this.#now = options.now ?? noon;
    this.engine = options.engine ?? new FakeEngine({ now: this.#now, ...options });
    this.terminal = new FakeTerminal(columns, rows);
    this.exit = (options.app ?? runTui)({
      connect: options.connect ?? (() => this.engine.connection),
      settings: { motion: false, theme: 'dark', ...settings },
      root: '/home/ana/chat',
      remember: options.remember,
      stdin: this.terminal.stdin,
      stdout: this.terminal.stdout as unknown as NodeJS.WriteStream,
      env,
      platform: {
        now: () => this.#now,
        edit: options.edit ?? (async () => null),
        stop: options.stop ?? (async () => {}),
        onBug: error => this.bugs.push(error),
      },
    });
  }

  text(): string {
    return this.terminal.lines().join('\n');
  }

  /** Presses keys one after the other at a typical pace: `u`, `Enter`, `C-c`, `Down`. */
  async press(...keys: string[]): Promise<void> {
    for (const key of keys) {
      this.#now += pace;
      await this.send(bytesOf(key));
      if (key === 'Esc') await new Promise(resolve => setTimeout(resolve, escapeTime));
    }
  }

  /** A key held down: pressed, and repeated every 30 ms of the simulated clock. */
  async hold(key: string, times: number): Promise<void> {
    this.#now += pace;
    for (let count = 0; count < times; count++) {
      await this.send(bytesOf(key));
      this.#now += 30;
    }
  }

  /** Types text in one chunk, as a busy program receives it from a terminal. */
  async type(text: string): Promise<void> {
    this.#now += pace;
    await this.send(text);
  }

  async paste(text: string): Promise<void> {
    await this.send(`\u001b[200~${text}\u001b[201~`);
  }

  /** Clicks a cell, counted from 0. */
  async click(x: number, y: number): Promise<void> {
    await this.send(`\u001b[<0;${x + 1};${y + 1}M\u001b[<0;${x + 1};${y + 1}m`);
  }

  async wheel(direction: 'up' | 'down', x: number, y: number): Promise<void> {
    await this.send(`\u001b[<${direction === 'up' ? 64 : 65};${x + 1};${y + 1}M`);
  }

  /** Writes bytes to the app, and lets it read them. */
  async send(text: string): Promise<void> {
    this.terminal.stdin.write(text);
    await new Promise(resolve => setImmediate(resolve));
    await new Promise(resolve => setImmediate(resolve));
  }

  async resize(columns: number, rows: number): Promise<void> {
    this.terminal.resize(columns, rows);
    await new Promise(resolve => setImmediate(resolve));
  }

  /** Waits until the engine is idle and nothing has been written for `quiet` ms. */
  async settles(quiet = 200): Promise<void> {
    for (let before = -1; before !== this.terminal.written.length || this.engine.working > 0; ) {
      before = this.terminal.written.length;
      await new Promise(resolve => setTimeout(resolve, quiet));
    }
  }

  /** Advances the simulated clock. */
  later(ms: number): void {
    this.#now += ms;
  }

  /** Waits until all of these are on the screen. */
  async sees(...wanted: (string | RegExp)[]): Promise<void> {
    await this.until(
      text => wanted.every(one => (typeof one === 'string' ? text.includes(one) : one.test(text))),
      `to see ${wanted.map(String).join(', ')}`,
    );
  }

  /** Waits until none of these is on the screen. */
  async seesNot(...unwanted: (string | RegExp)[]): Promise<void> {
    await this.until(
      text => unwanted.every(one => !(typeof one === 'string' ? text.includes(one) : one.test(text))),
      `not to see ${unwanted.map(String).join(', ')}`,
    );
  }

  async until(fits: (text: string) => boolean, wish: string): Promise<void> {
    if (fits(this.text())) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.terminal.onFrame = () => {};
        reject(
          new Error(`waited ${wish}; the screen is\n${this.text()}\n${this.bugs.map(String).join('\n')}`),
        );
      }, timeoutMs);
      this.terminal.onFrame = () => {
        if (!fits(this.text())) return;
        clearTimeout(timer);
        this.terminal.onFrame = () => {};
        resolve();
      };
    });
  }

  /** Quits, if it has not exited. */
  async close(): Promise<void> {
    this.terminal.stdin.end();
    await this.exit;
  }
}

const opened: Screen[] = [];

/** Starts the app and waits until it shows the project. */
export async function openScreen(options: ScreenOptions = {}): Promise<Screen> {
  const screen = new Screen(options);
  opened.push(screen);
  return screen;
}

/** For `afterEach`: closes every screen of the test, and reports internal errors. */
export async function closeScreens(): Promise<void> {
  const bugs: unknown[] = [];
  for (const screen of opened.splice(0)) {
    await screen.close();
    bugs.push(...screen.bugs);
  }
  if (bugs.length > 0) throw bugs[0];
}
