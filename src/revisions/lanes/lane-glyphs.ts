/** The characters for drawing a history. */
export interface LaneGlyphs {
  readonly applied: string;
  readonly pending: string;
  readonly missing: string;
  readonly unknown: string;
  readonly current: string;
  readonly more: string;
  /** Vertical lines: for `revises`, and for `dependsOn` only. */
  readonly upright: readonly [string, string];
  /** Horizontal lines, likewise. */
  readonly level: readonly [string, string];
  /** Corners and junctions, by the sum of their arms: 1 up, 2 down, 4 left, 8 right. */
  readonly arms: readonly string[];
}

const UNICODE: LaneGlyphs = {
  applied: '●',
  pending: '○',
  missing: '✗',
  unknown: '?',
  current: '◀',
  more: '…',
  upright: ['│', '┊'],
  level: ['─', '┄'],
  arms: [' ', '│', '│', '│', '─', '╯', '╮', '┤', '─', '╰', '╭', '├', '─', '┴', '┬', '┼'],
};

const ASCII: LaneGlyphs = {
  applied: '*',
  pending: 'o',
  missing: 'x',
  unknown: '?',
  current: '<',
  more: '~',
  upright: ['|', ':'],
  level: ['-', '.'],
  arms: [' ', '|', '|', '|', '-', '/', '\\', '|', '-', '\\', '/', '|', '-', '+', '+', '+'],
};

/** The characters for Unicode terminals and for ASCII terminals. */
export function laneGlyphs(ascii: boolean): LaneGlyphs {
  return ascii ? ASCII : UNICODE;
}
