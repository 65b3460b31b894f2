/** What a step does: run `up`, run `down`, or only write (`log`) or delete (`unlog`) the log row. */
export type Action = 'up' | 'down' | 'log' | 'unlog';

/** One revision of a plan and what is done with it. */
export interface Step {
  readonly revision: string;
  readonly action: Action;
  /** Of a squashed revision: ids of its line whose rows come or go with its own. */
  readonly with?: readonly string[] | undefined;
}

/** The ordered steps of a run, and the tips (current revisions) of the applied set after it. Plain and serialisable. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly tips: readonly string[];
}
