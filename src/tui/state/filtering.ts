import type { Overview } from '../../engine/api.ts';
import type { Change } from './effect.ts';
import { wantDetail } from './loading.ts';
import type { State } from './model.ts';
import { clampAll } from './moving.ts';
import { linesOf, revisionAt } from './select.ts';
import { shownHistory } from './shown.ts';

/**
 * Shows the rows that match a filter; all rows for an empty one. The cursor stays on its revision, on the
 * same line of the screen; if that is hidden, on the next older visible one.
 * @param anchor the revision to stay on; default: the selected one
 */
export function setFilter(state: State, filter: string, anchor = cursorId(state)): Change {
  if (filter === state.filter) return [state, []];
  return wantDetail(keepOn(state, { ...state, filter, detailScroll: { top: 0, left: 0 } }, anchor));
}

export const cursorId = (state: State): string | null =>
  revisionAt(state, 'history', state.positions.history.cursor);

/**
 * `after` with its history's cursor on a revision, at the same distance from the top as the cursor of
 * `before`.
 */
export function keepOn(before: State, after: State, id: string | null): State {
  const { cursor, top } = before.positions.history;
  const offset = linesOf(before, 'history').lineOf(cursor) - top;
  const row = id === null || !after.overview ? 0 : nearest(after, after.overview, id);
  const line = linesOf(after, 'history').lineOf(row);
  const history = { cursor: row, top: Math.max(0, line - offset) };
  return clampAll({ ...after, positions: { ...after.positions, history } });
}

/** The row of a revision; of the next older visible one if it is hidden, else of the last. */
function nearest(state: State, overview: Overview, id: string): number {
  const { index, rows } = shownHistory(state);
  const here = index.get(id);
  if (here !== undefined) return here;
  const from = overview.revisions.findIndex(row => row.id === id);
  if (from < 0) return 0;
  for (const row of overview.revisions.slice(from)) {
    const older = index.get(row.id);
    if (older !== undefined) return older;
  }
  return Math.max(0, rows.length - 1);
}
