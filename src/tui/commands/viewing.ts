import { openCheck } from '../dialogs/check.ts';
import { openJournal } from '../dialogs/journal.ts';
import type { Command } from '../keymap/command.ts';
import { tabOf } from '../panes/detail/tabs.ts';
import { beginFilter, beginSearch, endSearch, nextHit } from '../panes/search.ts';
import { commandOf, here } from '../state/command-line.ts';
import { type Change, only } from '../state/effect.ts';
import { folded } from '../state/filter.ts';
import { setFilter } from '../state/filtering.ts';
import { reload } from '../state/link.ts';
import { toggleBookkeeping } from '../state/log.ts';
import type { State } from '../state/model.ts';
import { clampAll } from '../state/moving.ts';
import { selectedId } from '../state/select.ts';
import { copied, copiedText, notified } from '../state/stack.ts';

function copy(state: State): Change {
  if (state.focus === 'log') {
    const entry = state.log[state.positions.log.cursor];
    return entry ? copied(state, entry.text, 'the line') : only(state);
  }
  const id = selectedId(state);
  if (id === null) return notified(state, 'nothing to copy here');
  if (state.focus !== 'detail') return copied(state, id, id);
  const text = tabOf(state.tab).copy?.(state, id) ?? null;
  return text === null || text === ''
    ? notified(state, 'nothing to copy here')
    : copied(state, text, tabOf(state.tab).title(state, id));
}

const whyNotReload = (state: State): string | null => {
  if (state.run && state.run.endedAt === null) return 'a run is in progress';
  return state.link.is === 'restarting' ? 'already reloading' : null;
};

export const viewingCommands: readonly Command[] = [
  {
    id: 'search',
    keys: ['/'],
    where: ['panes'],
    title: 'search',
    about: 'search in this pane',
    group: 'Look',
    footer: 30,
    keyOnly: true,
    run: beginSearch,
  },
  {
    id: 'filter',
    keys: ['f'],
    where: ['panes'],
    title: 'filter',
    about: 'show only matching revisions: text, is:pending, is:head, label:chat',
    group: 'Look',
    footer: 30,
    run: beginFilter,
  },
  {
    id: 'fold',
    keys: ['Z'],
    where: ['panes'],
    title: 'fold',
    about: 'fold straight lines of the graph: heads, current, forks and merges stay',
    group: 'Look',
    run: state => setFilter(state, state.filter === folded ? '' : folded),
  },
  {
    id: 'end-filter',
    keys: ['esc'],
    where: ['filtered'],
    title: 'show all',
    about: 'clear the filter',
    group: 'Look',
    footer: 27,
    keyOnly: true,
    run: state => setFilter(state, ''),
  },
  {
    id: 'next-hit',
    keys: ['n'],
    where: ['searching'],
    title: 'next',
    about: 'go to the next match',
    group: 'Look',
    footer: 28,
    keyOnly: true,
    run: state => nextHit(state, 1),
  },
  {
    id: 'previous-hit',
    keys: ['N'],
    where: ['searching'],
    title: 'previous',
    about: 'go to the previous match',
    group: 'Look',
    footer: 29,
    keyOnly: true,
    run: state => nextHit(state, -1),
  },
  {
    id: 'end-search',
    keys: ['esc'],
    where: ['searching'],
    title: 'end search',
    about: 'end the search',
    group: 'Look',
    footer: 27,
    keyOnly: true,
    run: state => only(endSearch(state)),
  },
  {
    id: 'check',
    keys: ['c'],
    where: ['panes'],
    title: 'check',
    about: 'compare revisions, entities and the live schema',
    group: 'Look',
    footer: 13,
    disabled: state => (state.link.is === 'ready' ? null : 'the engine is not ready'),
    run: openCheck,
  },
  {
    id: 'journal',
    keys: ['J'],
    where: ['panes'],
    title: 'journal',
    about: 'show past runs: who, when, and how they ended',
    group: 'Look',
    disabled: state => (state.overview ? null : 'the project is not open yet'),
    run: openJournal,
  },
  {
    id: 'copy',
    keys: ['y'],
    where: ['panes'],
    title: 'copy',
    about: 'copy what is under the cursor: the id, the SQL, the line of the log',
    group: 'Look',
    footer: 31,
    run: copy,
  },
  {
    id: 'copy-command',
    keys: ['Y'],
    where: ['panes'],
    title: 'copy command',
    about: 'copy the command that upgrades to here',
    group: 'Look',
    disabled: state => (selectedId(state) === null ? 'there is no revision here' : null),
    run: state =>
      copiedText(
        state,
        here(state, commandOf({ command: 'upgrade', targets: [selectedId(state) ?? 'head'] })),
      ),
  },
  {
    id: 'bookkeeping',
    keys: ['B'],
    where: ['panes'],
    title: 'bookkeeping',
    about: "hide migtui's own statements in the log, or show them",
    group: 'Look',
    run: state =>
      notified(
        toggleBookkeeping(state),
        state.hidesBookkeeping ? "migtui's own statements are shown" : "migtui's own statements are hidden",
      ),
  },
  {
    id: 'zoom',
    keys: ['z'],
    where: ['panes'],
    title: 'zoom',
    about: 'expand this pane to the whole screen, or back',
    group: 'Look',
    run: state => only(clampAll({ ...state, zoomed: !state.zoomed })),
  },
  {
    id: 'original-sql',
    keys: ['o'],
    where: ['panes', 'plan'],
    title: 'original SQL',
    about: 'show SQL as it is in the file, or formatted and wrapped',
    group: 'Look',
    run: state =>
      notified(
        { ...state, originalSql: !state.originalSql, detailScroll: { top: 0, left: 0 } },
        state.originalSql ? 'SQL is formatted and wrapped' : 'SQL is shown as it is in the file',
      ),
  },
  {
    id: 'times',
    keys: ['t'],
    where: ['panes'],
    title: 'times',
    about: 'show dates or relative times',
    group: 'Look',
    run: state => only({ ...state, absoluteTimes: !state.absoluteTimes }),
  },
  {
    id: 'reload',
    keys: ['r'],
    where: ['panes'],
    title: 'reload',
    about: 'reload the project and the database',
    group: 'Look',
    footer: 32,
    disabled: whyNotReload,
    run: reload,
  },
];
