import { Failure } from '../foundation/failure.ts';
import { RevisionGraph } from '../revisions/graph.ts';
import type { BakedGraph } from '../values/baked.ts';

/** @throws Failure `bad-graph` if the value was not written by `migtui bake` */
export function unbake(baked: BakedGraph): RevisionGraph {
  try {
    if (baked.format !== 1) throw new Error(`format ${String(baked.format)} is not known`);
    return RevisionGraph.from(baked.revisions.map(revision => ({ ...revision, inferred: false })));
  } catch (error) {
    throw new Failure(
      {
        code: 'bad-graph',
        message: `The graph of revisions cannot be read: ${error instanceof Error ? error.message : String(error)}`,
        next: 'Write it again: migtui bake.',
      },
      { cause: error },
    );
  }
}
