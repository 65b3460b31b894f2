import type { EngineApi, EngineEvent } from './api.ts';

/** How the engine's process ended. */
export interface EngineExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** The last of what it printed; may hold anything. */
  readonly said: string;
}

/** What a restarted engine opens differently. */
export interface EngineChange {
  /** Another context of the config file. */
  readonly context?: string | undefined;
  /** Another schema to run migrations in; undefined: the config's. */
  readonly schema?: string | undefined;
}

/** A front end's handle to an engine that may live in another process. Calls reject with a `Failure`. */
export interface EngineConnection {
  /** Stays valid over restarts; calls wait until the project is open. */
  readonly api: EngineApi;
  /** Events come several at a time, in their order. Returns the way to stop listening. */
  events(listener: (events: readonly EngineEvent[]) => void): () => void;
  /** Reports an unexpected end. */
  onExit(listener: (exit: EngineExit) => void): () => void;
  /** Ends the engine politely and starts a new one, which sees edited files. */
  restart(change?: EngineChange): Promise<void>;
  /** Ends it politely: what runs is cancelled and rolled back. */
  stop(): Promise<void>;
  kill(): void;
}
