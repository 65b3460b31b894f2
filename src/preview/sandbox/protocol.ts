/*
 * The messages between the engine and the sandbox process, one JSON document a line. The sandbox runs the
 * user's code, so the engine trusts none of its messages: a malformed line ends the process.
 *
 *   fd 0  a token, then requests and rows, to the sandbox, which waits for each without going on
 *   fd 3  everything else, from the sandbox
 *   fd 4  modules, to the sandbox, which waits for them without going on
 */

/** A statement in MikroORM's form: SQL, and parameters encoded with `v8.serialize` (base64); null: none. */
export interface SentQuery {
  readonly sql: string;
  readonly params: string | null;
}

/** A request to run one direction of one migration. */
export interface SandboxRequest {
  readonly t: 'run';
  readonly n: number;
  /** Absolute path of the migration's file; null: a class of the config's `migrationsList`. */
  readonly path: string | null;
  /** The index in the list, if there is no path. */
  readonly listed: number | null;
  readonly direction: 'up' | 'down';
  /** Statements that the code awaits are run (`query`); otherwise they are recorded and return no rows. */
  readonly live: boolean;
}

/**
 * The result of a query (`Answer` in orm.ts), or its error. Values are encoded with `v8.serialize` (base64).
 */
export interface SandboxRows {
  readonly t: 'rows';
  readonly n: number;
  readonly rows?: string;
  readonly error?: string;
}

/** The result of a migration. */
export interface SandboxResult {
  readonly t: 'result';
  readonly n: number;
  /** The token that the engine gave this process when it started; the migration's code does not know it. */
  readonly token: string;
  /** Nothing was left behind that could affect the next run. */
  readonly clean: boolean;
  /** The statements that the code ran itself, then those that it queued. */
  readonly queries: readonly SentQuery[];
  /** How many of them, from the start, the code ran itself. */
  readonly executed: number;
  readonly transactional: boolean;
  readonly irreversible: boolean;
  /** Why they are incomplete or uncertain. */
  readonly note: string | null;
  /** The file could not be used at all. */
  readonly broken: {
    readonly code: 'migration-broken' | 'migration-cannot-start' | 'no-migration-class';
    readonly error: { readonly message: string; readonly stack: string; readonly code: string | null } | null;
  } | null;
}

/** Requests a module of the project: its JavaScript. */
export interface SandboxLoad {
  readonly t: 'load';
  readonly url: string;
}

/** Resolves an import that Node cannot resolve itself: without an extension, or through tsconfig paths. */
export interface SandboxResolve {
  readonly t: 'resolve';
  readonly specifier: string;
  readonly parent: string;
}

/** A statement that the code awaits. */
export interface SandboxQuery extends SentQuery {
  readonly t: 'query';
  readonly n: number;
}

export type FromSandbox =
  | SandboxResult
  | SandboxLoad
  | SandboxResolve
  | SandboxQuery
  | { readonly t: 'ready'; readonly open: readonly string[] };

/** The answer to `load`, or to `resolve` (a URL). */
export interface ModuleAnswer {
  readonly source?: string;
  readonly format?: 'module' | 'commonjs' | 'json';
  readonly url?: string;
  readonly error?: string;
}
