import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { type Instance, render } from 'ink';
import { onFormatted } from '../drawing/text/format-sql.ts';
import { backgroundOf, depthFrom, themeFrom, unicodeFrom } from '../drawing/theme/terminal.ts';
import type { EngineConnection } from '../engine/process/connection.ts';
import { failureOf, performer } from './app/perform.ts';
import { commands } from './app/registry.ts';
import { readRemembered, restored, writeRemembered } from './app/remembered.ts';
import { Store } from './app/store.ts';
import { keyProblems } from './keymap/key-problems.ts';
import { Root } from './screen/root.tsx';
import { warmUp } from './screen/warm.tsx';
import { defaultSettings, type TuiSettings } from './settings.ts';
import { initialState } from './state/initial.ts';
import type { Appearance, State } from './state/model.ts';
import { editorCommand, openEditor } from './terminal/editor.ts';
import { TerminalInput, type TerminalSource } from './terminal/input.ts';
import { askBackground, copyText, eraseScreen, mouseOff, mouseOn } from './terminal/sequences.ts';
import { stopUntilContinued } from './terminal/suspend.ts';

export { rememberedFile } from './app/remembered.ts';
export { chooseProject } from './screen/choose-project.tsx';

export interface TuiOptions {
  /** Starts the engine, after the first frame is on the screen. */
  readonly connect: () => EngineConnection | Promise<EngineConnection>;
  readonly settings?: Partial<TuiSettings> | undefined;
  /** The file with the saved screen state (`rememberedFile`); default: none. */
  readonly remember?: string | undefined;
  /** The project's folder, absolute: it contains the files to edit. */
  readonly root?: string | undefined;
  readonly stdin?: TerminalSource | undefined;
  readonly stdout?: NodeJS.WriteStream | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** For tests: replaces other outside effects of the program. */
  readonly platform?: Partial<Platform> | undefined;
}

export interface Platform {
  readonly now: () => number;
  /** Opens a file in the editor; returns the error message. */
  readonly edit: (file: string) => Promise<string | null>;
  /** Stops the process until it is continued. */
  readonly stop: () => Promise<void>;
  readonly onBug: (error: unknown) => void;
}

/**
 * Runs the app until the user quits. Returns the exit code. Requires a terminal, which the caller has
 * checked.
 */
