import type { FailureInfo, Problem } from '../foundation/failure.ts';
import type { Action } from '../revisions/plan.ts';
import type { DatabaseKind, Unavailable } from './database-kind.ts';
import type { PolicyRule } from './policy.ts';

/*
 * What is seen of a project and its database.
 * Plain serialisable values: they cross the engine's process boundary and are printed by `--json`.
 * Times are ISO 8601 strings, durations milliseconds, revisions ids (MikroORM's migration names).
 */

export type RevisionState = 'applied' | 'pending' | 'missing' | 'unknown';
export type Mark = 'head' | 'current' | 'branchpoint' | 'mergepoint' | 'effective head';

/** Who wrote a revision, as git tells. */
export interface Author {
  readonly name: string;
  readonly at: string;
}

/** Another context of the config, and how far revisions have come there. */
export interface Arrival {
  readonly context: string;
  /** Ids of applied revisions; empty where they are not known. */
  readonly applied: readonly string[];
  /** Why it is not known what is applied there. */
  readonly failure: FailureInfo | null;
}

/** One revision with its state in the database at hand. */
export interface RevisionRow {
  readonly id: string;
  /** The digits of the id, or the id when it has none. */
  readonly shortId: string;
  readonly slug: string;
  readonly revises: readonly string[];
  readonly dependsOn: readonly string[];
  /** Labels as spread over the branch (what `<label>@…` reaches). */
  readonly labels: readonly string[];
  /** Of a squashed revision: the ids that it stands for. */
  readonly replaces: readonly string[];
  readonly state: RevisionState;
  readonly appliedAt: string | null;
  /** `revises` was inferred from the order of undeclared migrations. */
  readonly inferred: boolean;
  readonly marks: readonly Mark[];
  /** Its file differs from the one that was applied (known only where the journal is on). */
  readonly edited: boolean;
  /** Pending although a descendant is applied. */
  readonly outOfOrder: boolean;
  /** Path relative to the project; null for a class of a `migrationsList` and for a missing revision. */
  readonly file: string | null;
}

export interface ProjectInfo {
  /** `name` of package.json, else the folder's name. */
  readonly name: string;
  readonly root: string;
  /** Relative to root; null when configured by environment alone. */
  readonly configFile: string | null;
  readonly context: string;
  /** Every context name the config file offers, as far as it is known without running factories. */
  readonly contexts: readonly string[];
  /** Migrations folder relative to root; null for a `migrationsList`. */
  readonly folder: string | null;
  /** Why there are no revisions to tell of: the folder is not there. */
  readonly folderFailure?: FailureInfo | null;
  /** The migrations table, `schema.table`. */
  readonly table: string;
  /** The schema that was asked for (`--schema`); null: as the config has it. */
  readonly schema: string | null;
  /** Where the migrations table is when no schema is asked for. */
  readonly defaultSchema: string;
  /** Writes are refused (`--read-only` or setting). */
  readonly readOnly: boolean;
  /** The settings protect this database: every run wants its name typed. */
  readonly protected: boolean;
  /** The rules of the settings for this database; empty where it is not protected. */
  readonly policy: readonly PolicyRule[];
}

/**
 * How the database answered: `connected`; `unreachable` (no server there); `refused` (password, pg_hba, no such role);
 * `missing` (no such database); `locked` (the embedded database is open in another process).
 */
export type DatabaseState = 'connected' | 'unreachable' | 'refused' | 'missing' | 'locked';

export interface DatabaseInfo {
  readonly kind: DatabaseKind;
  readonly name: string;
  /** `user@host/name` or the embedded folder; never a password. */
  readonly label: string;
  readonly state: DatabaseState;
  /** Server version such as `18.4`; null while not connected. */
  readonly version: string | null;
  /** The migrations table: `absent` is normal for a new database; `forbidden`: this role cannot read it. */
  readonly table: 'present' | 'absent' | 'forbidden' | 'unknown';
  /** A hot standby or `default_transaction_read_only`: looking works, runs are refused. */
  readonly readOnly: boolean;
  /** Every schema that has a migrations table of this name; empty while not connected. */
  readonly schemas: readonly string[];
  /** How many tables are there beside the migrations table; 0 while not connected. */
  readonly otherTables: number;
  /** What does not work on this kind of database; not there for PostgreSQL. */
  readonly unavailable?: readonly Unavailable[] | undefined;
  readonly failure: FailureInfo | null;
}

/** A non-transactional revision that started and never finished: named at every look until it is settled. */
export interface Unsettled {
  readonly revision: string;
  readonly action: Action;
  readonly since: string;
  readonly who: string;
  readonly error: string | null;
  /** Indexes left INVALID, `schema.index`. */
  readonly invalidIndexes: readonly string[];
}

/**
 * Whether runs are journalled: `on`; `ready` (the config ignores the schema, nothing written yet); `off` with the
 * way to turn it on.
 */
export interface JournalStatus {
  readonly state: 'on' | 'ready' | 'off' | 'unknown';
  readonly hint: string | null;
}

/** Everything the screen shows, in one value. Made without writing anything. */
export interface Look {
  readonly project: ProjectInfo;
  readonly database: DatabaseInfo;
  /** Newest first (reverse topological), missing ones included where they were applied. */
  readonly revisions: readonly RevisionRow[];
  readonly heads: readonly string[];
  readonly bases: readonly string[];
  readonly current: readonly string[];
  /** In the order `upgrade heads` would run them. */
  readonly pending: readonly string[];
  readonly missing: readonly string[];
  readonly edited: readonly string[];
  /** How many revisions are applied, missing ones included. */
  readonly applied: number;
  /** What is wrong with the revisions on disk; while there is any, nothing runs. */
  readonly problems: readonly Problem[];
  readonly unsettled: readonly Unsettled[];
  readonly journal: JournalStatus;
  /** Plain remarks for a newcomer, such as that the migrations folder is not there yet. */
  readonly notes: readonly string[];
  readonly at: string;
}

/** What one revision says and does. */
export interface RevisionDetail {
  readonly row: RevisionRow;
  readonly source: string | null;
  readonly up: SqlPreview;
  readonly down: SqlPreview;
  /** Last author of the file by git, where there is a git. */
  readonly author: Author | null;
}

/** The SQL that a direction would run, as far as it can be known without running it. */
export interface SqlPreview {
  readonly sql: readonly string[];
  /** False when the code reads rows or is otherwise not knowable before it runs. */
  readonly complete: boolean;
  /** Why it is not complete, or that there is no `down()`. */
  readonly note: string | null;
  readonly transactional: boolean;
  /** True for the down of a revision that has none. */
  readonly irreversible?: boolean | undefined;
}
