import { sanitise } from '../../foundation/sanitise.ts';
import { toAscii } from '../text/ascii.ts';
import type { Line } from '../text/span.ts';
import { cutFrom, cutTo, widthOf } from '../text/width.ts';
import type { Theme } from './theme.ts';

export interface PaintOptions {
  /** Columns that are left out at the start (scrolled sideways). */
  readonly from?: number;
  /** Fill the line with spaces up to the width. */
  readonly fill?: boolean;
  /** SGR parameters laid over the whole line. */
  readonly over?: string | undefined;
  readonly ascii?: boolean;
  readonly ellipsis?: string;
}

const reset = '\u001b[0m';

/**
 * A line as a string of at most `width` columns. Everything that is drawn passes here, so here it is made safe;
 * no other escape sequences than colours come out.
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
    out += styled(visible, style && theme.sgr[style], over);
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

function styled(text: string, sgr: string | undefined, over: string | undefined): string {
  if (text === '') return '';
  const codes = sgr && over ? `${sgr};${over}` : (over ?? sgr);
  return codes ? `\u001b[${codes}m${text}${reset}` : text;
}
