/** The SQL of a migration's `up` or `down`, as far as it can be determined without running it. */
export interface Recording {
  /**
   * Statements in the order in which they would be sent: those of `execute()` first, then those of
   * `addSql()`.
   */
  readonly sql: readonly string[];
  /** False if the code read rows, used entities, or threw: `sql` is then incomplete, and `note` says why. */
  readonly complete: boolean;
  readonly note: string | null;
  readonly transactional: boolean;
  /** True for the downgrade of a migration without `down()`. */
  readonly irreversible?: boolean;
  /** Why the preview was stopped or did not start; then nothing is known. */
  readonly stopped?: string;
}

/** SQL as a migration writes it, with its parameters; undefined: none. */
export interface Statement {
  readonly sql: string;
  readonly params: unknown;
}

/** Runs a statement that a migration's code awaits. */
export type RunQuery = (
  statement: Statement,
) => Promise<{ readonly rows: readonly object[]; readonly affectedRows: number }>;

/** One direction of a migration, for the code that runs it. */
export interface ReplayInfo {
  readonly transactional: boolean;
  /** There is no `down()`. */
  readonly irreversible: boolean;
  /** All statements in order; null: the code must run with a database to determine them. */
  readonly statements: readonly Statement[] | null;
}
