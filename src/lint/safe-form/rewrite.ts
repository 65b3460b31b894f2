/**
 * The parts of a statement's safe form, which block no one for long. Each list is one part, in this order.
 */
export interface Rewrite {
  /** Quick: prerequisites of the later parts, and what makes old and new clients work side by side. */
  readonly expand: readonly string[];
  /** Fills rows in batches that commit, each in a separate revision outside a transaction. */
  readonly backfill: readonly string[];
  /** Quick, without checks. */
  readonly now: readonly string[];
  /** Built outside a transaction, each in a separate revision. */
  readonly concurrently: readonly string[];
  /** Checks that block no one. */
  readonly validate: readonly string[];
  /** Quick, after everything is checked. */
  readonly finish: readonly string[];
  /** Changes that break old clients: to deploy when none remain. */
  readonly contract: readonly string[];
  /** The downgrade of each part. */
  readonly back: {
    readonly expand: readonly string[];
    readonly now: readonly string[];
    readonly concurrently: readonly string[];
    readonly finish: readonly string[];
    /** Null: the statements in the revision's own `down()`. */
    readonly contract: readonly string[] | null;
  };
}

/** An empty rewrite. */
export const nothing: Rewrite = {
  expand: [],
  backfill: [],
  now: [],
  concurrently: [],
  validate: [],
  finish: [],
  contract: [],
  back: { expand: [], now: [], concurrently: [], finish: [], contract: [] },
};
