import { type Glyphs, glyphsOf } from '../../drawing/theme/glyphs.ts';
import { unicodeFrom } from '../../drawing/theme/terminal.ts';
import type { RevisionState } from '../../engine/api.ts';
import type { Host, Screen } from './host.ts';
import { styled } from './safe-text.ts';

type Brush = (text: string) => string;

/** The styling of a result for its stream. */
export interface Paint {
  readonly glyphs: Glyphs;
  readonly bold: Brush;
  readonly dim: Brush;
  readonly id: Brush;
  readonly mark: Brush;
  readonly label: Brush;
  readonly good: Brush;
  readonly warn: Brush;
  readonly bad: Brush;
  readonly added: Brush;
  readonly removed: Brush;
  /** The colour of a lane, counted from 0. */
  lane(text: string, lane: number): string;
  /** The colour of a state. */
  state(state: RevisionState): Brush;
}

const plain: Brush = text => text;

/** SGR parameters that begin a style. */
const sgr = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36 } as const;

function brush(colours: boolean, style: keyof typeof sgr): Brush {
  if (!colours) return plain;
  const open = sgr[style];
  return text => styled(text, open, open < 30 ? 22 : 39);
}

/** Colours, or none, and the glyphs that the stream supports. */
export function paintFor(colours: boolean, ascii: boolean): Paint {
  const good = brush(colours, 'green');
  const warn = brush(colours, 'yellow');
  const bad = brush(colours, 'red');
  const lanes = (['blue', 'magenta', 'cyan', 'green', 'yellow', 'red'] as const).map(colour =>
    brush(colours, colour),
  );
  return {
    glyphs: glyphsOf(ascii),
    bold: brush(colours, 'bold'),
    dim: brush(colours, 'dim'),
    id: brush(colours, 'yellow'),
    mark: brush(colours, 'cyan'),
    label: brush(colours, 'magenta'),
    good,
    warn,
    bad,
    added: good,
    removed: bad,
    lane: (text, lane) => (lanes[lane % lanes.length] as Brush)(text),
    state: state => ({ applied: good, pending: warn, missing: bad, unknown: brush(colours, 'dim') })[state],
  };
}

/**
 * Requested, forbidden, or because the stream is a terminal: https://no-color.org, then FORCE_COLOR, then the
 * stream.
 */
export function wantsColour(host: Host, screen: Screen, asked: boolean | undefined): boolean {
  if (asked !== undefined) return asked;
  if (host.env.NO_COLOR) return false;
  if (host.env.FORCE_COLOR) return host.env.FORCE_COLOR !== '0';
  return screen.isTTY && host.env.TERM !== 'dumb';
}

/** ASCII on a terminal that is not UTF-8; a file or a pipe gets Unicode. */
export function wantsAscii(host: Host, screen: Screen, asked: boolean | undefined): boolean {
  return asked ?? (screen.isTTY && !unicodeFrom(host.env, host.platform));
}
