import type { EngineApi, EngineEvent, EngineOptions } from '../../engine/api.ts';
import type { Settings } from '../../settings/settings.ts';
import type { SafeText } from './safe-text.ts';

/** An output stream, and its properties that commands may use. */
export interface Screen {
  write(text: SafeText): void;
  readonly isTTY: boolean;
  readonly columns: number;
}

/** The request to open the full-screen app. */
export interface AppRequest {
  readonly options: EngineOptions;
  readonly settings: Settings;
}

/** A project of a workspace that can be selected. */
export interface ProjectChoice {
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  /** Relative to the workspace's root. */
  readonly path: string;
}

/** The environment of the program, which tests replace. */
export interface Host {
  readonly stdout: Screen;
  readonly stderr: Screen;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
  /** Milliseconds since the epoch. */
  now(): number;
  openEngine(options: EngineOptions, emit: (event: EngineEvent) => void): Promise<EngineApi>;
  /** Asks on the terminal which project of a workspace to use: its folder; null if the user cancels. */
  chooseProject(members: readonly ProjectChoice[]): Promise<string | null>;
  /** Runs the full-screen app until it exits and returns the exit code. */
  openApp(request: AppRequest): Promise<number>;
  /**
   * Redirects output of the project's code to stderr from here on, made safe: stdout carries only the result.
   */
  capturePrints(): void;
  /**
   * What was completed permanently, as a sentence: shown if the result cannot be written, which is then not a
   * failure.
   */
  committed(message: string): void;
  /**
   * stdout has one JSON object per line from here on. If code of the project ends the process, `flush` writes the
   * waiting lines, and then the error becomes the last one. Returns a function that stops it.
   */
  writesLines(flush: () => void): () => void;
  /** Handles Ctrl-C, SIGTERM and SIGHUP instead of the system; returns a function that stops it. */
  onInterrupt(listener: (signal: string) => void): () => void;
  /** Runs an editor (a shell command) on a file in this terminal and returns its exit code. */
  spawn(editor: string, path: string): Promise<number>;
  /** Ends the program immediately. */
  exit(code: number): never;
}
