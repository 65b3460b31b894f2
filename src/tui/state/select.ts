import type { Overview, RevisionRow } from '../../engine/api.ts';
import { fleetRuns } from './fleet.ts';
import { graphOf } from './graph.ts';
import { layoutOf } from './layout.ts';
import type { Pane, RevisionPane, State } from './model.ts';
import { isRunning } from './run.ts';
import { shownHistory } from './shown.ts';

const none: readonly string[] = [];

const rowMaps = new WeakMap<Overview, ReadonlyMap<string, RevisionRow>>();

/** The revisions of a status by id. */
export function rowsById(overview: Overview): ReadonlyMap<string, RevisionRow> {
  let map = rowMaps.get(overview);
  if (!map) {
    map = new Map(overview.revisions.map(row => [row.id, row]));
    rowMaps.set(overview, map);
  }
  return map;
}

/** Number of rows in a list pane. */
export function lengthOf(state: State, pane: Exclude<Pane, 'detail'>): number {
  switch (pane) {
    case 'history':
      return shownHistory(state).rows.length;
    case 'current':
      return state.overview?.current.length ?? 0;
    case 'pending':
      return state.overview?.pending.length ?? 0;
    case 'log':
      return state.log.length;
  }
}

/** The revision in a row of a pane. */
export function revisionAt(state: State, pane: RevisionPane, index: number): string | null {
  const { overview } = state;
  if (!overview) return null;
  if (pane === 'history') return shownHistory(state).rows[index]?.id ?? null;
  return (pane === 'current' ? overview.current : overview.pending)[index] ?? null;
}

/** The revision in the Detail pane: the selected one of the list that was used last. */
export function selectedId(state: State): string | null {
  return revisionAt(state, state.list, state.positions[state.list].cursor);
}

export function selectedRow(state: State): RevisionRow | null {
  const id = selectedId(state);
  return (id !== null && state.overview && rowsById(state.overview).get(id)) || null;
}

/** Number of lines per revision in the Current pane: with its date, or without if there is little space. */
export function linesPerTip(state: State): number {
  const rect = layoutOf(state).panes.current;
  return rect && rect.height - 3 >= 2 * Math.min(3, Math.max(1, state.overview?.current.length ?? 1)) ? 2 : 1;
}

/** The mapping of list rows to lines: a revision may take several. */
export interface Lines {
  readonly count: number;
  lineOf(row: number): number;
  rowOf(line: number): number;
}

export function linesOf(state: State, pane: Exclude<Pane, 'detail'>): Lines {
  const rows = lengthOf(state, pane);
  if (pane === 'history' && state.overview) {
    const { lineOf, rowOf } = graphOf(shownHistory(state));
    return {
      count: rowOf.length,
      lineOf: row => lineOf[row] ?? 0,
      rowOf: line => rowOf[line] ?? Math.max(0, rows - 1),
    };
  }
  const each = pane === 'current' ? linesPerTip(state) : 1;
  return { count: rows * each, lineOf: row => row * each, rowOf: line => Math.floor(line / each) };
}

/** Number of visible lines of a pane. */
export function visibleLines(state: State, pane: Pane): number {
  const rect = layoutOf(state).panes[pane];
  if (!rect || rect.height < 3) return 0;
  const inside = rect.height - 2;
  if (pane === 'detail') return Math.max(1, inside - detailHead);
  if (pane === 'current') return Math.max(1, inside - 1);
  return inside;
}

/** Lines above the text of the Detail pane: the summary, the tabs, the line under them. */
export const detailHead = 3;

/** The short name: the digits, or the id if there are none. */
export function shortName(row: RevisionRow): string {
  return row.slug === '' || row.shortId === row.slug ? row.id : `${row.shortId} ${row.slug}`;
}

export function nameOf(state: State, id: string): string {
  const row = state.overview && rowsById(state.overview).get(id);
  return row ? shortName(row) : id;
}

/** A run of this database or of the fleet is in progress. */
export const anyRuns = ({ run, fleet }: State): boolean => isRunning(run) || fleetRuns(fleet);

/** Whether anything on the screen is animated. */
export function isBusy(state: State): boolean {
  return (
    state.link.is === 'starting' ||
    state.link.is === 'restarting' ||
    state.overviewTicket !== null ||
    anyRuns(state) ||
    state.task !== null ||
    state.dialogs.some(dialog => dialog.loaded?.is === 'loading')
  );
}

export const pendingIds = (state: State): readonly string[] => state.overview?.pending ?? none;

/** The contexts of the config, from the project or from the failure to open it. */
export function contextsOf({ known, overviewFailure }: State): readonly string[] {
  if (known) return known.project.contexts;
  const offered = overviewFailure?.code === 'wrong-driver' || overviewFailure?.code === 'unknown-context';
  return offered ? (overviewFailure.candidates ?? []) : [];
}
