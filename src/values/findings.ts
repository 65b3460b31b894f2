/*
 * The effects of a revision's statements on a database in use. Plain serializable values: they cross the
 * engine's process boundary and are printed by `--json`.
 */

/**
 * `danger`: blocks reads or writes of a populated table for a time that grows with its size, rewrites it or
 * updates every row, can fail on existing rows, loses data, or breaks running clients. `warning`: a brief
 * ACCESS EXCLUSIVE lock without a lock timeout, or weaker integrity. `note`: good to know.
 */
export type Severity = 'danger' | 'warning' | 'note';

/** The table lock modes of PostgreSQL, weakest first, in the order of its lockdefs.h. */
export const lockModes = [
  'ACCESS SHARE',
  'ROW SHARE',
  'ROW EXCLUSIVE',
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
] as const;

/** A table lock mode that a statement can take. */
export type LockMode = (typeof lockModes)[number];

/** The location of a statement. */
export interface FindingPlace {
  /** Relative to the project; null for a class of a `migrationsList`, or if it is not found in the source. */
  readonly file: string | null;
  /** 1-based line of the file; null if the statement is not found in the source. */
  readonly line: number | null;
  /** 0-based index among the SQL strings of the revision's direction. */
  readonly index: number;
}

/** Rows in the live database on which a statement would fail, or which it removes. */
export interface RowsInTheWay {
  /** Number of rows; null if they could not be counted. */
  readonly count: number | null;
  /** Up to three of them: their primary keys, or the values themselves, as text. */
  readonly examples: readonly string[];
  /** Why they could not be counted. */
  readonly failure: string | null;
}

/** One effect of a statement that a reviewer should know before it runs. */
export interface Finding {
  readonly revision: string;
  readonly action: 'up' | 'down';
  /** The rule's id, such as `index-blocks-writes`; docs/safety.md describes each. */
  readonly rule: string;
  readonly severity: Severity;
  /** The statement, without the surrounding text. */
  readonly statement: string;
  readonly place: FindingPlace;
  /** `table`, or `schema.table` outside the default schema; null if there is no table. */
  readonly table: string | null;
  /** The strongest lock that the statement takes on the table. */
  readonly lock: LockMode | null;
  /** What has to wait while that lock is held. */
  readonly blocks: readonly ('reads' | 'writes')[];
  /** The table is rewritten, or every row of it is updated. */
  readonly rewrites: boolean;
  /** The whole table is read. */
  readonly scans: boolean;
  /** Estimated rows of the table in the live database; null without a database. */
  readonly rows: number | null;
  /** Its size with indexes in bytes; null without a database. */
  readonly bytes: number | null;
  readonly message: string;
  /** What to do instead; empty if there is nothing to do. */
  readonly remedy: string;
  /** The reason from the comment in the migration that accepts it. The severity is then `note`. */
  readonly accepted?: string;
  /**
   * The effect on the table in the last rehearsal of this plan on a copy; the lock is the step's strongest.
   */
  readonly measured?: { readonly lock: LockMode; readonly ms: number; readonly rewritten: boolean };
  /** With `--with-rows`: the rows on which it would fail, or which it removes. */
  readonly inTheWay?: RowsInTheWay;
}

/** What to lint, and how. */
export interface LintRequest {
  /** A target or a range `a:b`; undefined: the pending revisions. */
  readonly range?: string | undefined;
  /**
   * Count the rows on which statements would fail, reading the live database with this time limit each, ms.
   */
  readonly withRows?: number | undefined;
}

/** The result of `lint`. */
export interface LintReport {
  readonly findings: readonly Finding[];
  /** The linted revisions, in the order in which they run. */
  readonly judged: readonly string[];
  /** The lowest severity that sets the exit code to 3. */
  readonly level: Severity;
}

/** How findings are reported, from the settings. */
export interface LintSettings {
  /** The lowest severity that sets the exit code of `lint` to 3. Default `danger`. */
  readonly level?: Severity | undefined;
  /** Severities by rule; `off`: it is not reported. */
  readonly rules?: Readonly<Record<string, Severity | 'off'>> | undefined;
}
