/** PostgreSQL's error, with its position in the statement. */
export interface SqlError {
  /** SQLSTATE, such as `42P07`. */
  readonly sqlState?: string | undefined;
  readonly statement?: string | undefined;
  /** 1-based character of `statement` that PostgreSQL points at. */
  readonly position?: number | undefined;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
  readonly where?: string | undefined;
  readonly table?: string | undefined;
  readonly constraint?: string | undefined;
}

/**
 * A failure as a plain value: the value that `--json` prints under `error` and that the engine sends to the
 * app and the CLI.
 */
export interface FailureInfo {
  /** Stable kebab-case word for scripts, such as `unknown-target`. */
  readonly code: string;
  /** One or more sentences for the user; never contains a password. */
  readonly message: string;
  /** What to do next. */
  readonly next?: string | undefined;
  readonly candidates?: readonly string[] | undefined;
  readonly problems?: readonly Problem[] | undefined;
  readonly sql?: SqlError | undefined;
}

/** One problem in the project's revisions, with its location. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly revision?: string | undefined;
  /** Path relative to the project. */
  readonly file?: string | undefined;
  /** 1-based. */
  readonly line?: number | undefined;
}

/** An error for the user: a stable code, a sentence, and the next step. Any other thrown value is a bug. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: string;
  readonly next: string | undefined;
  readonly candidates: readonly string[] | undefined;
  readonly problems: readonly Problem[] | undefined;
  readonly sql: SqlError | undefined;

  constructor(info: FailureInfo, options?: { cause?: unknown }) {
    super(info.message, options);
    this.code = info.code;
    this.next = info.next;
    this.candidates = info.candidates;
    this.problems = info.problems;
    this.sql = info.sql;
  }

  /** The failure as a plain value. */
  get info(): FailureInfo {
    return {
      code: this.code,
      message: this.message,
      ...(this.next && { next: this.next }),
      ...(this.candidates && { candidates: this.candidates }),
      ...(this.problems && { problems: this.problems }),
      ...(this.sql && { sql: this.sql }),
    };
  }
}
