import { type Change, only } from '../../state/effect.ts';
import { layoutOf } from '../../state/layout.ts';
import type { State } from '../../state/model.ts';
import { selectedId, visibleLines } from '../../state/select.ts';
import { notified } from '../../state/stack.ts';
import { type Content, contentOf } from './tab.ts';
import { tabOf } from './tabs.ts';

/** The current contents of the Detail pane. */
export function detailContent(state: State): Content {
  const id = selectedId(state);
  const columns = Math.max(10, (layoutOf(state).panes.detail?.width ?? state.size.columns) - 4);
  return id === null ? contentOf([]) : tabOf(state.tab).content(state, id, columns);
}

export function scrollDetailTo(state: State, top: number): Change {
  const most = Math.max(0, detailContent(state).length - visibleLines(state, 'detail'));
  return only({ ...state, detailScroll: { ...state.detailScroll, top: Math.max(0, Math.min(top, most)) } });
}

export const scrollDetail = (state: State, rows: number): Change =>
  scrollDetailTo(state, state.detailScroll.top + rows);

/** Scrolls the Detail or Log pane horizontally. */
export function sideways(state: State, columns: number): Change {
  if (state.focus === 'log') return only({ ...state, logLeft: Math.max(0, state.logLeft + columns) });
  if (tabOf(state.tab).isWrapped?.(state))
    return notified(state, 'Lines are wrapped. o shows them as they are in the file.');
  return only({
    ...state,
    detailScroll: { ...state.detailScroll, left: Math.max(0, state.detailScroll.left + columns) },
  });
}
