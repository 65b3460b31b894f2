/** The graph of a project's revisions as `migtui bake` writes it: what an application was built with. */
export interface BakedGraph {
  /** Of this file. */
  readonly format: 1;
  readonly revisions: readonly {
    readonly id: string;
    readonly revises: readonly string[];
    readonly dependsOn: readonly string[];
    readonly labels: readonly string[];
    /** What a squashed revision replaces; left out for any other. */
    readonly replaces?: readonly string[] | undefined;
  }[];
}
