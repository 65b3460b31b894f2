/** The characters that a history is drawn with. */
export interface LaneGlyphs {
  readonly applied: string;
  readonly pending: string;
  readonly missing: string;
  readonly unknown: string;
  readonly current: string;
  readonly more: string;
  /** Upright: what `revises` runs in, and what only `dependsOn` runs in. */
  readonly upright: readonly [string, string];
  /** Level, likewise. */
  readonly level: readonly [string, string];
  /** A turn or a meeting, by the sum of its arms: 1 up, 2 down, 4 left, 8 right. */
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

/** The characters for a terminal that has them, and for one that has only ASCII. */
export function laneGlyphs(ascii: boolean): LaneGlyphs {
  return ascii ? ASCII : UNICODE;
}
