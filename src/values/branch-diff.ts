import type { Finding } from './findings.ts';
import type { SqlPreview } from './look.ts';

/** What a branch of git adds to the revisions of a ref, and what becomes of the heads when the two are merged. */
export interface BranchDiff {
  readonly ref: string;
  /** Revisions that the ref has not, in the order in which they run. */
  readonly added: readonly AddedRevision[];
  /** Revisions of the ref whose files this branch changed. */
  readonly changed: readonly string[];
  /** Revisions whose files this branch deleted. */
  readonly removed: readonly string[];
  readonly heads: {
    /** On this branch. */
    readonly here: readonly string[];
    /** At the ref. */
    readonly there: readonly string[];
    /** After merging the two. */
    readonly merged: readonly string[];
  };
  /** Merging would leave more heads than the ref has now, and more than one. */
  readonly secondHead: boolean;
  /** What makes the merged revisions no graph; empty: they are sound. */
  readonly problems: readonly string[];
  readonly findings: readonly Finding[];
}

export interface AddedRevision {
  readonly id: string;
  readonly revises: readonly string[];
  readonly file: string | null;
  readonly up: SqlPreview;
  readonly down: SqlPreview;
}
