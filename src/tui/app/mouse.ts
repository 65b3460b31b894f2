import { placeDialog } from '../dialogs/place.ts';
import { scrollDialog } from '../dialogs/scrolling.ts';
import { keyAt } from '../keymap/keys.ts';
import { scrollDetail } from '../panes/detail/scrolling.ts';
import { tabAtColumn } from '../panes/detail/tab-bar.ts';
import { andThen, type Change, only } from '../state/effect.ts';
import { layoutOf, paneAt } from '../state/layout.ts';
import { wantDetail } from '../state/loading.ts';
import type { Message } from '../state/message.ts';
import type { Pane, State } from '../state/model.ts';
import { focusOn, moveTo, scrollBy } from '../state/moving.ts';
import { lengthOf, linesOf } from '../state/select.ts';
import { topDialog } from '../state/stack.ts';
import { footerLine } from './footer-line.ts';
import { typeOf } from './registry.ts';

/** Number of rows scrolled per wheel step. */
const wheel = 3;

type Pointed = Extract<Message, { type: 'mouse' }>;

/**
 * A click or a wheel step. Cells are counted from 0.
 * @param press handles a key
 */
export function pointed(state: State, event: Pointed, press: (state: State, key: string) => Change): Change {
  if (!state.mouse) return only(state);
  if (event.kind === 'press' && event.y === state.size.rows - 1) {
    const key = keyAt(footerLine(state), event.x);
    return key === null ? only(state) : press(state, key);
  }
  const rows = event.kind === 'wheel-down' ? wheel : event.kind === 'wheel-up' ? -wheel : 0;
  if (state.dialogs.length > 0)
    return rows === 0 ? clickDialog(state, event, press) : scrollDialog(state, rows, typeOf);
  const layout = layoutOf(state);
  const pane = paneAt(layout, event.x, event.y);
  const rect = pane && layout.panes[pane];
  if (!pane || !rect) return only(state);
  if (rows !== 0) return pane === 'detail' ? scrollDetail(state, rows) : scrollBy(state, pane, rows);
  return andThen(focusOn(state, pane), focused =>
    clickPane(focused, pane, event.x - rect.x, event.y - rect.y - 1),
  );
}

/** @param x column and @param y row inside the border */
function clickPane(state: State, pane: Pane, x: number, y: number): Change {
  if (y < 0) return only(state);
  if (pane === 'detail') {
    const tab = y === 1 ? tabAtColumn(state, x - 2) : null;
    return tab === null ? only(state) : wantDetail({ ...state, tab, detailScroll: { top: 0, left: 0 } });
  }
  const row = linesOf(state, pane).rowOf(state.positions[pane].top + y);
  return row < lengthOf(state, pane) ? moveTo(state, pane, row) : only(state);
}

function clickDialog(state: State, { x, y }: Pointed, press: (state: State, key: string) => Change): Change {
  const dialog = topDialog(state);
  if (!dialog) return only(state);
  const { rect, head, top, body, bodyRows, foot } = placeDialog(state, dialog, typeOf(dialog));
  const row = y - rect.y - 1 - head.length;
  if (x < rect.x || x >= rect.x + rect.width || row < 0) return only(state);
  if (row >= bodyRows) {
    const key = keyAt(foot[row - bodyRows] ?? [], x - rect.x - 2);
    return key === null ? only(state) : press(state, key);
  }
  if (top + row >= body.length) return only(state);
  return typeOf(dialog).clicked?.(dialog, top + row, state) ?? only(state);
}
