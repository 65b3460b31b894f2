import type { EngineApi, EngineEvent, EngineOptions } from '../../engine/api.ts';
import type { Settings } from '../../settings/schema.ts';
import type { SafeText } from './safe-text.ts';

/** A stream that text is written to, and what a command may know of it. */
export interface Screen {
  write(text: SafeText): void;
  readonly isTTY: boolean;
  readonly columns: number;
}

/** How the full-screen app is asked for. */
export interface AppRequest {
  readonly options: EngineOptions;
  readonly settings: Settings;
}

/** A project of a workspace, to choose from. */
export interface ProjectChoice {
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  /** Relative to the workspace's root. */
  readonly path: string;
}

/** The world around the program: what a test replaces. */
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
  /** Asks on the terminal which project of a workspace is meant: its folder; null when the person leaves. */
  chooseProject(members: readonly ProjectChoice[]): Promise<string | null>;
  /** Runs the full-screen app to its end and gives the exit code. */
  openApp(request: AppRequest): Promise<number>;
  /** Sends what the project's code prints to stderr from here on, made safe: stdout carries the answer alone. */
  capturePrints(): void;
  /** What has been done for good, in a sentence: shown when the answer cannot be written, which is then no failure. */
  committed(words: string): void;
  /** Listens to Ctrl-C, SIGTERM and SIGHUP in place of the system; returns the way to stop. */
  onInterrupt(listener: (signal: string) => void): () => void;
  /** Runs an editor (a shell command) on a file in this terminal and gives its exit code. */
  spawn(editor: string, path: string): Promise<number>;
  /** Ends the program at once. */
  exit(code: number): never;
}
