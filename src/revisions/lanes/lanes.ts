import { IntHeap } from '../heap.ts';

/** A row of the history: one revision, with the ids it revises and the ids (no labels) it depends on. */
export interface LaneRow {
  readonly id: string;
  readonly revises: readonly string[];
  readonly dependsOn: readonly string[];
}

/** No lane, a lane with a `revises` line, a lane with only a `dependsOn` line. */
export type Line = 0 | 1 | 2;

/** Lanes beyond this one are never drawn. */
export const MOST_LANES = 64;

/** Number of rows between checkpoints, from which drawing can start. */
const STRIDE = 128;

/**
 * The position of every revision and every line; lanes count from 0 at the left. Memory is linear in rows and
 * edges.
 */
export interface LaneLayout {
  readonly rows: readonly LaneRow[];
  /** The lane of each row's node. */
  readonly column: Int32Array;
  /** The lane that joins the node's own lane just below it; -1 if there is none. */
  readonly joins: Int32Array;
  /**
   * Edges of row `r`: `edgeStart[r]` … `edgeStart[r+1]-1`; the lane in which each continues, and its kind.
   */
  readonly edgeStart: Int32Array;
  readonly edgeLane: Int32Array;
  readonly edgeLine: Uint8Array;
  /** The contents of the first lanes just above rows 0, 128, 256, …: 64 numbers each. */
  readonly saved: Uint8Array;
  /** Maximum number of lanes in use at once. */
  readonly lanes: number;
}

/**
 * Lays out a history, newest row first. All lines to one revision share a lane and join as early as possible,
 * so there are few lanes. References to rows that are not below get no line.
 */
export function layoutLanes(rows: readonly LaneRow[]): LaneLayout {
  const places = new Map(rows.map((row, place) => [row.id, place]));
  const laneTo = new Int32Array(rows.length).fill(-1);
  const free = new IntHeap();
  let lanes = 0;
  let resting = -1;
  const open = (): number => free.pop() ?? lanes++;

  const column = new Int32Array(rows.length);
  const joins = new Int32Array(rows.length).fill(-1);
  const edgeStart = new Int32Array(rows.length + 1);
  const edgeLane: number[] = [];
  const edgeLine: number[] = [];
  const saved = new Uint8Array(Math.ceil(rows.length / STRIDE) * MOST_LANES);
  const running = new Uint8Array(MOST_LANES);
  const layout = { rows, column, joins, edgeStart, edgeLane, edgeLine };

  for (const [place, row] of rows.entries()) {
    if (place % STRIDE === 0) saved.set(running, (place / STRIDE) * MOST_LANES);
    const own = laneTo[place] === -1 ? open() : laneTo[place]!;
    column[place] = own;
    if (resting !== -1) free.push(resting);
    resting = -1;
    const targets = new Map<number, Line>();
    for (const [ids, line] of [
      [row.revises, 1],
      [row.dependsOn, 2],
    ] as const) {
      for (const id of ids) {
        const target = places.get(id);
        if (target !== undefined && target > place && !targets.has(target)) targets.set(target, line);
      }
    }
    let continues = false;
    for (const [target, line] of targets) {
      const there = laneTo[target]!;
      if (there > own && targets.size === 1) joins[place] = there;
      if (there === -1 || joins[place] !== -1) {
        const mayContinue: boolean = !continues && (line === 1 || targets.values().next().value === 2);
        laneTo[target] = mayContinue ? own : open();
        continues ||= mayContinue;
      }
      edgeLane.push(laneTo[target]!);
      edgeLine.push(line);
    }
    edgeStart[place + 1] = edgeLane.length;
    // The lane below a row without parents stays empty for one row; otherwise the next node would look like
    // its parent.
    if (targets.size === 0) resting = own;
    else if (!continues) free.push(own);
    if (joins[place] !== -1) free.push(joins[place]!);
    advance(layout, place, running);
  }
  return {
    ...layout,
    edgeLane: Int32Array.from(edgeLane),
    edgeLine: Uint8Array.from(edgeLine),
    saved,
    lanes,
  };
}

/** True if a line of connectors is drawn below the row. */
export function hasConnector({ column, joins, edgeStart, edgeLane }: LaneLayout, row: number): boolean {
  if (joins[row] !== -1) return true;
  for (let edge = edgeStart[row]!; edge < edgeStart[row + 1]!; edge++) {
    if (edgeLane[edge] !== column[row]) return true;
  }
  return false;
}

/** The contents of the first lanes just above a row. */
export function linesAbove(layout: LaneLayout, row: number): Uint8Array {
  const from = Math.floor(row / STRIDE);
  const running = layout.saved.slice(from * MOST_LANES, (from + 1) * MOST_LANES);
  for (let place = from * STRIDE; place < row; place++) advance(layout, place, running);
  return running;
}

/** Computes the lanes below a row from those above it. */
export function advance(
  layout: Pick<LaneLayout, 'column' | 'joins' | 'edgeStart'> & {
    readonly edgeLane: ArrayLike<number>;
    readonly edgeLine: ArrayLike<number>;
  },
  row: number,
  running: Uint8Array,
): void {
  const joining = layout.joins[row]!;
  const own = layout.column[row]!;
  let line = 0;
  if (joining !== -1 && joining < MOST_LANES) {
    line = running[joining]!;
    running[joining] = 0;
  }
  if (own < MOST_LANES) running[own] = line;
  for (let edge = layout.edgeStart[row]!; edge < layout.edgeStart[row + 1]!; edge++) {
    const lane = layout.edgeLane[edge]!;
    if (lane < MOST_LANES) running[lane] = running[lane] === 1 ? 1 : layout.edgeLine[edge]!;
  }
}
