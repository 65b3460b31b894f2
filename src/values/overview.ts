import type { FailureInfo, Problem } from '../foundation/failure.ts';
import type { Action } from '../revisions/plans/plan.ts';
import type { DatabaseKind, Unavailable } from './database-kind.ts';
import type { Finding } from './findings.ts';
import type { PolicyRule } from './policy.ts';

/*
 * The state of a project and its database. Plain serializable values: they cross the engine's process
 * boundary and are printed by `--json`. Times are ISO 8601 strings, durations milliseconds, revisions ids
 * (MikroORM's migration names).
 */

export type RevisionState = 'applied' | 'pending' | 'missing' | 'unknown';
export type Mark = 'head' | 'current' | 'branchpoint' | 'mergepoint' | 'effective head';

/** The author of a revision, from git. */
export interface Author {
  readonly name: string;
  readonly at: string;
}

/** Another context of the config, and the revisions applied there. */
export interface Arrival {
  readonly context: string;
  /** Ids of applied revisions; empty if unknown. */
  readonly applied: readonly string[];
  /** Why the applied revisions are unknown. */
  readonly failure: FailureInfo | null;
}

/** One revision with its state in the current database. */
export interface RevisionRow {
  readonly id: string;
  /** The digits of the id, or the whole id if it has none. */
  readonly shortId: string;
  readonly slug: string;
  readonly revises: readonly string[];
  readonly dependsOn: readonly string[];
  /** All labels of its branch (what `<label>@…` reaches). */
  readonly labels: readonly string[];
  /** For a squashed revision: the ids that it replaces. */
  readonly replaces: readonly string[];
  readonly state: RevisionState;
  readonly appliedAt: string | null;
  /** `revises` was inferred from the order of undeclared migrations. */
  readonly inferred: boolean;
  readonly marks: readonly Mark[];
  /** Its file differs from the one that was applied (known only if the journal is on). */
  readonly edited: boolean;
  /** Pending although a descendant is applied. */
  readonly outOfOrder: boolean;
  /** Path relative to the project; null for a class of a `migrationsList` and for a missing revision. */
  readonly file: string | null;
}

export interface ProjectInfo {
  /** `name` in package.json, or the folder name. */
  readonly name: string;
  readonly root: string;
  /** Relative to root; null if the project is configured only by environment variables. */
  readonly configFile: string | null;
  readonly context: string;
  /** The context names in the config file that are known without running factories. */
  readonly contexts: readonly string[];
  /** Migrations folder relative to root; null for a `migrationsList`. */
  readonly folder: string | null;
  /** Why there are no revisions: the folder does not exist. */
  readonly folderFailure?: FailureInfo | null;
  /** The migrations table, `schema.table`. */
  readonly table: string;
  /** The requested schema (`--schema`); null: the default of the config. */
  readonly schema: string | null;
  /** The schema of the migrations table if no schema is requested. */
  readonly defaultSchema: string;
  /** Writes are refused (`--read-only` or setting). */
  readonly readOnly: boolean;
  /** The settings protect this database: every run requires typing its name. */
  readonly protected: boolean;
  /** The settings' rules for this database; empty if it is not protected. */
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
  /** A hot standby or `default_transaction_read_only`: reading works, runs are refused. */
  readonly readOnly: boolean;
  /** Every schema that has a migrations table of this name; empty if not connected. */
  readonly schemas: readonly string[];
  /** Number of other tables next to the migrations table; 0 if not connected. */
  readonly otherTables: number;
  /** Unsupported features on this kind of database; absent for PostgreSQL. */
  readonly unavailable?: readonly Unavailable[] | undefined;
  readonly failure: FailureInfo | null;
}

/** A non-transactional revision that started and did not finish. It is reported until it is resolved. */
export interface InterruptedRevision {
  readonly revision: string;
  readonly action: Action;
  readonly since: string;
  readonly who: string;
  readonly error: string | null;
  /** INVALID indexes, `schema.index`. */
  readonly invalidIndexes: readonly string[];
}

/**
 * Whether runs are recorded in the journal: `on`; `ready` (the config ignores the schema, nothing written
 * yet); `off`, with a hint how to turn it on.
 */
export interface JournalStatus {
  readonly state: 'on' | 'ready' | 'off' | 'unknown';
  readonly hint: string | null;
}

/** Everything that the app shows, in one value. Created without writing anything. */
export interface Overview {
  readonly project: ProjectInfo;
  readonly database: DatabaseInfo;
  /**
   * Newest first (reverse topological), including missing revisions at the position where they were applied.
   */
  readonly revisions: readonly RevisionRow[];
  readonly heads: readonly string[];
  readonly bases: readonly string[];
  readonly current: readonly string[];
  /** In the order in which `upgrade heads` would run them. */
  readonly pending: readonly string[];
  readonly missing: readonly string[];
  readonly edited: readonly string[];
  /** Number of applied revisions, including missing ones. */
  readonly applied: number;
  /** Problems in the revision files. While there are any, nothing runs. */
  readonly problems: readonly Problem[];
  readonly unsettled: readonly InterruptedRevision[];
  readonly journal: JournalStatus;
  /** Notes for new users, for example that the migrations folder does not exist yet. */
  readonly notes: readonly string[];
  readonly at: string;
}

/** The declarations and the SQL of one revision. */
export interface RevisionDetail {
  readonly row: RevisionRow;
  readonly source: string | null;
  readonly up: SqlPreview;
  readonly down: SqlPreview;
  /** Last author of the file, from git if available. */
  readonly author: Author | null;
}

/** The SQL of one direction, as far as it can be determined without running it. */
export interface SqlPreview {
  readonly sql: readonly string[];
  /** False if the SQL depends on rows or cannot be determined without running the code. */
  readonly complete: boolean;
  /** Why it is not complete, or that there is no `down()`. */
  readonly note: string | null;
  readonly transactional: boolean;
  /** True for the downgrade of a revision without `down()`. */
  readonly irreversible?: boolean | undefined;
}

/** The project and its database without the revisions. */
export type Standing = Pick<Overview, 'project' | 'database' | 'problems'>;

/** The revisions of a target, all at one moment. */
export interface ShownRevisions extends Standing {
  /** Empty if the revisions on disk have problems. */
  readonly details: readonly RevisionDetail[];
  /** Without those of missing revisions, and empty where lint does not work. */
  readonly findings: readonly Finding[];
  /** Why the target has no revisions. */
  readonly failure: FailureInfo | null;
}
