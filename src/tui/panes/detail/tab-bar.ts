import type { Line, Span } from '../../../drawing/text/span.ts';
import { widthOf } from '../../../drawing/text/width.ts';
import { glyphsOf } from '../../../drawing/theme/glyphs.ts';
import { layoutOf } from '../../state/layout.ts';
import type { State } from '../../state/model.ts';
import { selectedId } from '../../state/select.ts';
import { detailTabs, tabOf } from './tabs.ts';

/** A title in the tab bar. */
interface Placed {
  readonly id: string;
  readonly title: string;
  readonly from: number;
}

/**
 * The titles next to each other: short ones if there is little space, and without the first ones if
 * necessary.
 */
function placed(state: State): readonly Placed[] {
  const id = selectedId(state);
  const titles = detailTabs.map(tab => (id === null ? tab.id : tab.title(state, id)));
  const short = titles.map((title, index) => detailTabs[index]?.short ?? title);
  const available = (layoutOf(state).panes.detail?.width ?? state.size.columns) - 4;
  const active = detailTabs.indexOf(tabOf(state.tab));
  const wide = inARow(titles, 2, 0);
  if (ends(wide) <= available) return wide;
  let first = 0;
  while (first < active && ends(inARow(short.slice(0, active + 1), 1, first)) > available) first++;
  return inARow(short, 1, first);
}

function inARow(titles: readonly string[], gap: number, first: number): readonly Placed[] {
  let from = 0;
  return titles.flatMap((title, index) => {
    if (index < first) return [];
    const one = { id: detailTabs[index]?.id ?? '', title, from };
    from += widthOf(title) + gap;
    return [one];
  });
}

const ends = (row: readonly Placed[]): number => {
  const last = row.at(-1);
  return last ? last.from + widthOf(last.title) : 0;
};

/** The titles of the tabs, and a line under the current one. */
export function tabBar(state: State): readonly [Line, Line] {
  const active = tabOf(state.tab).id;
  const names: Span[] = [];
  let rule = '';
  let at = 0;
  for (const { id, title, from } of placed(state)) {
    names.push({ text: ' '.repeat(from - at) }, { text: title, style: id === active ? 'title' : 'dim' });
    at = from + widthOf(title);
    if (id === active)
      rule = ' '.repeat(from) + glyphsOf(state.appearance.ascii).underline.repeat(widthOf(title));
  }
  return [names, [{ text: rule, style: 'focus' }]];
}

/** The tab whose title is at a column. */
export function tabAtColumn(state: State, column: number): string | null {
  const hit = placed(state).find(({ title, from }) => column >= from && column < from + widthOf(title));
  return hit?.id ?? null;
}
