import type { EngineApi, EngineEvent } from '../api.ts';

/** How the engine's process ended. */
export interface EngineExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** Its last output; may contain anything. */
  readonly lastOutput: string;
  /** It ended because code of a revision blocked it. */
  readonly blocked?: boolean;
}

/** What a restarted engine changes. */
export interface EngineChange {
  /** Another context of the config file. */
  readonly context?: string | undefined;
  /** Another schema for migrations; undefined: the config's. */
  readonly schema?: string | undefined;
  /** A target of the fleet, by its name, relative to this context and schema; undefined: none. */
  readonly target?: string | undefined;
}

/** A front end's handle to an engine that may run in another process. Calls reject with a `Failure`. */
export interface EngineConnection {
  /** Remains valid after restarts; calls wait until the project is open. */
  readonly api: EngineApi;
  /** Events arrive in groups, in order. Returns a function that stops listening. */
  events(listener: (events: readonly EngineEvent[]) => void): () => void;
  /** Reports an unexpected end. */
  onExit(listener: (exit: EngineExit) => void): () => void;
  /** Ends the engine gracefully and starts a new one, which sees edited files. */
  restart(change?: EngineChange): Promise<void>;
  /** Ends it gracefully: a run is cancelled and rolled back. */
  stop(): Promise<void>;
  kill(): void;
}
