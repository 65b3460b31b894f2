import { type LaneGlyphs, laneGlyphs } from './lane-glyphs.ts';
import { advance, hasConnector, type LaneLayout, linesAbove, MOST_LANES } from './lanes.ts';

/** The state of a revision in the database. */
export interface LaneStyle {
  readonly state: 'applied' | 'pending' | 'missing' | 'unknown';
  readonly current: boolean;
}

/**
 * A piece of a drawn line. `lane` (from 0) selects its colour; -1 for blanks and for the mark of omitted
 * lanes.
 */
export interface LaneSegment {
  readonly text: string;
  readonly lane: number;
  readonly kind: 'node' | 'line' | 'current' | 'more' | 'blank';
}

/** A drawn row: its own line, and a line of connectors to the next row if one is needed. */
export interface DrawnRow {
  readonly id: string;
  /** Position in the layout. */
  readonly row: number;
  readonly node: readonly LaneSegment[];
  readonly below: readonly LaneSegment[] | undefined;
}

export interface DrawLanesOptions {
  readonly ascii?: boolean | undefined;
  /** Lanes drawn, 1 to 64 (default 16); `…` replaces the others. */
  readonly maxLanes?: number | undefined;
}

/**
 * Draws rows `from` … `to - 1` of a layout. All lines are padded to the same `width` (terminal columns). The
 * time depends on the rows drawn, not on the length of the history.
 */
export function drawLanes(
  layout: LaneLayout,
  from: number,
  to: number,
  styleOf: (id: string) => LaneStyle,
  { ascii = false, maxLanes = 16 }: DrawLanesOptions = {},
): { readonly rows: readonly DrawnRow[]; readonly width: number } {
  const glyphs = laneGlyphs(ascii);
  const cap = Math.max(1, Math.min(maxLanes, MOST_LANES));
  const first = Math.max(0, from);
  const end = Math.min(to, layout.rows.length);
  const above = first < end ? linesAbove(layout, first) : new Uint8Array(0);
  const drawn: { row: number; node: Canvas; below: Canvas | undefined }[] = [];
  for (let row = first; row < end; row++) {
    const before = above.slice();
    advance(layout, row, above);
    drawn.push({
      row,
      node: drawNode(layout, row, before, styleOf(layout.rows[row]!.id), glyphs, cap),
      below: hasConnector(layout, row) ? drawConnector(layout, row, before, above, glyphs, cap) : undefined,
    });
  }
  const width = drawn.reduce((most, { node, below }) => Math.max(most, node.width, below?.width ?? 0), 0);
  return {
    width,
    rows: drawn.map(({ row, node, below }) => ({
      id: layout.rows[row]!.id,
      row,
      node: node.segments(width),
      below: below?.segments(width),
    })),
  };
}

function drawNode(
  layout: LaneLayout,
  row: number,
  before: Uint8Array,
  style: LaneStyle,
  glyphs: LaneGlyphs,
  cap: number,
): Canvas {
  const canvas = new Canvas();
  const own = layout.column[row]!;
  for (let lane = 0; lane < cap; lane++) {
    if (lane === own) canvas.put(2 * lane, glyphs[style.state], lane, 'node');
    else if (before[lane]) canvas.put(2 * lane, glyphs.upright[before[lane]! - 1]!, lane, 'line');
  }
  if (own >= cap) {
    canvas.put(2 * cap - 1, glyphs.more, -1, 'more');
    canvas.put(2 * cap, glyphs[style.state], own, 'node');
  } else if (runsBeyond(before, cap)) canvas.put(2 * cap - 1, glyphs.more, -1, 'more');
  if (style.current) canvas.put(canvas.width + 1, glyphs.current, own, 'current');
  return canvas;
}

function drawConnector(
  layout: LaneLayout,
  row: number,
  before: Uint8Array,
  after: Uint8Array,
  glyphs: LaneGlyphs,
  cap: number,
): Canvas {
  const canvas = new Canvas();
  const own = layout.column[row]!;
  const ends: { lane: number; dotted: boolean }[] = [];
  for (let edge = layout.edgeStart[row]!; edge < layout.edgeStart[row + 1]!; edge++) {
    const lane = layout.edgeLane[edge]!;
    if (lane !== own) ends.push({ lane, dotted: layout.edgeLine[edge] === 2 });
  }
  const joining = layout.joins[row]!;
  if (joining !== -1) ends.push({ lane: joining, dotted: joining < MOST_LANES && before[joining] === 2 });
  const left = ends.reduce((lane, end) => Math.min(lane, end.lane), own);
  const right = ends.reduce((lane, end) => Math.max(lane, end.lane), own);
  /** The nearest end beyond the gap to the right of a lane. It determines the colour of the gap. */
  const over = (lane: number): { lane: number; dotted: boolean } | undefined => {
    const beyond = ends.filter(end => (lane < own ? end.lane <= lane : end.lane > lane));
    const nearest = beyond.reduce<(typeof ends)[number] | undefined>(
      (best, end) => (best && Math.abs(best.lane - own) <= Math.abs(end.lane - own) ? best : end),
      undefined,
    );
    return nearest && { lane: nearest.lane, dotted: beyond.every(end => end.dotted) };
  };
  for (let lane = 0; lane < cap; lane++) {
    const meets = lane === own || ends.some(end => end.lane === lane);
    if (meets) {
      const up = lane === own || before[lane] ? 1 : 0;
      const down = after[lane] ? 2 : 0;
      const arms =
        up + down + (left < lane && lane <= right ? 4 : 0) + (left <= lane && lane < right ? 8 : 0);
      canvas.put(2 * lane, glyphs.arms[arms]!, lane, 'line');
    } else if (before[lane]) canvas.put(2 * lane, glyphs.upright[before[lane]! - 1]!, lane, 'line');
    else if (left < lane && lane < right) {
      const edge = over(lane < own ? lane - 1 : lane)!;
      canvas.put(2 * lane, glyphs.level[edge.dotted ? 1 : 0], edge.lane, 'line');
    }
    if (left <= lane && lane < right && lane < cap - 1) {
      const edge = over(lane)!;
      canvas.put(2 * lane + 1, glyphs.level[edge.dotted ? 1 : 0], edge.lane, 'line');
    }
  }
  if (right >= cap || runsBeyond(before, cap)) canvas.put(2 * cap - 1, glyphs.more, -1, 'more');
  return canvas;
}

function runsBeyond(lines: Uint8Array, cap: number): boolean {
  return lines.indexOf(1, cap) !== -1 || lines.indexOf(2, cap) !== -1;
}

/** One line of cells, most of them blank. */
class Canvas {
  readonly #cells: (Omit<LaneSegment, 'text'> & { readonly text: string })[] = [];

  get width(): number {
    return this.#cells.length;
  }

  put(at: number, text: string, lane: number, kind: LaneSegment['kind']): void {
    while (this.#cells.length <= at) this.#cells.push({ text: ' ', lane: -1, kind: 'blank' });
    this.#cells[at] = { text, lane, kind };
  }

  /** The cells, with neighbours of the same kind and lane merged, padded with blanks. */
  segments(width: number): LaneSegment[] {
    if (this.width < width) this.put(width - 1, ' ', -1, 'blank');
    const segments: LaneSegment[] = [];
    for (const cell of this.#cells) {
      const last = segments.at(-1);
      if (last && last.lane === cell.lane && last.kind === cell.kind) {
        segments[segments.length - 1] = { ...last, text: last.text + cell.text };
      } else segments.push(cell);
    }
    return segments;
  }
}
