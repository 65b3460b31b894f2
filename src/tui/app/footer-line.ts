import { type Line, type Span, textOf } from '../../drawing/text/span.ts';
import { widthOf } from '../../drawing/text/width.ts';
import { glyphsOf } from '../../drawing/theme/glyphs.ts';
import { fieldSpans } from '../dialogs/field-line.ts';
import { keyName } from '../keymap/keys.ts';
import { hitsOf } from '../panes/search.ts';
import { filterWords } from '../state/filter.ts';
import type { State } from '../state/model.ts';
import { shownHistory } from '../state/shown.ts';
import { footerCommands } from './lookup.ts';

/** One line: a notice, the search, or the keys that do something here. */
export function footerLine(state: State): Line {
  const { notice, search } = state;
  if (notice) {
    const style = notice.level === 'error' ? 'danger' : notice.level === 'warning' ? 'warning' : 'ok';
    return [
      {
        text: ` ${notice.level === 'info' ? glyphsOf(state.appearance.ascii).ok : glyphsOf(state.appearance.ascii).warning} ${notice.text}`,
        style,
      },
    ];
  }
  if (search && state.dialogs.length === 0) {
    const { count, at } = search.only ? { count: shownHistory(state).rows.length, at: 0 } : hitsOf(state);
    const found =
      search.field.text === ''
        ? ''
        : count === 0
          ? '  no matches'
          : `  ${at === 0 ? '' : `${at} of `}${count}`;
    const ways = !search.typing
      ? '   n next   N previous   Esc end'
      : search.pane === 'history'
        ? `   Enter keep   Tab ${search.only ? 'show all' : 'filter'}   Esc cancel`
        : '   Enter keep   Esc cancel';
    return [
      { text: search.only ? ' filter ' : ' / ', style: 'key' },
      ...(search.typing ? fieldSpans(search.field) : [{ text: search.field.text, style: 'strong' as const }]),
      { text: found, style: count === 0 ? 'warning' : 'dim' },
      {
        text: search.only && search.field.text === '' ? `  text or ${filterWords}${ways}` : ways,
        style: 'dim',
      },
    ];
  }
  return keysLine(state);
}

/** As many keys as fit; help and quit are always there. */
function keysLine(state: State): Line {
  const all = footerCommands(state).map(({ key, command }): Span[] => [
    { text: keyName(key), style: 'key' },
    { text: ` ${command.title}` },
  ]);
  const last = state.dialogs.length === 0 ? all.splice(-2) : [];
  const room = state.size.columns - 2 - last.reduce((sum, spans) => sum + widthOf(textOf(spans)) + 3, 0);
  const shown: Span[][] = [];
  let used = 0;
  for (const spans of all) {
    used += widthOf(textOf(spans)) + 3;
    if (used > room) break;
    shown.push(spans);
  }
  return [
    { text: ' ' },
    ...[...shown, ...last].flatMap((spans, index) => (index === 0 ? spans : [{ text: '   ' }, ...spans])),
  ];
}
