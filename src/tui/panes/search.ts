import { edit, emptyField, fieldOf, insert, type TextField } from '../../drawing/text/field.ts';
import { textOf } from '../../drawing/text/span.ts';
import { andThen, type Change, only } from '../state/effect.ts';
import { cursorId, setFilter } from '../state/filtering.ts';
import type { Pane, Search, State } from '../state/model.ts';
import { focusOn, moveTo } from '../state/moving.ts';
import { lengthOf, nameOf, revisionAt, rowsById, visibleLines } from '../state/select.ts';
import { notified } from '../state/stack.ts';
import { detailContent } from './detail/scrolling.ts';

/** Maximum number of Detail rows that are searched. */
const mostLines = 20_000;

const begun = (state: State, pane: Pane): Search => ({
  pane,
  field: emptyField,
  typing: true,
  from: positionOf(state, pane),
  only: false,
  before: { filter: state.filter, id: cursorId(state) },
});

export const beginSearch = (state: State): Change => only({ ...state, search: begun(state, state.focus) });

/** Opens the filter of the history for editing. */
export const beginFilter = (state: State): Change =>
  andThen(focusOn(state, 'history'), next =>
    only({ ...next, search: { ...begun(next, 'history'), only: true, field: fieldOf(state.filter) } }),
  );

/** Hits only, or all rows with hits marked: for the history, while it is searched. */
export function toggleOnly(state: State): Change {
  const { search } = state;
  if (search?.pane !== 'history') return notified(state, 'only the History pane can be filtered', 'warning');
  if (search.only) return setFilter({ ...state, search: { ...search, only: false } }, '', search.before.id);
  return searchFor({ ...state, search: { ...search, only: true } }, search.field);
}

export const endSearch = (state: State): State => ({ ...state, search: null });

const positionOf = (state: State, pane: Pane) =>
  pane === 'detail' ? { cursor: state.detailScroll.top, top: state.detailScroll.top } : state.positions[pane];

/** A key while the search text is typed. */
export function typeSearch(state: State, key: string): Change {
  const { search } = state;
  if (!search) return only(state);
  if (key === 'tab') return toggleOnly(state);
  if (key === 'esc') {
    const { filter, id } = search.before;
    if (filter !== state.filter || search.only) return setFilter(endSearch(state), filter, id);
    return goToRow(endSearch(state), search.pane, search.from.cursor);
  }
  // The typed text is now the filter, and every row is a hit.
  if (key === 'enter' && search.only) return only(endSearch(state));
  if (key === 'enter')
    return only(
      search.field.text === '' ? endSearch(state) : { ...state, search: { ...search, typing: false } },
    );
  if (key === 'down' || key === 'up') return nextHit(state, key === 'down' ? 1 : -1);
  const field = edit(search.field, key);
  return field ? searchFor(state, field) : only(state);
}

export const pasteSearch = (state: State, text: string): Change =>
  state.search ? searchFor(state, insert(state.search.field, text)) : only(state);

/** The first hit at or after the start of the search. */
function searchFor(state: State, field: TextField): Change {
  if (!state.search) return only(state);
  const search = { ...state.search, field };
  const next: State = { ...state, search };
  if (search.only) return setFilter(next, field.text.trim(), search.before.id);
  const row = field.text === '' ? search.from.cursor : findFrom(next, search.pane, search.from.cursor, 1);
  return row === null ? only(next) : goToRow(next, search.pane, row);
}

export function nextHit(state: State, by: 1 | -1): Change {
  const { search } = state;
  if (!search) return only(state);
  const row = findFrom(state, search.pane, positionOf(state, search.pane).cursor + by, by);
  return row === null ? only(state) : goToRow(state, search.pane, row);
}

function goToRow(state: State, pane: Pane, row: number): Change {
  if (pane !== 'detail') return moveTo(state, pane, row);
  const most = Math.max(0, detailContent(state).length - visibleLines(state, 'detail'));
  return only({ ...state, detailScroll: { ...state.detailScroll, top: Math.min(row, most) } });
}

/** The row of the next hit, wrapping around; null if there is none. */
function findFrom(state: State, pane: Pane, from: number, by: 1 | -1): number | null {
  const wanted = state.search?.field.text.toLowerCase() ?? '';
  const length = pane === 'detail' ? Math.min(mostLines, detailContent(state).length) : lengthOf(state, pane);
  const text = textsOf(state, pane);
  for (let step = 0; step < length; step++) {
    const row = (((from + step * by) % length) + length) % length;
    if (text(row).toLowerCase().includes(wanted)) return row;
  }
  return null;
}

function textsOf(state: State, pane: Pane): (row: number) => string {
  if (pane === 'log') return row => state.log[row]?.text ?? '';
  if (pane === 'detail') {
    const content = detailContent(state);
    return row => textOf(content.line(row));
  }
  return row => {
    const id = revisionAt(state, pane, row);
    if (id === null || !state.overview) return '';
    return `${id} ${nameOf(state, id)} ${rowsById(state.overview).get(id)?.labels.join(' ') ?? ''}`;
  };
}

/** Number of hits in the pane, and the one at the cursor (1-based, 0 for none). */
export function hitsOf(state: State): { readonly count: number; readonly at: number } {
  const { search } = state;
  if (!search || search.field.text === '') return { count: 0, at: 0 };
  const wanted = search.field.text.toLowerCase();
  const length =
    search.pane === 'detail'
      ? Math.min(mostLines, detailContent(state).length)
      : lengthOf(state, search.pane);
  const text = textsOf(state, search.pane);
  const cursor = positionOf(state, search.pane).cursor;
  let count = 0;
  let at = 0;
  for (let row = 0; row < length; row++) {
    if (!text(row).toLowerCase().includes(wanted)) continue;
    count++;
    if (row === cursor) at = count;
  }
  return { count, at };
}
