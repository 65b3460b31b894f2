import type { EngineApi, EngineEvent, EngineOptions } from '../../engine/api.ts';
import type { Settings } from '../../settings/schema.ts';

/** A stream that text is written to, and what a command may know of it. */
export interface Screen {
  write(text: string): void;
  readonly isTTY: boolean;
  readonly columns: number;
}

/** How the full-screen app is asked for. */
export interface AppRequest {
  readonly options: EngineOptions;
  readonly settings: Settings;
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
  /** Runs the full-screen app to its end and gives the exit code. */
  openApp(request: AppRequest): Promise<number>;
  /** Sends what the user's code prints to stderr from here on: stdout carries the answer alone. */
  divertStdout(): void;
  /** Listens to Ctrl-C, SIGTERM and SIGHUP in place of the system; returns the way to stop. */
  onInterrupt(listener: (signal: string) => void): () => void;
  /** Runs an editor (a shell command) on a file in this terminal and gives its exit code. */
  spawn(editor: string, path: string): Promise<number>;
  /** Ends the program at once. */
  exit(code: number): never;
}
