import { whyNotWrite, writeDraft } from '../../dialogs/draft.ts';
import { chooseMerge } from '../../dialogs/merge.ts';
import { acceptRevision } from '../../dialogs/revision.ts';
import { copied } from '../looking.ts';
import { inDialogs, on, why } from './on.ts';

/** Files before they are written, and texts to read. */
export const fileCommands = inDialogs([
  {
    id: 'write',
    keys: ['enter'],
    where: ['draft'],
    title: 'write',
    about: 'write the files that are shown',
    footer: 1,
    disabled: why('draft', whyNotWrite),
    run: on('draft', writeDraft),
  },
  {
    id: 'make-draft',
    keys: ['enter'],
    where: ['revision'],
    title: 'show the file',
    about: 'make the draft and show it',
    footer: 1,
    run: on('revision', acceptRevision),
  },
  {
    id: 'settle-heads',
    keys: ['enter'],
    where: ['merge'],
    title: 'settle',
    about: 'merge, put one on top of the other, or leave it',
    footer: 1,
    disabled: why('merge', (_state, dialog) =>
      dialog.loaded.is === 'ready' ? null : 'the rehearsal is not done',
    ),
    run: on('merge', chooseMerge),
  },
  {
    id: 'copy-text',
    keys: ['y'],
    where: ['text'],
    title: 'copy',
    about: 'copy the text',
    footer: 2,
    disabled: why('text', (_state, dialog) => (dialog.copy === null ? 'there is nothing to copy' : null)),
    run: on('text', (state, dialog) => copied(state, dialog.copy ?? '', 'the text')),
  },
]);
