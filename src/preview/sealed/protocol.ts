/*
 * What the engine and the sealed process say to each other, one JSON document a line. The sealed process runs the
 * user's code, so the engine believes nothing that it says: a malformed line ends the process.
 *
 *   fd 0  a token, then requests and rows, to the sealed process, which waits for each without going on
 *   fd 3  everything else, from the sealed process
 *   fd 4  modules, to the sealed process, which waits for them without going on
 */

/** A statement as MikroORM takes it: SQL, and parameters as `v8.serialize` writes them (base64); null: none. */
export interface SentQuery {
  readonly sql: string;
  readonly params: string | null;
}

/** One direction of one migration is to be run. */
export interface SealedRequest {
  readonly t: 'run';
  readonly n: number;
  /** Absolute path of the migration's file; null: a class of the config's `migrationsList`. */
  readonly path: string | null;
  /** The place in the list, where there is no path. */
  readonly listed: number | null;
  readonly direction: 'up' | 'down';
  /** Statements that the code waits for are run (`query`); else they are captured, and answered with no rows. */
  readonly live: boolean;
}

/** What a query came to (`Answer` in orm.ts), or why it failed. Values as `v8.serialize` writes them (base64). */
export interface SealedRows {
  readonly t: 'rows';
  readonly n: number;
  readonly rows?: string;
  readonly error?: string;
}

/** How a migration went. */
export interface SealedResult {
  readonly t: 'result';
  readonly n: number;
  /** What the engine gave this process when it started; the migration's code does not know it. */
  readonly token: string;
  /** Nothing was left behind that could have a say in the next run. */
  readonly clean: boolean;
  /** What the code ran by itself, then what it queued. */
  readonly queries: readonly SentQuery[];
  /** So many of the first were run by the code itself. */
  readonly executed: number;
  readonly transactional: boolean;
  readonly irreversible: boolean;
  /** Why this is not all, or not certain. */
  readonly note: string | null;
  /** The file could not be used at all. */
  readonly broken: {
    readonly code: 'migration-broken' | 'migration-cannot-start' | 'no-migration-class';
    readonly error: { readonly message: string; readonly stack: string; readonly code: string | null } | null;
  } | null;
}

/** Asks for a module of the project: its JavaScript. */
export interface SealedLoad {
  readonly t: 'load';
  readonly url: string;
}

/** Asks where an import that Node cannot resolve by itself leads: without an ending, or through tsconfig paths. */
export interface SealedResolve {
  readonly t: 'resolve';
  readonly specifier: string;
  readonly parent: string;
}

/** A statement that the code waits for. */
export interface SealedQuery extends SentQuery {
  readonly t: 'query';
  readonly n: number;
}

export type FromSealed =
  | SealedResult
  | SealedLoad
  | SealedResolve
  | SealedQuery
  | { readonly t: 'ready'; readonly open: readonly string[] };

/** The answer to `load`, or to `resolve` (a URL). */
export interface ModuleAnswer {
  readonly source?: string;
  readonly format?: 'module' | 'commonjs' | 'json';
  readonly url?: string;
  readonly error?: string;
}
