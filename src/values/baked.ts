/**
 * The graph of a project's revisions as written by `migtui bake`: the revisions that an application was built
 * with.
 */
export interface BakedGraph {
  /** The version of this file format. */
  readonly format: 1;
  readonly revisions: readonly {
    readonly id: string;
    readonly revises: readonly string[];
    readonly dependsOn: readonly string[];
    readonly labels: readonly string[];
    /** The ids that a squashed revision replaces; omitted for any other. */
    readonly replaces?: readonly string[] | undefined;
  }[];
}
