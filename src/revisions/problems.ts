import { Failure } from '../foundation/failure.ts';

/** The kinds of problems in a set of revisions. */
export type GraphProblemCode =
  | 'unknown-parent'
  | 'unknown-dependency'
  | 'self-parent'
  | 'self-dependency'
  | 'cycle'
  | 'dependency-cycle'
  | 'duplicate-id'
  | 'duplicate-label'
  | 'label-is-id'
  | 'bad-label'
  | 'replaced-twice'
  | 'replaces-itself'
  | 'half-squashed';

/** One problem in the revisions, and its location. */
export interface GraphProblem {
  readonly code: GraphProblemCode;
  /** One sentence for the user. */
  readonly message: string;
  /** The revision with the problem; the first by name for a cycle. */
  readonly revision: string;
  /** Path relative to the project. */
  readonly file?: string | undefined;
  /** 1-based. */
  readonly line?: number | undefined;
}

/** The revisions do not form a graph. Code `broken-graph`; contains all problems. */
export class GraphError extends Failure {
  declare readonly problems: readonly GraphProblem[];

  constructor(problems: readonly GraphProblem[]) {
    const lines = problems.slice(0, 20).map(problem => `  ${placeOf(problem)}${problem.message}`);
    const more = problems.length > 20 ? [`  … and ${problems.length - 20} more`] : [];
    const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
    super({
      code: 'broken-graph',
      message: [`the revisions have ${count}:`, ...lines, ...more].join('\n'),
      problems,
    });
    (this as { name: string }).name = 'GraphError';
  }
}

function placeOf({ file, line }: GraphProblem): string {
  if (file === undefined) return '';
  return line === undefined ? `${file}: ` : `${file}:${line}: `;
}
