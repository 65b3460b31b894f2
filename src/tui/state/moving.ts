import { type Change, only } from './effect.ts';
import { wantDetail } from './loading.ts';
import type { Pane, Position, RevisionPane, State } from './model.ts';
import { type Lines, lengthOf, linesOf, selectedId, visibleLines } from './select.ts';

type List = Exclude<Pane, 'detail'>;

/** Minimum number of visible lines above and below the cursor. */
const margin = 2;

export const isRevisionPane = (pane: Pane): pane is RevisionPane =>
  pane === 'current' || pane === 'history' || pane === 'pending';

/** `position` with its cursor on an existing row, visible in `visible` lines. */
export function clampPosition(position: Position, rows: number, lines: Lines, visible: number): Position {
  const cursor = Math.max(0, Math.min(rows - 1, position.cursor));
  const at = lines.lineOf(cursor);
  const gap = gapOf(visible);
  const top = Math.max(at - Math.max(0, visible - 1 - gap), Math.min(at - gap, position.top));
  return { cursor, top: Math.max(0, Math.min(top, lines.count - visible)) };
}

const gapOf = (visible: number): number => Math.min(margin, Math.max(0, Math.floor((visible - 1) / 2)));

const clamp = (state: State, pane: List, position: Position): Position =>
  clampPosition(
    position,
    lengthOf(state, pane),
    linesOf(state, pane),
    Math.max(1, visibleLines(state, pane)),
  );

/** Moves the cursor of a list to a row. */
export function moveTo(state: State, pane: List, row: number): Change {
  const position = clamp(state, pane, { ...state.positions[pane], cursor: row });
  const moved: State = {
    ...state,
    positions: { ...state.positions, [pane]: position },
    ...(pane === 'log' && { following: position.cursor >= lengthOf(state, pane) - 1 }),
  };
  return isRevisionPane(pane) ? follow({ ...moved, list: pane }, selectedId(state)) : only(moved);
}

export const moveBy = (state: State, pane: List, rows: number): Change =>
  moveTo(state, pane, state.positions[pane].cursor + rows);

/** Scrolls a list by lines; the cursor moves only if it would leave the screen. */
export function scrollBy(state: State, pane: List, by: number): Change {
  const lines = linesOf(state, pane);
  const visible = visibleLines(state, pane);
  const { cursor, top } = state.positions[pane];
  const next = Math.max(0, Math.min(top + by, lines.count - visible));
  const gap = gapOf(visible);
  const low = next === 0 ? 0 : lines.rowOf(next + gap);
  const high =
    next >= lines.count - visible ? lengthOf(state, pane) - 1 : lines.rowOf(next + visible - 1 - gap);
  const moved = {
    ...state,
    positions: { ...state.positions, [pane]: { top: next, cursor: Math.max(low, Math.min(high, cursor)) } },
  };
  return moveTo(moved, pane, moved.positions[pane].cursor);
}

export function focusOn(state: State, pane: Pane): Change {
  const focused: State = { ...state, focus: pane };
  const clamped = clampAll(focused);
  return isRevisionPane(pane) ? follow({ ...clamped, list: pane }, selectedId(state)) : only(clamped);
}

/** Corrects the cursor of every list after the rows or the space changed. */
export function clampAll(state: State): State {
  const last = lengthOf(state, 'log') - 1;
  const { current, history, pending, log } = state.positions;
  return {
    ...state,
    positions: {
      current: clamp(state, 'current', current),
      history: clamp(state, 'history', history),
      pending: clamp(state, 'pending', pending),
      log: clamp(state, 'log', state.following ? { cursor: last, top: last + 1 } : log),
    },
  };
}

/** The Detail pane follows the cursor; a new revision starts at its first line. */
function follow(state: State, before: string | null): Change {
  if (selectedId(state) === before) return wantDetail(state);
  return wantDetail({ ...state, detailScroll: { top: 0, left: 0 } });
}
