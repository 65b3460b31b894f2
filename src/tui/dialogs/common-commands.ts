import type { Command } from '../keymap/command.ts';
import { type Change, only } from '../state/effect.ts';
import type { State } from '../state/model.ts';
import { close, replaceTop, topDialog } from '../state/stack.ts';
import { inDialogs } from './commands.ts';
import type { TypeOf } from './dialog.ts';
import { beginFinding, endFinding, nextFound } from './finding.ts';
import { pageOf, scrollDialog, scrollDialogTo, scrolls } from './scrolling.ts';

/** Moves the cursor of a dialog with items, wrapping around. */
const moveChoice =
  (typeOf: TypeOf, by: number) =>
  (state: State): Change => {
    const dialog = topDialog(state);
    const count = (dialog && typeOf(dialog).choices?.(dialog, state)) ?? 0;
    if (!dialog || count === 0) return only(state);
    const cursor = ((dialog.cursor ?? 0) + by + count) % count;
    return only(replaceTop(state, { ...dialog, cursor }));
  };

/** Commands shared by dialogs: selecting, scrolling, closing. */
export const commonCommands = (typeOf: TypeOf): readonly Command[] =>
  inDialogs([
    {
      id: 'next-item',
      keys: ['down', 'j', 'tab', 'ctrl+n'],
      where: ['choosing'],
      title: 'next',
      about: 'the next item',
      run: moveChoice(typeOf, 1),
    },
    {
      id: 'previous-item',
      keys: ['up', 'k', 'shift+tab', 'ctrl+p'],
      where: ['choosing'],
      title: 'previous',
      about: 'the previous item',
      run: moveChoice(typeOf, -1),
    },
    {
      id: 'scroll-down',
      keys: ['down', 'j'],
      where: ['scrolling'],
      title: 'scroll',
      about: 'one line down',
      footer: 50,
      hidden: state => !scrolls(state, typeOf),
      run: state => scrollDialog(state, 1, typeOf),
    },
    {
      id: 'scroll-up',
      keys: ['up', 'k'],
      where: ['scrolling'],
      title: 'scroll up',
      about: 'one line up',
      run: state => scrollDialog(state, -1, typeOf),
    },
    {
      id: 'scroll-page-down',
      keys: ['pagedown', 'space', 'ctrl+d'],
      where: ['scrolling'],
      title: 'page',
      about: 'one page down',
      run: state => scrollDialog(state, pageOf(state, typeOf), typeOf),
    },
    {
      id: 'scroll-page-up',
      keys: ['pageup', 'ctrl+u'],
      where: ['scrolling'],
      title: 'page up',
      about: 'one page up',
      run: state => scrollDialog(state, -pageOf(state, typeOf), typeOf),
    },
    {
      id: 'scroll-top',
      keys: ['g', 'home'],
      where: ['scrolling'],
      title: 'top',
      about: 'to the first line',
      run: state => scrollDialogTo(state, 0, typeOf),
    },
    {
      id: 'scroll-bottom',
      keys: ['G', 'end'],
      where: ['scrolling'],
      title: 'bottom',
      about: 'to the last line',
      run: state => scrollDialogTo(state, Number.MAX_SAFE_INTEGER, typeOf),
    },
    {
      id: 'find',
      keys: ['/'],
      where: ['scrolling'],
      title: 'search',
      about: 'search in what is shown',
      footer: 51,
      hidden: state => !scrolls(state, typeOf),
      run: beginFinding,
    },
    {
      id: 'next-found',
      // Enter too: it would confirm a plan although the user is only searching its text.
      keys: ['n', 'enter'],
      where: ['finding'],
      title: 'next',
      about: 'go to the next match',
      run: state => nextFound(state, 1, typeOf),
    },
    {
      id: 'previous-found',
      keys: ['N'],
      where: ['finding'],
      title: 'previous',
      about: 'go to the previous match',
      run: state => nextFound(state, -1, typeOf),
    },
    {
      id: 'end-finding',
      keys: ['esc'],
      where: ['finding'],
      title: 'end search',
      about: 'end the search',
      run: endFinding,
    },
    {
      id: 'leave',
      keys: ['esc', 'q'],
      where: ['dialog'],
      title: 'close',
      about: 'close',
      footer: 60,
      run: state => only(close(state)),
    },
  ]);
