import { pageOf, scrollDialog, scrollDialogTo, scrolls } from '../../dialogs/scrolling.ts';
import { close } from '../../dialogs/stack.ts';
import { only } from '../../state/effect.ts';
import { inDialogs } from './on.ts';

/** What every dialog has in common. */
export const scrollingCommands = inDialogs([
  {
    id: 'scroll-down',
    keys: ['down', 'j'],
    where: ['scrolling'],
    title: 'scroll',
    about: 'one line down',
    footer: 50,
    hidden: state => !scrolls(state),
    run: state => scrollDialog(state, 1),
  },
  {
    id: 'scroll-up',
    keys: ['up', 'k'],
    where: ['scrolling'],
    title: 'scroll up',
    about: 'one line up',
    run: state => scrollDialog(state, -1),
  },
  {
    id: 'scroll-page-down',
    keys: ['pagedown', 'space', 'ctrl+d'],
    where: ['scrolling'],
    title: 'page',
    about: 'one page down',
    run: state => scrollDialog(state, pageOf(state)),
  },
  {
    id: 'scroll-page-up',
    keys: ['pageup', 'ctrl+u'],
    where: ['scrolling'],
    title: 'page up',
    about: 'one page up',
    run: state => scrollDialog(state, -pageOf(state)),
  },
  {
    id: 'scroll-top',
    keys: ['g', 'home'],
    where: ['scrolling'],
    title: 'top',
    about: 'to the first line',
    run: state => scrollDialogTo(state, 0),
  },
  {
    id: 'scroll-bottom',
    keys: ['G', 'end'],
    where: ['scrolling'],
    title: 'bottom',
    about: 'to the last line',
    run: state => scrollDialogTo(state, Number.MAX_SAFE_INTEGER),
  },
  {
    id: 'leave',
    keys: ['esc', 'q'],
    where: ['dialog'],
    title: 'leave',
    about: 'close it with nothing done',
    footer: 60,
    run: state => only(close(state)),
  },
]);
