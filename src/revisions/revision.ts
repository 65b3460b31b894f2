/**
 * One migration of the project, as the graph sees it.
 * The id is MikroORM's migration name, the very string stored in its migrations table.
 */
export interface Revision {
  readonly id: string;
  /** Ids it follows. Empty: a base. Two or more: a merge. */
  readonly revises: readonly string[];
  /** Ids or labels that must be applied before it without being its lineage. */
  readonly dependsOn: readonly string[];
  /** Names of the branch that starts here, as declared (not as spread). */
  readonly labels: readonly string[];
  /** Ids of the line that it does the work of: a squashed revision. Empty for any other. */
  readonly replaces: readonly string[];
  /** True when `revises` was inferred from the order of undeclared migrations. */
  readonly inferred: boolean;
  /** Where it was read, for messages: a path relative to the project, and a 1-based line. */
  readonly file?: string | undefined;
  readonly line?: number | undefined;
}

/** What a migration file says of itself; `revises: undefined` means that it says nothing. */
export interface Declaration {
  readonly id: string;
  readonly revises?: readonly string[] | undefined;
  readonly dependsOn?: readonly string[] | undefined;
  readonly labels?: readonly string[] | undefined;
  readonly replaces?: readonly string[] | undefined;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
}
