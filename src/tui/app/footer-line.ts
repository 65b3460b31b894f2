import type { TextField } from '../../drawing/text/field.ts';
import { type Line, type Span, textOf } from '../../drawing/text/span.ts';
import { widthOf } from '../../drawing/text/width.ts';
import { glyphsOf } from '../../drawing/theme/glyphs.ts';
import { fieldSpans } from '../dialogs/field-line.ts';
import { foundIn } from '../dialogs/finding.ts';
import { keyName } from '../keymap/keys.ts';
import { hitsOf } from '../panes/search.ts';
import { filterKeywords } from '../state/filter.ts';
import type { State } from '../state/model.ts';
import { shownHistory } from '../state/shown.ts';
import { topDialog } from '../state/stack.ts';
import { footerCommands } from './lookup.ts';
import { typeOf } from './registry.ts';

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
  const dialog = topDialog(state);
  if (dialog?.finding) {
    const { field, typing } = dialog.finding;
    const ways = typing ? '   Enter keep   Esc cancel' : searchWays;
    return promptLine({ name: ' / ', field, typing, ...foundIn(state, dialog, typeOf), ways });
  }
  if (search && state.dialogs.length === 0) {
    const { count, at } = search.only ? { count: shownHistory(state).rows.length, at: 0 } : hitsOf(state);
    const ways = !search.typing
      ? searchWays
      : search.pane === 'history'
        ? `   Enter keep   Tab ${search.only ? 'show all' : 'filter'}   Esc cancel`
        : '   Enter keep   Esc cancel';
    const { field, typing, only } = search;
    const hint = only && field.text === '' ? `   text or ${filterKeywords}` : '';
    return promptLine({ name: only ? ' filter ' : ' / ', field, typing, count, at, ways: `${ways}${hint}` });
  }
  return keysLine(state);
}

const searchWays = '   n next   N previous   Esc end';

interface Prompt {
  readonly name: string;
  readonly field: TextField;
  readonly typing: boolean;
  /** Number of hits, and the one at the cursor (1-based, 0 for none). */
  readonly count: number;
  readonly at: number;
  readonly ways: string;
}

function promptLine({ name, field, typing, count, at, ways }: Prompt): Line {
  const found =
    field.text === '' ? '' : count === 0 ? '  no matches' : `  ${at === 0 ? '' : `${at} of `}${count}`;
  return [
    { text: name, style: 'key' },
    ...(typing ? fieldSpans(field) : [{ text: field.text, style: 'strong' as const }]),
    { text: found, style: count === 0 ? 'warning' : 'dim' },
    { text: ways, style: 'dim' },
  ];
}

/** As many keys as fit; help and quit are always there, and in a dialog the key that closes it. */
function keysLine(state: State): Line {
  const offered = footerCommands(state);
  const all = offered.map(({ key, command }): Span[] => [
    { text: keyName(key), style: 'key' },
    { text: ` ${command.title}` },
  ]);
  const dialog = topDialog(state);
  const keepsEsc = dialog && !typeOf(dialog).showsEsc?.(dialog) && offered.at(-1)?.command.id === 'leave';
  const last = dialog ? (keepsEsc ? all.splice(-1) : []) : all.splice(-2);
  const available = state.size.columns - 2 - last.reduce((sum, spans) => sum + widthOf(textOf(spans)) + 3, 0);
  const shown: Span[][] = [];
  let used = 0;
  for (const spans of all) {
    used += widthOf(textOf(spans)) + 3;
    if (used > available) break;
    shown.push(spans);
  }
  return [
    { text: ' ' },
    ...[...shown, ...last].flatMap((spans, index) => (index === 0 ? spans : [{ text: '   ' }, ...spans])),
  ];
}
