/**
 * One migration of the project as a node of the graph. The id is MikroORM's migration name, the string stored
 * in its migrations table.
 */
export interface Revision {
  readonly id: string;
  /** Parent ids. Empty: a root. Two or more: a merge. */
  readonly revises: readonly string[];
  /** Ids or labels that must be applied first, without being parents. */
  readonly dependsOn: readonly string[];
  /** Names of the branch that starts here, as declared (without inherited ones). */
  readonly labels: readonly string[];
  /** For a squashed revision, the ids that it replaces. Empty for any other. */
  readonly replaces: readonly string[];
  /** True when `revises` was inferred from the order of undeclared migrations. */
  readonly inferred: boolean;
  /** Its location, for messages: a path relative to the project, and a 1-based line. */
  readonly file?: string | undefined;
  readonly line?: number | undefined;
}

/** The declarations of a migration file; `revises: undefined` means that it declares nothing. */
export interface Declaration {
  readonly id: string;
  readonly revises?: readonly string[] | undefined;
  readonly dependsOn?: readonly string[] | undefined;
  readonly labels?: readonly string[] | undefined;
  readonly replaces?: readonly string[] | undefined;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
}