export async function runTui(options: TuiOptions): Promise<number> {
  keepSmall();
  const stdout = options.stdout ?? process.stdout;
  const env = options.env ?? process.env;
  const settings = { ...defaultSettings, ...options.settings };
  const root = options.root ?? process.cwd();
  const platform: Platform = {
    now: () => Date.now(),
    edit: file => openEditor(editorCommand(settings.editor, env), root, file),
    stop: stopUntilContinued,
    onBug: error => store.receive([bugEvent(error)]),
    ...options.platform,
  };

  let connection: EngineConnection | null = null;
  let app: Instance | undefined;
  // Rendering an unmounted app would mount it again, and set the terminal up again.
  let left = false;
  const leave = (): void => {
    left = true;
    app?.unmount();
  };
  let suspendTerminal: Suspend = work => work();
  const erase = (): void => {
    app?.clear();
    stdout.write(eraseScreen);
  };
  const mouse = (on: boolean): void => void stdout.write(on ? mouseOn : mouseOff);
  // Another program uses the terminal: we must not write a single byte.
  let given = false;
  let turn: Promise<unknown> = Promise.resolve();
  // Only one program at a time uses the terminal.
  const away = <T,>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(() => lendTerminal(work));
    turn = mine.catch(() => {});
    return mine;
  };
  const lendTerminal = async <T,>(work: () => Promise<T>): Promise<T> => {
    let result: T | undefined;
    given = true;
    if (store.state.mouse) mouse(false);
    try {
      await suspendTerminal(async () => {
        result = await work();
      });
    } finally {
      given = false;
    }
    if (store.state.mouse) mouse(true);
    // The size may have changed, so the last frame may be too large or too small.
    resized();
    return result as T;
  };

  const input = new TerminalInput(options.stdin ?? process.stdin, {
    mouse: (kind, x, y) => store.dispatch({ type: 'mouse', kind, x, y }),
    reply: text => {
      const theme = text.startsWith('11;') ? backgroundOf(text) : null;
      if (theme) store.dispatch({ type: 'background', theme });
    },
    end: leave,
  });

  const store: Store = new Store({
    initial: restored(
      initialState(
        settings,
        appearanceOf(settings, env),
        sizeOf(stdout),
        platform.now(),
        keyProblems(commands, settings),
      ),
      options.remember ? readRemembered(options.remember) : null,
    ),
    now: platform.now,
    onBug: platform.onBug,
    draw: state => {
      if (!left) app?.rerender(element(state));
    },
    perform: performer({
      connection: () => connection,
      copy: text => void stdout.write(copyText(text)),
      mouse,
      edit: file => away(() => platform.edit(file)),
      suspend: () => away(platform.stop),
      redraw: () => {
        erase();
        app?.rerender(element(store.state));
      },
      quit: leave,
    }),
  });

  const element = (state: State) => (
    <Root
      state={state}
      dispatch={(...events) => store.dispatch(...events)}
      onMount={suspend => {
        suspendTerminal = suspend;
        if (settings.theme === 'auto' && themeFrom(env) === null) stdout.write(askBackground);
        if (settings.mouse) mouse(true);
      }}
      onUnmount={() => {
        if (store.state.mouse) mouse(false);
      }}
    />
  );

  // Before Ink's own listener: the frame that it draws on a resize then already has the new size.
  const resized = (): void => {
    if (given || left) return;
    // Terminals differ in which parts of the old frame they keep.
    erase();
    store.dispatch({ type: 'resized', ...sizeOf(stdout) });
  };
  const stopFormatting = onFormatted(() => {
    if (!left) app?.rerender(element(store.state));
  });
  stdout.on('resize', resized);
  const suspended = (): void => void away(platform.stop);
  process.on('SIGTSTP', suspended);
  try {
    // Input during startup must be neither echoed nor lost, and the first frame must begin in the first
    // column.
    input.setRawMode(true);
    stdout.write('\r');
    app = render(element(store.state), {
      stdout,
      stdin: input as unknown as NodeJS.ReadStream,
      exitOnCtrlC: false,
      patchConsole: false,
      maxFps: 60,
      incrementalRendering: true,
      alternateScreen: true,
      interactive: true,
      isScreenReaderEnabled: env.INK_SCREEN_READER === 'true',
    });
    await app.waitUntilRenderFlush();
    void connect();
    // The first frame is written first.
    setTimeout(() => {
      if (!left && store.state.overview === null) warmUp(store.state);
    }, 30).unref();
    await app.waitUntilExit();
    return 0;
  } finally {
    store.close();
    if (options.remember) writeRemembered(options.remember, store.state);
    stopFormatting();
    stdout.off('resize', resized);
    process.off('SIGTSTP', suspended);
    app?.unmount();
    input.setRawMode(false);
    await (connection as EngineConnection | null)?.stop();
  }

  async function connect(): Promise<void> {
    try {
      connection = await options.connect();
    } catch (error) {
      store.dispatch({ type: 'restarted', failure: failureOf(error) });
      return;
    }
    connection.events(events => store.receive(events));
    connection.onExit(exit => store.dispatch({ type: 'lost', exit }));
    store.dispatch({ type: 'connected' });
  }
}

/**
 * Each frame creates much garbage, and V8 would rather grow the heap to ten times its live size: 340 MB
 * instead of 180 after a thousand frames. The space for new objects keeps the size that it has after the first frame:
 * while the app receives 100,000 revisions, V8 would let it grow to 130 MB.
 */
function keepSmall(): void {
  setFlagsFromString('--heap-growing-percent=30');
  const timer = setInterval(() => {
    const youngSpace = getHeapSpaceStatistics().find(space => space.space_name === 'new_space');
    if (youngSpace && youngSpace.space_size < enoughYoungSpace) return;
    setFlagsFromString('--semi-space-growth-factor=1');
    clearInterval(timer);
  }, 100);
  timer.unref();
}

const enoughYoungSpace = 6 * 1_048_576;

type Suspend = (work: () => Promise<void>) => Promise<void>;

/** On Windows, a frame as high as the console scrolls it. */
function sizeOf(stdout: NodeJS.WriteStream): { columns: number; rows: number } {
  const rows = stdout.rows || 24;
  return { columns: stdout.columns || 80, rows: process.platform === 'win32' ? rows - 1 : rows };
}

function appearanceOf(settings: TuiSettings, env: Readonly<Record<string, string | undefined>>): Appearance {
  return {
    theme: env.NO_COLOR ? 'none' : settings.theme === 'auto' ? (themeFrom(env) ?? 'dark') : settings.theme,
    depth: depthFrom(env),
    ascii: settings.ascii === 'auto' ? !unicodeFrom(env, process.platform) : settings.ascii,
  };
}

const bugEvent = (error: unknown) => ({
  type: 'log' as const,
  at: new Date().toISOString(),
  level: 'error' as const,
  source: 'migtui' as const,
  text: `internal error, please report it: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
});
