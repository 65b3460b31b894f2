import type { FailureInfo } from '../foundation/failure.ts';
import type { Finding } from './findings.ts';

/*
 * Files to be written, rehearsals and checks.
 * Plain serialisable values: they cross the engine's process boundary and are printed by `--json`.
 * Times are ISO 8601 strings, durations milliseconds, revisions ids (MikroORM's migration names).
 */

export interface FileChange {
  /** Relative to the project. */
  readonly path: string;
  /** Null: the file does not exist. */
  readonly before: string | null;
  /** Null: the file is removed. */
  readonly after: string | null;
  /** Unified diff, for people. */
  readonly diff: string;
}

/** Files to be written, shown before they are: `write` refuses when a file is no longer as `before` says. */
export interface Draft {
  readonly kind: 'revision' | 'merge' | 'rebase' | 'adopt' | 'init' | 'squash';
  readonly files: readonly FileChange[];
  /** The new revision, where there is one. */
  readonly revision: string | null;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  /** What the statements of a new revision do, where it was judged. */
  readonly findings?: readonly Finding[];
  /** Of a squash. */
  readonly squash?: SquashProof;
}

/** How a squashed revision came to be, and what was proven of it on the shadow. */
export interface SquashProof {
  /** What it replaces, oldest first. */
  readonly replaces: readonly string[];
  /** `catalog`: rewritten from the schema that the line makes; `statements`: the statements of the line as they are. */
  readonly from: 'catalog' | 'statements';
  readonly statements: number;
  /** Objects that are the same after it as after the line: tables, columns, constraints, indexes, … */
  readonly objects: number;
  /** Its down() restores the schema before the range; false: it has none. */
  readonly reversible: boolean;
  /** Revisions of the line that change rows, whose statements it carries. */
  readonly data: readonly string[];
}

export interface SquashRequest {
  /** `from:to`, both included. */
  readonly range: string;
  readonly message?: string | undefined;
}

export interface RevisionRequest {
  readonly message: string;
  readonly autogenerate: boolean;
  /** From what was changed by hand in the live database, instead. */
  readonly fromDrift?: boolean | undefined;
  /** Target of the parent; default `head`. */
  readonly head?: string | undefined;
  readonly label?: string | undefined;
  readonly dependsOn?: readonly string[] | undefined;
  /** Allow a parent that is no head (makes a branch). */
  readonly splice?: boolean | undefined;
  /** Its 14 digits, or its whole name. */
  readonly revId?: string | undefined;
  /** Folder to write it to, absolute; default: beside the revision that it revises. */
  readonly path?: string | undefined;
  /**
   * With `autogenerate`, what is renamed: `contact.fax:email`, `people:persons`, `mood.sad:unhappy` (an enum's value).
   */
  readonly renames?: readonly string[] | undefined;
  /** What could be a rename, as a `rename-or-not` failure names its candidates, and is none. */
  readonly notRenames?: readonly string[] | undefined;
  /** Whatever else could be a rename is dropped and added. Without it such a draft fails with `rename-or-not`. */
  readonly noRename?: boolean | undefined;
}

export interface MergeRequest {
  /** Empty: all heads. */
  readonly heads: readonly string[];
  readonly message?: string | undefined;
  /** Put the reconciling SQL into the merge revision where there is any. */
  readonly reconcile?: boolean | undefined;
}

export interface RebaseRequest {
  readonly branch: string;
  readonly onto: string;
}

/** One change of the schema in words: `+ chats.last_read_at timestamptz` is `sign` and `words`. */
export interface Effect {
  readonly sign: '+' | '-' | '~';
  /** `table chats`, `chats.title`, `chats index chats_title_index`, `enum mood`, … */
  readonly object: string;
  /** The line without its sign: the object and what becomes of it. */
  readonly words: string;
}

/**
 * A way to bring branches together, judged by what it would run: a merge revision by every order, a rebase by the one
 * order that it leaves.
 */
export interface Remedy {
  readonly kind: 'merge' | 'rebase';
  /** What is put on top of `onto`; null for a merge revision. */
  readonly branch: string | null;
  readonly onto: string | null;
  /** It runs, and needs no `--force`. */
  readonly ok: boolean;
  /** The revision that does not run, and why; null where it runs. */
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
  /** Whether `orders` are all that there are; of many branches only some are rehearsed. */
  readonly everyOrder: boolean;
  /** The ways out, a merge revision first; rebases only of two heads. */
  readonly remedies: readonly Remedy[];
  /**
   * `fits`: same schema in every order that was rehearsed; `differs`; `fails`: an order does not run; `overlaps`:
   * fits, but both touch the same object.
   */
  readonly verdict: 'fits' | 'overlaps' | 'differs' | 'fails';
  /** Where the orders' schemas differ. */
  readonly differences: readonly Effect[];
  /** Objects that more than one branch touches. */
  readonly shared: readonly string[];
  /** Down of the branches and up again. */
  readonly downAndUp: { readonly ok: boolean; readonly words: readonly string[] } | null;
  /** SQL that brings the merged schema to the merged entities; empty when they agree. */
  readonly reconcile: readonly string[];
  /** What an empty shadow cannot see. */
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
  /** What was looked at and is in order. */
  readonly agreed: readonly FindingKind[];
  /** What could not be looked at, and why. */
  readonly skipped: readonly { readonly kind: FindingKind; readonly why: string }[];
  /** What a comparison with the live database leaves out, in words; null where there was none. */
  readonly notCompared?: string | null;
  readonly clean: boolean;
}

/**
 * Whether the live schema is what a target's lineage makes (before stamping); effects and SQL lead from it to there.
 */
export interface Comparison {
  readonly same: boolean;
  readonly effects: readonly Effect[];
  readonly sql: readonly string[];
}
