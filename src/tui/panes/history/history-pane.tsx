import type { ReactNode } from 'react';
import { failureLines } from '../../../drawing/text/failure.ts';
import { type Line, type Span, textOf } from '../../../drawing/text/span.ts';
import { widthOf } from '../../../drawing/text/width.ts';
import { glyphsOf } from '../../../drawing/theme/glyphs.ts';
import { themeOf } from '../../../drawing/theme/theme.ts';
import type { Overview, RevisionRow } from '../../../engine/api.ts';
import { filterKeywords, folded, textIn } from '../../state/filter.ts';
import { layoutOf, type Rect } from '../../state/layout.ts';
import type { State } from '../../state/model.ts';
import { linesOf } from '../../state/select.ts';
import { shownHistory } from '../../state/shown.ts';
import { Frame } from '../frame.tsx';
import { drawLine, drawRow, fittingName, flagSpans, markHits, wantedIn } from '../rows.ts';
import { waitingLine } from '../waiting.ts';
import { columnsIn, columnText, widthOfColumns } from './columns.ts';
import { graphLines } from './graph-lines.ts';

/** The graph of revisions, newest first. */
export function HistoryPane({ state, rect }: { readonly state: State; readonly rect: Rect }): ReactNode {
  const focused = state.focus === 'history' && state.dialogs.length === 0;
  const { cursor, top } = state.positions.history;
  const shown = shownHistory(state).rows.length;
  const total = state.overview?.revisions.length ?? 0;
  const visible = rect.height - 2;
  return (
    <Frame
      rect={rect}
      title={[{ text: '2 ', style: 'key' }, ...titleOf(state.filter, rect.width)]}
      right={
        state.filter !== ''
          ? [{ text: `${shown} of ${total}`, style: 'warning' }]
          : total > 0
            ? [...legend(state, rect.width), { text: `${cursor + 1}/${total}`, style: 'dim' }]
            : []
      }
      focused={focused}
      theme={themeOf(state.appearance.theme, state.appearance.depth)}
      ascii={state.appearance.ascii}
      scroll={{ top, visible, count: linesOf(state, 'history').count }}
      lines={historyLines(state, rect.width - 4, visible, focused)}
    />
  );
}

/** The legend for inferred links, if there are any and it fits. */
function legend({ overview, appearance }: State, columns: number): Line {
  if (columns < 40 || !overview || !hasInferred(overview)) return [];
  return [{ text: `${glyphsOf(appearance.ascii).inferred} inferred  `, style: 'dim' }];
}

const inferred = new WeakMap<Overview, boolean>();

function hasInferred(overview: Overview): boolean {
  let known = inferred.get(overview);
  if (known === undefined) {
    known = overview.revisions.some(row => row.inferred);
    inferred.set(overview, known);
  }
  return known;
}

/** If there is little space, the filter replaces the pane's title. */
function titleOf(filter: string, columns: number): Line {
  if (filter === '') return [{ text: 'History' }];
  const label: Span = { text: filter === folded ? 'folded' : `filter "${filter}"`, style: 'warning' };
  return columns < widthOf(label.text) + 32 ? [label] : [{ text: 'History  ' }, label];
}

/** Maximum number of drawn lanes, so that the names have enough space. */
const lanesIn = (columns: number): number => Math.max(3, Math.min(16, Math.floor(columns / 7)));

/** Why the project cannot be opened, where the Detail pane, which shows it, has no space. */
function hiddenFailure(state: State, columns: number): readonly Line[] {
  const detail = layoutOf(state).panes.detail;
  if (!state.overviewFailure || (detail && detail.height > 2)) return [];
  return [
    [],
    ...failureLines(state.overviewFailure, columns),
    [],
    [{ text: 'Press r to retry.', style: 'accent' }],
  ];
}

function historyLines(state: State, columns: number, visible: number, focused: boolean): string[] {
  const { overview, appearance } = state;
  if (!overview)
    return [waitingLine(state), ...hiddenFailure(state, columns)].map(text => drawLine(text, columns, state));
  if (overview.revisions.length === 0) {
    return [drawLine([{ text: 'no revisions yet: press n to create one', style: 'dim' }], columns, state)];
  }
  const shown = shownHistory(state);
  if (shown.rows.length === 0) {
    return [
      drawLine([{ text: 'no matching revisions', style: 'warning' }], columns, state),
      drawLine([{ text: `Filter by text, or ${filterKeywords}`, style: 'dim' }], columns, state),
    ];
  }
  const { cursor, top } = state.positions.history;
  const wanted = wantedIn(state, 'history') || textIn(state.filter);
  const current = new Set(overview.current);
  const shownColumns = columnsIn(state, columns);
  const besideWidth = widthOfColumns(shownColumns, state);
  return graphLines(shown, current, top, top + visible, appearance.ascii, lanesIn(columns)).map(one => {
    const row = shown.rows[one.row];
    if (!one.node || !row) return drawRow(one.spans, columns, state, { selected: false, focused });
    const lanes: Line = [...one.spans, { text: ' ' }];
    const available = columns - 2 - widthOf(textOf(lanes)) - besideWidth;
    const named = namedRow(row, available, columns, wanted, appearance.ascii, shown.hidden.get(row.id) ?? 0);
    const beside: Line =
      besideWidth === 0
        ? []
        : [
            {
              text:
                ' '.repeat(Math.max(0, available - widthOf(textOf(named)))) +
                columnText(row, shownColumns, state),
              style: 'dim',
            },
          ];
    return drawRow([...lanes, ...named, ...beside], columns, state, {
      selected: one.row === cursor,
      focused,
    });
  });
}

/** The name with its important tags, for which it is truncated, and the other tags if they fit completely. */
function namedRow(
  row: RevisionRow,
  available: number,
  columns: number,
  wanted: string,
  ascii: boolean,
  hidden: number,
): Line {
  const all = [...flagSpans(row, ascii), ...marks(row)];
  const tags = leastName + widthOf(textOf(all)) <= available ? all : all.filter(tag => tag !== currentTag);
  const flags = [...tags, ...hiddenSpans(hidden, available - leastName - widthOf(textOf(tags)), ascii)];
  const forName = Math.max(leastName, available - widthOf(textOf(flags)));
  const name = fittingName(row, forName, columns, ascii);
  let left = available - widthOf(textOf([...name, ...flags]));
  const labels = row.marks.includes('head')
    ? row.labels
        .map((label): Span => ({ text: ` ${label}`, style: 'accent' }))
        .filter(tag => {
          const width = widthOf(tag.text);
          if (width > left) return false;
          left -= width;
          return true;
        })
    : [];
  return [...markHits(name, wanted), ...flags, ...labels];
}

/** Minimum width of a name next to its tags. */
const leastName = 12;

/** In a folded graph, the number of revisions hidden below a row: ` … 12 revisions`, or ` … 12` if it does not fit. */
function hiddenSpans(count: number, available: number, ascii: boolean): Span[] {
  if (count === 0) return [];
  const short = ` ${ascii ? '...' : '…'} ${count}`;
  const text = `${short} ${count === 1 ? 'revision' : 'revisions'}`;
  return [{ text: widthOf(text) <= available ? text : short, style: 'dim' }];
}

/** Left out where it does not fit: the arrow in front of the name says the same. */
const currentTag: Span = { text: ' (current)', style: 'applied' };

function marks(row: RevisionRow): Span[] {
  const shown: Span[] = [];
  if (row.marks.includes('head')) shown.push({ text: ' (head)', style: 'pending' });
  if (row.marks.includes('current')) shown.push(currentTag);
  return shown;
}
