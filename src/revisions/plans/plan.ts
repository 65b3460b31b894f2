/** What a step does: run `up`, run `down`, or only write (`log`) or delete (`unlog`) the log row. */
export type Action = 'up' | 'down' | 'log' | 'unlog';

/** One revision of a plan and what is done with it. */
export interface Step {
  readonly revision: string;
  readonly action: Action;
  /** For a squashed revision: replaced ids whose rows are written or deleted with its own. */
  readonly with?: readonly string[] | undefined;
}

/** The ordered steps of a run, and the tips (current revisions) after it. Plain and serializable. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly tips: readonly string[];
}
