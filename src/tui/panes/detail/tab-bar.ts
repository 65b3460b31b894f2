import type { Line, Span } from '../../../drawing/text/span.ts';
import { widthOf } from '../../../drawing/text/width.ts';
import { glyphsOf } from '../../../drawing/theme/glyphs.ts';
import type { State } from '../../state/model.ts';
import { selectedId } from '../../state/select.ts';
import { detailTabs, tabOf } from './tabs.ts';

const gap = 2;

const titles = (state: State): readonly string[] => {
  const id = selectedId(state);
  return detailTabs.map(tab => (id === null ? tab.id : tab.title(state, id)));
};

/** The titles of the tabs, and a rule under the one that is shown. */
export function tabBar(state: State): readonly [Line, Line] {
  const active = detailTabs.indexOf(tabOf(state.tab));
  const names: Span[] = [];
  let rule = '';
  for (const [index, title] of titles(state).entries()) {
    const last = index === detailTabs.length - 1;
    names.push(
      { text: title, style: index === active ? 'title' : 'dim' },
      { text: ' '.repeat(last ? 0 : gap) },
    );
    if (index < active) rule += ' '.repeat(widthOf(title) + gap);
    if (index === active) rule += glyphsOf(state.appearance.ascii).underline.repeat(widthOf(title));
  }
  return [names, [{ text: rule, style: 'focus' }]];
}

/** The tab whose title is at a column. */
export function tabAtColumn(state: State, column: number): string | null {
  let from = 0;
  for (const [index, title] of titles(state).entries()) {
    const to = from + widthOf(title);
    if (column >= from && column < to) return detailTabs[index]?.id ?? null;
    from = to + gap;
  }
  return null;
}
