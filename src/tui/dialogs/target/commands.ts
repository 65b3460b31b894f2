import { only } from '../../state/effect.ts';
import { inDialogs, on, why } from '../commands.ts';
import { acceptTarget, candidatesOf, complete, retarget, type TargetDialog } from './dialog.ts';

const moveCandidate = (by: number) =>
  on<TargetDialog>('target', (state, dialog: TargetDialog) => {
    const count = candidatesOf(dialog, state).length;
    if (count === 0) return only(state);
    const at = dialog.cursor === null ? (by > 0 ? 0 : count - 1) : dialog.cursor + by;
    return retarget(state, { ...dialog, cursor: at < 0 || at >= count ? null : at });
  });

/** The target prompt. */
export const targetCommands = inDialogs([
  {
    id: 'accept-target',
    keys: ['enter'],
    where: ['target'],
    title: 'plan',
    about: 'show the plan in full',
    footer: 1,
    run: on<TargetDialog>('target', acceptTarget),
  },
  {
    id: 'next-candidate',
    keys: ['down', 'ctrl+n'],
    where: ['target'],
    title: 'choose',
    about: 'next suggestion',
    footer: 3,
    run: moveCandidate(1),
  },
  {
    id: 'previous-candidate',
    keys: ['up', 'ctrl+p'],
    where: ['target'],
    title: 'choose',
    about: 'previous suggestion',
    run: moveCandidate(-1),
  },
  {
    id: 'complete',
    keys: ['tab'],
    where: ['target'],
    title: 'complete',
    about: 'complete with the suggestion',
    footer: 2,
    run: on<TargetDialog>('target', complete),
  },
  {
    id: 'purge',
    keys: ['ctrl+x'],
    where: ['target'],
    title: 'purge',
    about: 'when stamping: delete all other rows first',
    footer: 4,
    danger: true,
    disabled: why<TargetDialog>('target', (_state, dialog) =>
      dialog.command === 'stamp' ? null : 'only a stamp can purge',
    ),
    run: on<TargetDialog>('target', (state, dialog) => retarget(state, { ...dialog, purge: !dialog.purge })),
  },
]);
