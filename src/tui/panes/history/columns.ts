import { absolute, briefAgo, duration } from '../../../drawing/text/time.ts';
import { clip, padTo, widthOf } from '../../../drawing/text/width.ts';
import { glyphsOf } from '../../../drawing/theme/glyphs.ts';
import type { Arrival, JournalEntry, RevisionRow } from '../../../engine/api.ts';
import type { HistoryColumn } from '../../settings.ts';
import { andThen, ask, type Change, only } from '../../state/effect.ts';
import { layoutOf, wideScreen } from '../../state/layout.ts';
import type { State } from '../../state/model.ts';

/*
 * Additional columns for every revision on wide screens.
 */

/** Minimum width of the names. */
const nameWidth = 38;

function widthIn(column: HistoryColumn, { absoluteTimes }: State): number {
  if (column === 'age') return absoluteTimes ? 10 : 4;
  return { author: 10, duration: 8, size: 8, contexts: 14 }[column];
}

const isWide = (state: State): boolean => state.size.columns >= wideScreen;

/** The columns that fit next to a history of this width, in order. */
export function columnsIn(state: State, columns: number): readonly HistoryColumn[] {
  if (!isWide(state)) return [];
  let left = columns - nameWidth;
  const journals = state.overview?.journal.state === 'on';
  return state.settings.columns.filter(column => {
    if (column === 'duration' && !journals) return false;
    if (column === 'contexts' && (state.overview?.project.contexts.length ?? 0) < 2) return false;
    left -= widthIn(column, state) + 1;
    return left >= 0;
  });
}

export const widthOfColumns = (columns: readonly HistoryColumn[], state: State): number =>
  columns.reduce((sum, column) => sum + widthIn(column, state) + 1, 0);

/** The columns of a revision at fixed widths, as one text, because every text node is measured. */
export function columnText(row: RevisionRow, columns: readonly HistoryColumn[], state: State): string {
  const { ellipsis } = glyphsOf(state.appearance.ascii);
  let line = '';
  for (const column of columns) {
    const width = widthIn(column, state);
    const text = clip(textOf(row, column, state), width, ellipsis);
    // Numbers are right-aligned, words left-aligned.
    line += isText(column) ? ` ${padTo(text, width)}` : ` ${' '.repeat(width - widthOf(text))}${text}`;
  }
  return line;
}

const isText = (column: HistoryColumn): boolean => column === 'author' || column === 'contexts';

function textOf(row: RevisionRow, column: HistoryColumn, state: State): string {
  const author = state.authors?.is === 'ready' ? state.authors.value[row.id] : undefined;
  switch (column) {
    case 'author':
      return author?.name ?? '';
    case 'age': {
      const at = row.appliedAt ?? author?.at ?? writtenAt(row.shortId);
      if (at === null) return '';
      // A column has space only for the date.
      return state.absoluteTimes ? absolute(at).slice(0, 10) : briefAgo(at, state.now);
    }
    case 'duration': {
      const entries = state.journal?.is === 'ready' ? state.journal.value : [];
      const ms = row.state === 'applied' ? durationsOf(entries).get(row.id) : undefined;
      return ms === undefined ? '' : duration(ms);
    }
    case 'size': {
      const statements = state.sizes?.is === 'ready' ? state.sizes.value[row.id] : undefined;
      return statements === undefined ? '' : `${statements} stmt${statements === 1 ? '' : 's'}`;
    }
    case 'contexts':
      return state.arrivals?.is === 'ready' ? (contextsOf(state.arrivals.value).get(row.id) ?? '') : '';
  }
}

const durations = new WeakMap<readonly JournalEntry[], ReadonlyMap<string, number>>();

/** Duration of the last `up` of each revision, ms. */
function durationsOf(entries: readonly JournalEntry[]): ReadonlyMap<string, number> {
  let known = durations.get(entries);
  if (!known) {
    known = new Map(
      entries.flatMap(({ revision, action, ms }) => (action === 'up' && ms !== null ? [[revision, ms]] : [])),
    );
    durations.set(entries, known);
  }
  return known;
}

const arrivals = new WeakMap<readonly Arrival[], ReadonlyMap<string, string>>();

/** The other contexts in which each revision is applied. */
function contextsOf(all: readonly Arrival[]): ReadonlyMap<string, string> {
  let known = arrivals.get(all);
  if (!known) {
    const found = new Map<string, string>();
    for (const { context, applied } of all) {
      for (const id of applied) found.set(id, found.has(id) ? `${found.get(id)} ${context}` : context);
    }
    known = found;
    arrivals.set(all, known);
  }
  return known;
}

/** The time in the digits of a name (UTC). */
function writtenAt(digits: string): string | null {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(digits) ?? [];
  const at = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  return year === undefined || Number.isNaN(Date.parse(at)) ? null : at;
}

/** Requests the data of the visible columns. */
export function loadColumns(state: State): Change {
  const rect = layoutOf(state).panes.history;
  if (!rect || !state.overview || state.link.is !== 'ready') return only(state);
  const columns = columnsIn(state, rect.width - 4);
  let change = only(state);
  if (columns.includes('age') || columns.includes('author')) change = andThen(change, load('authors'));
  // Without a journal there is no duration column.
  if (columns.includes('duration')) change = andThen(change, load('journal'));
  if (columns.includes('size')) change = andThen(change, load('sizes'));
  if (columns.includes('contexts')) change = andThen(change, load('arrivals'));
  return change;
}

const load =
  (call: 'authors' | 'journal' | 'sizes' | 'arrivals') =>
  (state: State): Change => {
    if (state[call] !== null) return only(state);
    const [asked, ticket, effect] = ask(state, { call, args: [] });
    return [{ ...asked, [call]: { is: 'loading', ticket } }, [effect]];
  };
