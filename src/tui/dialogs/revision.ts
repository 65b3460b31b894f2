import { emptyField, type TextField } from '../../drawing/text/field.ts';
import { type Line, line } from '../../drawing/text/span.ts';
import { wrap } from '../../drawing/text/wrap.ts';
import type { RevisionRequest } from '../../engine/api.ts';
import { revisionCommand } from '../state/command-line.ts';
import { type Change, only } from '../state/effect.ts';
import type { Dialog, State } from '../state/model.ts';
import { nameOf } from '../state/select.ts';
import { close, notified, replaceTop } from '../state/stack.ts';
import { inDialogs, on } from './commands.ts';
import type { DialogType } from './dialog.ts';
import { openDraft } from './draft.ts';
import { fieldSpans } from './field-line.ts';

/** What a new revision is about. */
export interface RevisionDialog extends Dialog {
  readonly kind: 'revision';
  readonly autogenerate: boolean;
  readonly field: TextField;
  /** Which of the heads it revises; null with one or none. */
  readonly head: string | null;
}

export const revisionDialog = (
  autogenerate: boolean,
  head: string | null,
  openedBy: string,
): RevisionDialog => ({
  kind: 'revision',
  autogenerate,
  head,
  field: emptyField,
  top: 0,
  openedBy,
});

export function acceptRevision(state: State, dialog: RevisionDialog, key: string): Change {
  const message = dialog.field.text.trim();
  if (message === '') return notified(state, 'enter a message: it becomes the name', 'warning');
  const request: RevisionRequest = {
    message,
    autogenerate: dialog.autogenerate,
    ...(dialog.head !== null && { head: dialog.head }),
  };
  return openDraft(
    close(state),
    'New revision',
    { call: 'draftRevision', args: [request] },
    revisionCommand(request),
    key,
  );
}

/** As the file will be called, more or less: the engine has the last word. */
const slugOf = (text: string): string =>
  text
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_|_$/g, '');

const commands = inDialogs([
  {
    id: 'make-draft',
    keys: ['enter'],
    where: ['revision'],
    title: 'show the file',
    about: 'generate the file and show it',
    footer: 1,
    run: on<RevisionDialog>('revision', acceptRevision),
  },
]);

export const revisionType: DialogType<RevisionDialog> = {
  kind: 'revision',
  commands,
  scopes: () => ['revision'],
  title: dialog => (dialog.autogenerate ? 'New revision from the entities' : 'New empty revision'),
  width: () => 76,
  body(dialog, state, columns): Line[] {
    const { look } = state;
    const parent = dialog.head ?? look?.heads[0] ?? null;
    return [
      [{ text: 'message  ', style: 'dim' }, ...fieldSpans(dialog.field)],
      [
        { text: 'revises  ', style: 'dim' },
        { text: parent === null ? 'nothing: it is the first' : nameOf(state, parent) },
      ],
      [
        { text: 'name     ', style: 'dim' },
        { text: slugOf(dialog.field.text) || ' ', style: 'accent' },
      ],
      [],
      ...wrap(
        dialog.autogenerate
          ? 'Compares the entities with the migrations. You see the file before it is written.'
          : 'An empty file to fill in. You see it before it is written.',
        columns,
      ).map(text => line(text, 'dim')),
    ];
  },
  field: dialog => dialog.field,
  typed: (dialog, field, state) => only(replaceTop(state, { ...dialog, field })),
};
