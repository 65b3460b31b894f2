/** The characters for drawing: Unicode if the terminal supports it, otherwise ASCII. */
export interface Glyphs {
  readonly ascii: boolean;
  readonly corner: {
    readonly topLeft: string;
    readonly topRight: string;
    readonly bottomLeft: string;
    readonly bottomRight: string;
  };
  readonly horizontal: string;
  readonly vertical: string;
  readonly thumb: string;
  readonly cursor: string;
  readonly applied: string;
  readonly pending: string;
  readonly missing: string;
  readonly current: string;
  readonly ellipsis: string;
  /** Printed after the name of a revision whose lineage was inferred. */
  readonly inferred: string;
  readonly separator: string;
  readonly warning: string;
  readonly ok: string;
  readonly failed: string;
  readonly refresh: string;
  readonly underline: string;
  readonly caret: string;
  readonly up: string;
  readonly down: string;
  readonly arrow: string;
  readonly barFull: string;
  readonly barEmpty: string;
  readonly skipped: string;
  readonly spinner: readonly string[];
}

const unicode: Glyphs = {
  ascii: false,
  corner: { topLeft: '╭', topRight: '╮', bottomLeft: '╰', bottomRight: '╯' },
  horizontal: '─',
  vertical: '│',
  thumb: '┃',
  cursor: '▸',
  applied: '●',
  pending: '○',
  missing: '✗',
  current: '◀',
  ellipsis: '…',
  inferred: '°',
  separator: '·',
  warning: '⚠',
  ok: '✓',
  failed: '✗',
  refresh: '↻',
  underline: '─',
  caret: '▏',
  up: '↑',
  down: '↓',
  arrow: '→',
  barFull: '█',
  barEmpty: '░',
  skipped: '–',
  spinner: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
};

const ascii: Glyphs = {
  ascii: true,
  corner: { topLeft: '+', topRight: '+', bottomLeft: '+', bottomRight: '+' },
  horizontal: '-',
  vertical: '|',
  thumb: '#',
  cursor: '>',
  applied: '*',
  pending: 'o',
  missing: 'x',
  current: '<',
  ellipsis: '~',
  inferred: '^',
  separator: '-',
  warning: '!',
  ok: 'ok',
  failed: 'x',
  refresh: '@',
  underline: '=',
  caret: '_',
  up: '^',
  down: 'v',
  arrow: '->',
  barFull: '#',
  barEmpty: '.',
  skipped: '-',
  spinner: ['|', '/', '-', '\\'],
};

export const glyphsOf = (useAscii: boolean): Glyphs => (useAscii ? ascii : unicode);
