import type { FailureInfo } from '../foundation/failure.ts';
import type { Unavailable } from './database-kind.ts';
import type { Finding } from './findings.ts';

/*
 * Files to be written, rehearsals and checks. Plain serializable values: they cross the engine's process
 * boundary and are printed by `--json`. Times are ISO 8601 strings, durations milliseconds, revisions ids
 * (MikroORM's migration names).
 */

export interface FileChange {
  /** Relative to the project. */
  readonly path: string;
  /** Null: the file does not exist. */
  readonly before: string | null;
  /** Null: the file is removed. */
  readonly after: string | null;
  /** Unified diff, for display. */
  readonly diff: string;
}

/** Files that are shown before they are written: `write` is refused if a file no longer matches `before`. */
export interface Draft {
  readonly kind: 'revision' | 'merge' | 'rebase' | 'adopt' | 'init' | 'squash';
  readonly files: readonly FileChange[];
  /** The new revision, if there is one. */
  readonly revision: string | null;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  /** Findings of a new revision's statements, if it was linted. */
  readonly findings?: readonly Finding[];
  /** Of a squash. */
  readonly squash?: SquashProof;
  /** Of `init`: features that the database does not support; absent for PostgreSQL, and without a config. */
  readonly unavailable?: readonly Unavailable[];
  /** Of `init`: number of migrations that the project has already. */
  readonly existing?: number;
}

/** How a squashed revision was created, and what was verified on the shadow. */
export interface SquashProof {
  /** What it replaces, oldest first. */
  readonly replaces: readonly string[];
  /**
   * `catalog`: generated from the resulting schema; `statements`: the statements of the replaced revisions,
   * unchanged.
   */
  readonly from: 'catalog' | 'statements';
  readonly statements: number;
  /** Number of verified objects: tables, columns, constraints, indexes, … */
  readonly objects: number;
  /** Its down() restores the schema before the range; false: it has none. */
  readonly reversible: boolean;
  /** Replaced revisions that change rows; the squashed revision contains their statements. */
  readonly data: readonly string[];
}

export interface SquashRequest {
  /** `from:to`, inclusive. */
  readonly range: string;
  readonly message?: string | undefined;
}

export interface RevisionRequest {
  readonly message: string;
  readonly autogenerate: boolean;
  /** From manual changes in the live database instead. */
  readonly fromDrift?: boolean | undefined;
  /** Target of the parent; default `head`. */
  readonly head?: string | undefined;
  readonly label?: string | undefined;
  readonly dependsOn?: readonly string[] | undefined;
  /** Allow a parent that is not a head (creates a branch). */
  readonly splice?: boolean | undefined;
  /** Its 14 digits, or its whole name. */
  readonly revId?: string | undefined;
  /** Folder to write it to, absolute; default: the folder of its parent. */
  readonly path?: string | undefined;
  /**
   * With `autogenerate`, what is renamed: `contact.fax:email`, `people:persons`, `mood.sad:unhappy` (an enum's value),
   * or an index, a constraint or an enum type.
   */
  readonly renames?: readonly string[] | undefined;
  /** Possible renames that are not renames, written like the candidates of a `rename-or-not` failure. */
  readonly notRenames?: readonly string[] | undefined;
  /**
   * All other possible renames are a drop and an addition. Without this option, such a draft fails with
   * `rename-or-not`.
   */
  readonly noRename?: boolean | undefined;
}

export interface MergeRequest {
  /** Empty: all heads. */
  readonly heads: readonly string[];
  readonly message?: string | undefined;
  /** Put the reconciling SQL into the merge revision, if there is any. */
  readonly reconcile?: boolean | undefined;
}

export interface RebaseRequest {
  readonly branch: string;
  readonly onto: string;
}

/** One schema change as text: `+ chats.last_read_at timestamptz` is `sign` and `words`. */
export interface Effect {
  readonly sign: '+' | '-' | '~';
  /** `table chats`, `chats.title`, `chats index chats_title_index`, `enum mood`, … */
  readonly object: string;
  /** The line without its sign: the object and its change. */
  readonly words: string;
}

/**
 * A way to join branches and whether it works: a merge revision is tested in every order, a rebase in the one
 * order that it leaves.
 */
export interface Remedy {
  readonly kind: 'merge' | 'rebase';
  /** The branch that is put on top of `onto`; null for a merge revision. */
  readonly branch: string | null;
  readonly onto: string | null;
  /** It runs and does not need `--force`. */
  readonly ok: boolean;
  /** The revision that fails, and why; null if all run. */
  readonly failed: { readonly revision: string; readonly failure: FailureInfo } | null;
}

/** The rehearsal of a merge. */
export interface Rehearsal {
  readonly heads: readonly string[];
  readonly ancestors: readonly string[];
  readonly branches: readonly {
    readonly head: string;
    readonly revisions: readonly string[];
    readonly effects: readonly Effect[];
    readonly failure: FailureInfo | null;
  }[];
  readonly orders: readonly {
    readonly heads: readonly string[];
    readonly ok: boolean;
    readonly failed: { readonly revision: string; readonly failure: FailureInfo } | null;
  }[];
  /** Whether `orders` contains every order; with many branches only some are rehearsed. */
  readonly everyOrder: boolean;
  /** The possible solutions, a merge revision first; rebases only for two heads. */
  readonly remedies: readonly Remedy[];
  /**
   * `fits`: the same schema in every rehearsed order; `differs`; `fails`: an order does not run; `overlaps`:
   * fits, but both touch the same object.
   */
  readonly verdict: 'fits' | 'overlaps' | 'differs' | 'fails';
  /** The schema differences between the orders. */
  readonly differences: readonly Effect[];
  /** Objects that several branches change. */
  readonly shared: readonly string[];
  /** The result of downgrading the branches and upgrading them again. */
  readonly downAndUp: { readonly ok: boolean; readonly words: readonly string[] } | null;
  /** SQL that changes the merged schema to match the merged entities; empty if they match. */
  readonly reconcile: readonly string[];
  /** What cannot be detected on an empty shadow. */
  readonly caveats: readonly string[];
}

export type FindingKind =
  | 'pending'
  | 'heads'
  | 'entities'
  | 'drift'
  | 'edited'
  | 'missing'
  | 'undeclared'
  | 'snapshot'
  | 'problems'
  | 'unsettled';

export interface CheckFinding {
  readonly kind: FindingKind;
  readonly message: string;
  readonly next: string;
  readonly revisions: readonly string[];
  readonly sql: readonly string[];
  readonly effects: readonly Effect[];
}

export interface CheckReport {
  readonly findings: readonly CheckFinding[];
  /** What was checked without findings. */
  readonly agreed: readonly FindingKind[];
  /** What could not be checked, and why. */
  readonly skipped: readonly { readonly kind: FindingKind; readonly why: string }[];
  /** Description of what the comparison with the live database leaves out; null if there was none. */
  readonly notCompared?: string | null;
  /**
   * Objects that exist only in the SQL of revisions, in neither the entities nor the snapshot. `entities` does
   * not compare them. Absent if there are none, or if `entities` was not checked.
   */
  readonly leftAlone?: readonly string[];
  readonly clean: boolean;
}

/**
 * Whether the live schema matches the target's lineage (before stamping); effects and SQL lead from the live
 * schema to it.
 */
export interface Comparison {
  readonly same: boolean;
  readonly effects: readonly Effect[];
  readonly sql: readonly string[];
}
