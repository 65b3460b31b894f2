import { hasConnector, type LaneLayout, layoutLanes } from '../../revisions/lanes/lanes.ts';
import type { Shown } from './shown.ts';

/** The layout of a history, and the revision of each drawn line. */
export interface Graph {
  readonly layout: LaneLayout;
  /** The drawn line of each row. */
  readonly lineOf: Int32Array;
  /** The row of a drawn line; a connector belongs to the row above it. */
  readonly rowOf: Int32Array;
}

const graphs = new WeakMap<Shown, Graph>();

export function graphOf(shown: Shown): Graph {
  let graph = graphs.get(shown);
  if (!graph) {
    graph = index(layoutLanes(shown.lanes));
    graphs.set(shown, graph);
  }
  return graph;
}

function index(layout: LaneLayout): Graph {
  const lineOf = new Int32Array(layout.rows.length);
  const rowOf: number[] = [];
  for (let row = 0; row < layout.rows.length; row++) {
    lineOf[row] = rowOf.length;
    rowOf.push(row);
    if (hasConnector(layout, row)) rowOf.push(row);
  }
  return { layout, lineOf, rowOf: Int32Array.from(rowOf) };
}
