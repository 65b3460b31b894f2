import { sanitise } from '../../foundation/sanitise.ts';
import { toAscii } from '../text/ascii.ts';
import type { Line } from '../text/span.ts';
import { cutFrom, cutTo, widthOf } from '../text/width.ts';
import type { Theme } from './theme.ts';

export interface PaintOptions {
  /** Columns to skip at the start (horizontal scrolling). */
  readonly from?: number;
  /** Fill the line with spaces up to the width. */
  readonly fill?: boolean;
  /** SGR parameters applied to the whole line. */
  readonly over?: string | undefined;
  readonly ascii?: boolean;
  readonly ellipsis?: string;
}

/**
 * A line as a string of at most `width` columns. Everything that is drawn passes through here and is made
 * safe here; the only escape sequences in the result are colours.
 */
export function paint(line: Line, width: number, theme: Theme, options: PaintOptions = {}): string {
  const { from = 0, fill = false, over, ascii = false, ellipsis } = options;
  let skip = from;
  let left = width;
  let out = '';
  for (const { text, style } of line) {
    if (left <= 0) {
      if (ellipsis && text !== '') return withEllipsis(line, width, theme, options);
      break;
    }
    let visible = ascii ? toAscii(sanitise(text, { ascii })) : sanitise(text);
    if (skip > 0) {
      const columns = widthOf(visible);
      visible = cutFrom(visible, skip);
      skip = Math.max(0, skip - columns);
    }
    const columns = widthOf(visible);
    const fits = columns <= left;
    if (!fits && ellipsis) return withEllipsis(line, width, theme, options);
    if (!fits) visible = cutTo(visible, left);
    left -= fits ? columns : widthOf(visible);
    // Dim text would be unreadable on the selection colour.
    out += styled(visible, style && !(over && style === 'dim') ? theme.sgr[style] : undefined, over);
    if (!fits) break;
  }
  return fill && left > 0 ? out + styled(' '.repeat(left), undefined, over) : out;
}

function withEllipsis(line: Line, width: number, theme: Theme, options: PaintOptions): string {
  const { ellipsis = '', ...rest } = options;
  if (width <= ellipsis.length) return paint(line, width, theme, rest);
  return (
    paint(line, width - ellipsis.length, theme, { ...rest, fill: true }) +
    styled(ellipsis, theme.sgr.dim, options.over)
  );
}

/**
 * Text between the codes that turn its style on and off, one code at a time, outermost first: exactly the
 * form that Ink produces, so Ink need not tokenize it twice.
 */
function styled(text: string, sgr: string | undefined, over: string | undefined): string {
  if (text === '') return '';
  const codes = sgr && over ? (standsOut(sgr) ? `${over};${sgr}` : `${sgr};${over}`) : (over ?? sgr);
  if (!codes) return text;
  const [open, close] = sequencesOf(codes);
  return open + text + close;
}

const ownBackgrounds = new Map<string, boolean>();

/** A style with its own background keeps its colours on a highlighted line, because they belong together. */
function standsOut(sgr: string): boolean {
  let known = ownBackgrounds.get(sgr);
  if (known === undefined) {
    known = partsOf(sgr).some(part => endOf(part) === '49');
    ownBackgrounds.set(sgr, known);
  }
  return known;
}

const partsOf = (codes: string): readonly string[] => codes.match(/[34]8;5;\d+|\d+/g) ?? [];

const sequences = new Map<string, readonly [string, string]>();

function sequencesOf(codes: string): readonly [string, string] {
  let known = sequences.get(codes);
  if (!known) {
    const parts = partsOf(codes);
    // With two colours for the same property, the later one wins.
    const last = new Map(parts.map(part => [endOf(part), part]));
    known = [
      [...last.values()].map(part => `\u001b[${part}m`).join(''),
      [...last.keys()]
        .reverse()
        .map(end => `\u001b[${end}m`)
        .join(''),
    ];
    sequences.set(codes, known);
  }
  return known;
}

/** The code that ends another one. */
function endOf(part: string): string {
  const code = Number.parseInt(part, 10);
  if (code === 1 || code === 2) return '22';
  if (code < 10) return String(20 + code);
  return (code >= 40 && code < 50) || code >= 100 ? '49' : '39';
}
