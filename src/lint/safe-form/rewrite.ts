/** How one statement is done without blocking anybody for long. Each list is a part of it, in this order. */
export interface Rewrite {
  /** Quick: what the later parts need, and what lets old and new clients work side by side. */
  readonly expand: readonly string[];
  /** Fills rows in batches that commit, one revision for each, outside of a transaction. */
  readonly backfill: readonly string[];
  /** Quick, with nothing checked. */
  readonly now: readonly string[];
  /** Built outside of a transaction, one revision for each. */
  readonly concurrently: readonly string[];
  /** Checks, blocking nobody. */
  readonly validate: readonly string[];
  /** Quick, once all is checked. */
  readonly finish: readonly string[];
  /** What breaks old clients: to be deployed when there are none. */
  readonly contract: readonly string[];
  /** The way back of each part. */
  readonly back: {
    readonly expand: readonly string[];
    readonly now: readonly string[];
    readonly concurrently: readonly string[];
    readonly finish: readonly string[];
    /** Null: what the revision's own `down()` has for the statement. */
    readonly contract: readonly string[] | null;
  };
}

/** A rewrite without anything. */
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
