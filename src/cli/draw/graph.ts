import type { RevisionRow } from '../../engine/api.ts';
import { drawLanes, type LaneSegment } from '../../revisions/lanes/draw-lanes.ts';
import { layoutLanes } from '../../revisions/lanes/lanes.ts';
import type { Paint } from '../shell/paint.ts';
import { cellsOf } from './rows.ts';
import { table } from './text.ts';

/** The rows, newest first, with branches and merges drawn as lanes next to them. */
export function drawGraph(rows: readonly RevisionRow[], paint: Paint, now: number): string {
  const byId = new Map(rows.map(row => [row.id, row]));
  const layout = layoutLanes(rows);
  const styleOf = (id: string) => {
    const row = byId.get(id) as RevisionRow;
    return { state: row.state, current: row.marks.includes('current') };
  };
  const drawn = drawLanes(layout, 0, rows.length, styleOf, { ascii: paint.glyphs.ascii });
  // The state's glyph is already in the lanes.
  const texts = table(rows.map(row => cellsOf(row, paint, now).slice(1))).split('\n');
  return drawn.rows
    .flatMap(({ row, node, below }) => {
      const state = paint.state((rows[row] as RevisionRow).state);
      return [
        `${drawSegments(node, paint, state)}  ${texts[row]}`,
        ...(below ? [drawSegments(below, paint, state).trimEnd()] : []),
      ];
    })
    .join('\n');
}

function drawSegments(
  segments: readonly LaneSegment[],
  paint: Paint,
  state: (text: string) => string,
): string {
  return segments
    .map(({ text, lane, kind }) => {
      if (kind === 'node') return state(text);
      if (kind === 'current') return paint.mark(text);
      return kind === 'line' ? paint.lane(text, lane) : text;
    })
    .join('');
}
