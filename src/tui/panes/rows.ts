import { type Line, type Span, textOf } from '../../drawing/text/span.ts';
import { cutLine, cutMiddle, widthOf } from '../../drawing/text/width.ts';
import { glyphsOf } from '../../drawing/theme/glyphs.ts';
import { paint } from '../../drawing/theme/paint.ts';
import type { Style } from '../../drawing/theme/style.ts';
import { themeOf } from '../../drawing/theme/theme.ts';
import type { RevisionRow } from '../../engine/api.ts';
import type { State } from '../state/model.ts';

/** Options for drawing a line of a list. */
export interface RowStyle {
  readonly selected: boolean;
  readonly focused: boolean;
  /** The pane is being searched, and this row is a hit. */
  readonly hit?: boolean;
  readonly left?: number;
}

/** A drawn line of a list: its marker, truncated to the width, inverse at the cursor. */
export function drawRow(line: Line, columns: number, state: State, style: RowStyle): string {
  const { ascii, theme: name, depth } = state.appearance;
  const theme = themeOf(name, depth);
  const glyphs = glyphsOf(ascii);
  const marker: Span = {
    text: style.selected ? `${glyphs.cursor} ` : '  ',
    style: style.selected && style.focused ? undefined : 'focus',
  };
  const over = style.selected ? (style.focused ? theme.selected : theme.marked) : undefined;
  const options = { ascii, over, fill: style.selected, ellipsis: glyphs.ellipsis };
  return (
    paint([marker], 2, theme, { ascii, over }) +
    paint(line, columns - 2, theme, { ...options, from: style.left ?? 0 })
  );
}

/** A line other than a row: only truncated. */
export function drawLine(line: Line, columns: number, state: State, left = 0): string {
  const { ascii, theme, depth } = state.appearance;
  return paint(line, columns, themeOf(theme, depth), {
    ascii,
    from: left,
    ellipsis: glyphsOf(ascii).ellipsis,
  });
}

/** Highlights the matches of a search in a line. */
export function markHits(line: Line, wanted: string): Line {
  if (wanted === '') return line;
  const text = textOf(line);
  const lower = text.toLowerCase();
  const needle = wanted.toLowerCase();
  if (lower.length !== text.length || !lower.includes(needle)) return line;
  const marks: [number, number][] = [];
  for (let at = lower.indexOf(needle); at >= 0; at = lower.indexOf(needle, at + needle.length))
    marks.push([at, at + needle.length]);
  let offset = 0;
  return line.flatMap(span => {
    const start = offset;
    offset += span.text.length;
    const cuts = new Set([0, span.text.length]);
    for (const mark of marks)
      for (const edge of mark) if (edge > start && edge < offset) cuts.add(edge - start);
    const places = [...cuts].sort((a, b) => a - b);
    return places.slice(1).map((to, index): Span => {
      const from = places[index] as number;
      const inside = marks.some(([a, b]) => start + from >= a && start + to <= b);
      return { text: span.text.slice(from, to), style: inside ? 'match' : span.style };
    });
  });
}

/** The search text of a pane. */
export const wantedIn = (state: State, pane: string): string =>
  state.search?.pane === pane ? state.search.field.text : '';

/** The date of a timestamp, which is what fits in a list. Any other id in full. */
const briefId = (id: string): string => (/^\d{14}$/.test(id) ? id.slice(0, 8) : id);

/** Narrower lists omit the date. */
const roomForDay = 36;

/** The name of a revision: its date dimmed, the rest plain. */
export function nameSpans(row: RevisionRow, columns: number): Span[] {
  const style: Style | undefined = row.state === 'missing' ? 'missing' : undefined;
  if (row.slug === '' || row.slug === row.shortId) return [{ text: row.id, style }];
  const name: Span = { text: row.slug, style };
  return columns < roomForDay ? [name] : [{ text: `${briefId(row.shortId)} `, style: 'dim' }, name];
}

/** In less space than this, the beginning of a name is worth more than its end. */
const leastForBothEnds = 20;

/**
 * The name of a revision in `width` columns of a list of `columns`. Without enough space, its date is dropped, then the
 * middle of the rest: long names often differ at their end.
 */
export function fittingName(row: RevisionRow, width: number, columns: number, ascii: boolean): Line {
  const whole = nameSpans(row, columns);
  if (widthOf(textOf(whole)) <= width) return whole;
  const name = nameSpans(row, 0);
  const [only] = name;
  if (name.length > 1 || !only || width < leastForBothEnds) return cutLine(name, width);
  return [{ ...only, text: cutMiddle(only.text, width, glyphsOf(ascii).ellipsis, 2 / 3) }];
}

export function flagSpans(row: RevisionRow, ascii: boolean): Span[] {
  const flags: Span[] = [];
  if (row.state === 'missing') flags.push({ text: ' missing', style: 'missing' });
  if (row.edited) flags.push({ text: ' edited', style: 'edited' });
  if (row.outOfOrder) flags.push({ text: ' out of order', style: 'warning' });
  if (row.inferred) flags.push({ text: ` ${glyphsOf(ascii).inferred}`, style: 'dim' });
  return flags;
}
