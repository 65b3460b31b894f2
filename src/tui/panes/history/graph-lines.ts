import type { Span } from '../../../drawing/text/span.ts';
import type { Style } from '../../../drawing/theme/style.ts';
import { drawLanes, type LaneSegment, type LaneStyle } from '../../../revisions/lanes/draw-lanes.ts';
import { graphOf } from '../../state/graph.ts';
import type { Shown } from '../../state/shown.ts';

export interface GraphLine {
  readonly row: number;
  /** False for a line of connectors. */
  readonly node: boolean;
  readonly spans: readonly Span[];
}

/** Lines `from` … `to - 1` of the drawing, padded to the same width. */
export function graphLines(
  shown: Shown,
  current: ReadonlySet<string>,
  from: number,
  to: number,
  ascii: boolean,
  maxLanes: number,
): GraphLine[] {
  const { layout, rowOf, lineOf } = graphOf(shown);
  const end = Math.min(to, rowOf.length);
  if (from >= end) return [];
  const firstRow = rowOf[from] as number;
  const lastRow = rowOf[end - 1] as number;
  const states = (id: string, row: number) => ({
    state: shown.rows[row]?.state ?? 'pending',
    current: current.has(id),
  });
  let row = firstRow - 1;
  const drawn = drawLanes(layout, firstRow, lastRow + 1, id => states(id, ++row), { ascii, maxLanes });
  const lines: GraphLine[] = [];
  for (const one of drawn.rows) {
    const { state } = states(one.id, one.row);
    const at = lineOf[one.row] as number;
    if (at >= from)
      lines.push({ row: one.row, node: true, spans: one.node.map(segment => spanOf(segment, state)) });
    if (one.below && at + 1 < end)
      lines.push({ row: one.row, node: false, spans: one.below.map(segment => spanOf(segment, state)) });
  }
  return lines;
}

const laneStyles: readonly Style[] = ['lane0', 'lane1', 'lane2', 'lane3', 'lane4', 'lane5'];

function spanOf({ text, lane, kind }: LaneSegment, state: LaneStyle['state']): Span {
  if (kind === 'node') return { text, style: state === 'unknown' ? 'dim' : state };
  if (kind === 'current') return { text, style: 'focus' };
  return { text, style: kind === 'line' ? laneStyles[lane % laneStyles.length] : 'dim' };
}
