import type { Command } from '../keymap/command.ts';
import type { Change } from '../state/effect.ts';
import { cursorId } from '../state/filtering.ts';
import { type Pane, panes, type State } from '../state/model.ts';
import { focusOn, moveTo } from '../state/moving.ts';
import { lengthOf, pendingIds } from '../state/select.ts';
import { shownHistory } from '../state/shown.ts';
import { notified } from '../state/stack.ts';
import { whyUnknown } from '../state/why-not.ts';

const titles: Readonly<Record<Pane, string>> = {
  current: 'Current',
  history: 'History',
  pending: 'Pending',
  detail: 'Detail',
  log: 'Log',
};

const focusing: readonly Command[] = panes.map((pane, index) => ({
  id: `focus-${pane}`,
  keys: [String(index + 1)],
  where: ['panes'],
  title: titles[pane],
  about: `go to the ${titles[pane]} pane`,
  group: 'Move',
  run: state => focusOn(state, pane),
}));

const hidden = 'hidden by the filter: Esc clears it';

/** Moves the history's cursor to a revision. */
export function goTo(state: State, id: string | undefined, otherwise: string): Change {
  const row = id === undefined ? undefined : shownHistory(state).index.get(id);
  if (row === undefined) return notified(state, id === undefined ? otherwise : hidden);
  return moveTo({ ...state, focus: 'history' }, 'history', row);
}

/** The next row below the cursor (wrapping around) whose revision matches. */
function nextRow(state: State, wanted: (index: number) => boolean, otherwise: string): Change {
  const length = lengthOf(state, 'history');
  const from = state.positions.history.cursor;
  for (let step = 1; step <= length; step++) {
    const index = (from + step) % length;
    if (wanted(index)) return moveTo({ ...state, focus: 'history' }, 'history', index);
  }
  return notified(state, state.filter === '' ? otherwise : `${otherwise}, or hidden by the filter`);
}

/** In run order, which is not the order of the rows. */
function nextPending(state: State): Change {
  const ids = pendingIds(state);
  const at = state.focus === 'history' ? ids.indexOf(cursorId(state) ?? '') : -1;
  return goTo(state, ids[(at + 1) % Math.max(1, ids.length)], whyUnknown(state) ?? 'no pending revisions');
}

const among = (state: State, ids: readonly string[], otherwise: string): Change => {
  const { index } = shownHistory(state);
  const rows = new Set(ids.map(id => index.get(id)));
  return nextRow(state, row => rows.has(row), otherwise);
};

/** Jumps to a pane, or to a notable revision. */
export const jumpingCommands: readonly Command[] = [
  ...focusing,
  {
    id: 'to-current',
    keys: ['.'],
    where: ['panes'],
    title: 'current',
    about: 'jump to the current revision',
    group: 'Move',
    run: state => among(state, state.overview?.current ?? [], whyUnknown(state) ?? 'nothing is applied yet'),
  },
  {
    id: 'to-head',
    keys: ['H'],
    where: ['panes'],
    title: 'head',
    about: 'jump to the next head',
    group: 'Move',
    run: state => among(state, state.overview?.heads ?? [], 'no revisions yet'),
  },
  {
    id: 'to-next-pending',
    keys: ['p'],
    where: ['panes'],
    title: 'next pending',
    about: 'jump to the next pending revision',
    group: 'Move',
    run: nextPending,
  },
  {
    id: 'to-branch',
    keys: ['b'],
    where: ['panes'],
    title: 'branch point',
    about: 'jump to the next branch point',
    group: 'Move',
    run: state =>
      nextRow(
        state,
        row => shownHistory(state).rows[row]?.marks.includes('branchpoint') ?? false,
        'no branch points',
      ),
  },
];
