import type { Command } from '../keymap/command.ts';
import { scrollDetail, scrollDetailTo, sideways } from '../panes/detail/scrolling.ts';
import { detailTabs, tabOf } from '../panes/detail/tabs.ts';
import type { Change } from '../state/effect.ts';
import { wantDetail } from '../state/loading.ts';
import { type Pane, panes, type State } from '../state/model.ts';
import { focusOn, isRevisionPane, moveBy, moveTo } from '../state/moving.ts';
import { lengthOf, visibleLines } from '../state/select.ts';

const vertical =
  (rows: (state: State) => number) =>
  (state: State): Change =>
    state.focus === 'detail' ? scrollDetail(state, rows(state)) : moveBy(state, state.focus, rows(state));

const page = (state: State): number => Math.max(1, visibleLines(state, state.focus) - 1);
const halfPage = (state: State): number => Math.max(1, Math.floor(visibleLines(state, state.focus) / 2));

const nextPane =
  (by: number) =>
  (state: State): Change =>
    focusOn(state, panes[(panes.indexOf(state.focus) + by + panes.length) % panes.length] as Pane);

const nextTab =
  (by: number) =>
  (state: State): Change => {
    const at = detailTabs.indexOf(tabOf(state.tab));
    const tab = detailTabs[(at + by + detailTabs.length) % detailTabs.length] ?? detailTabs[0];
    return wantDetail({ ...state, tab: tab?.id ?? state.tab, detailScroll: { top: 0, left: 0 } });
  };

export const movingCommands: readonly Command[] = [
  {
    id: 'down',
    keys: ['j', 'down'],
    where: ['panes'],
    title: 'down',
    about: 'one row down',
    group: 'Move',
    keyOnly: true,
    run: vertical(() => 1),
  },
  {
    id: 'up',
    keys: ['k', 'up'],
    where: ['panes'],
    title: 'up',
    about: 'one row up',
    group: 'Move',
    keyOnly: true,
    run: vertical(() => -1),
  },
  {
    id: 'page-down',
    keys: ['pagedown', 'space'],
    where: ['panes'],
    title: 'page down',
    about: 'one page down',
    group: 'Move',
    keyOnly: true,
    run: vertical(page),
  },
  {
    id: 'page-up',
    keys: ['pageup'],
    where: ['panes'],
    title: 'page up',
    about: 'one page up',
    group: 'Move',
    keyOnly: true,
    run: vertical(state => -page(state)),
  },
  {
    id: 'half-page-down',
    keys: ['ctrl+d'],
    where: ['panes'],
    title: 'half down',
    about: 'half a page down',
    group: 'Move',
    keyOnly: true,
    run: vertical(halfPage),
  },
  {
    id: 'half-page-up',
    keys: ['ctrl+u'],
    where: ['panes'],
    title: 'half up',
    about: 'half a page up',
    group: 'Move',
    keyOnly: true,
    run: vertical(state => -halfPage(state)),
  },
  {
    id: 'top',
    keys: ['g', 'home'],
    where: ['panes'],
    title: 'top',
    about: 'to the first row',
    group: 'Move',
    keyOnly: true,
    run: state => (state.focus === 'detail' ? scrollDetailTo(state, 0) : moveTo(state, state.focus, 0)),
  },
  {
    id: 'bottom',
    keys: ['G', 'end'],
    where: ['panes'],
    title: 'bottom',
    about: 'to the last row',
    group: 'Move',
    keyOnly: true,
    run: state =>
      state.focus === 'detail'
        ? scrollDetailTo(state, Number.MAX_SAFE_INTEGER)
        : moveTo(state, state.focus, lengthOf(state, state.focus) - 1),
  },
  {
    id: 'left',
    keys: ['h', 'left'],
    where: ['panes'],
    title: 'left',
    about: 'scroll to the left',
    group: 'Move',
    keyOnly: true,
    run: state => sideways(state, -8),
  },
  {
    id: 'right',
    keys: ['l', 'right'],
    where: ['panes'],
    title: 'right',
    about: 'scroll to the right',
    group: 'Move',
    keyOnly: true,
    run: state => sideways(state, 8),
  },
  {
    id: 'next-pane',
    keys: ['tab'],
    where: ['panes'],
    title: 'next pane',
    about: 'to the next pane',
    group: 'Move',
    keyOnly: true,
    run: nextPane(1),
  },
  {
    id: 'previous-pane',
    keys: ['shift+tab'],
    where: ['panes'],
    title: 'previous pane',
    about: 'to the previous pane',
    group: 'Move',
    keyOnly: true,
    run: nextPane(-1),
  },
  {
    id: 'next-tab',
    keys: [']'],
    where: ['panes'],
    title: 'next tab',
    about: 'next tab of the Detail pane',
    group: 'Move',
    keyOnly: true,
    run: nextTab(1),
  },
  {
    id: 'previous-tab',
    keys: ['['],
    where: ['panes'],
    title: 'previous tab',
    about: 'previous tab of the Detail pane',
    group: 'Move',
    keyOnly: true,
    run: nextTab(-1),
  },
  {
    id: 'open-detail',
    keys: ['enter'],
    where: ['revisions'],
    title: 'details',
    about: 'show the revision under the cursor in the Detail pane',
    group: 'Move',
    footer: 20,
    keyOnly: true,
    disabled: state =>
      isRevisionPane(state.focus) && lengthOf(state, state.focus) === 0 ? 'nothing to open here' : null,
    run: state => focusOn(state, 'detail'),
  },
  {
    id: 'back',
    keys: ['esc'],
    where: ['detail', 'log'],
    title: 'back',
    about: 'back to the list',
    group: 'Move',
    footer: 0,
    keyOnly: true,
    run: state => focusOn(state, state.list),
  },
];
