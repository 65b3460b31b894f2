import type { Finding } from './findings.ts';
import type { SqlPreview } from './overview.ts';

/** The revisions that a git branch adds to those of a ref, and the heads after merging the two. */
export interface BranchDiff {
  readonly ref: string;
  /** Revisions that the ref does not have, in the order in which they run. */
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
  /** Problems in the graph of the merged revisions; empty if there are none. */
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
