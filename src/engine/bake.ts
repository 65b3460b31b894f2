import type { RevisionGraph } from '../revisions/graph.ts';
import type { BakedGraph } from '../values/baked.ts';

/** The graph as a plain value. */
export function bake(graph: RevisionGraph): BakedGraph {
  return {
    format: 1,
    revisions: graph.order.map(id => {
      const { revises = [], dependsOn = [], labels = [], replaces = [] } = graph.get(id) ?? {};
      return { id, revises, dependsOn, labels, ...(replaces.length > 0 && { replaces }) };
    }),
  };
}
