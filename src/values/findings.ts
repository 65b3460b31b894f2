/*
 * What a revision's statements will do to a database that is in use.
 * Plain serialisable values: they cross the engine's process boundary and are printed by `--json`.
 */

/**
 * `danger`: blocks reads or writes of a populated table for as long as it is large, rewrites it or writes every row,
 * fails on rows that can be there, loses data, or breaks running clients. `warning`: a brief ACCESS EXCLUSIVE lock
 * without a lock timeout, or weaker integrity. `note`: worth knowing.
 */
export type Severity = 'danger' | 'warning' | 'note';

/** The table lock modes of PostgreSQL that a statement can take. */
export type LockMode =
  | 'ACCESS SHARE'
  | 'ROW SHARE'
  | 'ROW EXCLUSIVE'
  | 'SHARE UPDATE EXCLUSIVE'
  | 'SHARE'
  | 'SHARE ROW EXCLUSIVE'
  | 'EXCLUSIVE'
  | 'ACCESS EXCLUSIVE';

/** Where a statement stands. */
export interface FindingPlace {
  /** Relative to the project; null for a class of a `migrationsList`, or where it is not found in the source. */
  readonly file: string | null;
  /** 1-based line of the file; null where the statement is not found in the source. */
  readonly line: number | null;
  /** 0-based index among the SQL texts of the revision's direction. */
  readonly index: number;
}

/** Rows that a statement would refuse, as the live database has them now. */
export interface RowsInTheWay {
  /** How many; null where they could not be counted. */
  readonly count: number | null;
  /** Up to three of them: their primary keys, or the values themselves, as text. */
  readonly examples: readonly string[];
  /** Why they could not be counted. */
  readonly failure: string | null;
}

/** One thing that a statement does and a reader should know before it runs. */
export interface Finding {
  readonly revision: string;
  readonly action: 'up' | 'down';
  /** The rule's id, such as `index-blocks-writes`; docs/safety.md describes each. */
  readonly rule: string;
  readonly severity: Severity;
  /** The statement, without what stands around it. */
  readonly statement: string;
  readonly place: FindingPlace;
  /** `table`, or `schema.table` outside the default schema; null where no table is concerned. */
  readonly table: string | null;
  /** The strongest lock that the statement takes on the table. */
  readonly lock: LockMode | null;
  /** What waits for as long as that lock is held. */
  readonly blocks: readonly ('reads' | 'writes')[];
  /** The table is rewritten, or every row of it is. */
  readonly rewrites: boolean;
  /** The table is read in full. */
  readonly scans: boolean;
  /** Estimated rows of the table in the live database; null without one. */
  readonly rows: number | null;
  /** Its size with indexes in bytes; null without a database. */
  readonly bytes: number | null;
  readonly message: string;
  /** What to do instead; empty where there is nothing to do. */
  readonly remedy: string;
  /** The reason that a comment of the migration accepts it with. Its severity is `note` then. */
  readonly accepted?: string;
  /**
   * What the step did to the table when this very plan was last rehearsed on a copy; the lock is the step's strongest.
   */
  readonly measured?: { readonly lock: LockMode; readonly ms: number; readonly rewritten: boolean };
  /** With `--with-rows`: the rows that would refuse it. */
  readonly inTheWay?: RowsInTheWay;
}

/** What is judged and how. */
export interface LintRequest {
  /** A target or a range `a:b`; undefined: what is not applied. */
  readonly range?: string | undefined;
  /** Count the rows that are in the way, reading the live database for at most so long each, ms. */
  readonly withRows?: number | undefined;
}

/** The answer of `lint`. */
export interface LintReport {
  readonly findings: readonly Finding[];
  /** Revisions that were judged, in the order in which they run. */
  readonly judged: readonly string[];
  /** The severity from which on the exit code is 3. */
  readonly level: Severity;
}

/** How findings are judged, from the settings. */
export interface LintSettings {
  /** The severity from which on `lint` has the exit code 3. Default `danger`. */
  readonly level?: Severity | undefined;
  /** Severities by rule; `off`: it is not reported. */
  readonly rules?: Readonly<Record<string, Severity | 'off'>> | undefined;
}
