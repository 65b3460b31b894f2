import { emptyField, fieldOf } from '../../drawing/text/field.ts';
import { type Line, line } from '../../drawing/text/span.ts';
import { wrap } from '../../drawing/text/wrap.ts';
import type { RevisionRequest, RevisionRow } from '../../engine/api.ts';
import { revisionCommand } from '../state/command-line.ts';
import type { Change } from '../state/effect.ts';
import type { State } from '../state/model.ts';
import { nameOf } from '../state/select.ts';
import { notified, replaceTop } from '../state/stack.ts';
import { inDialogs, on } from './commands.ts';
import type { DialogType } from './dialog.ts';
import { openDraft } from './draft/dialog.ts';
import { type FormDialog, formCommands, formInput, formLines } from './form.ts';

const names = ['message', 'label', 'revises', 'depends on'] as const;
type FieldName = (typeof names)[number];

/** The source of a new revision: the entities, nothing, or manual changes in the database. */
export type RevisionSource = 'entities' | 'empty' | 'drift';

/** The form of a new revision. */
export interface RevisionDialog extends FormDialog<FieldName> {
  readonly kind: 'revision';
  readonly source: RevisionSource;
}

/** @param head the head that it revises; null with one or none */
export const revisionDialog = (
  source: RevisionSource,
  head: string | null,
  openedBy: string,
): RevisionDialog => ({
  kind: 'revision',
  source,
  fields: {
    message: emptyField,
    label: emptyField,
    revises: head === null ? emptyField : fieldOf(head),
    'depends on': emptyField,
  },
  active: 'message',
  completing: null,
  top: 0,
  openedBy,
});

function acceptRevision(state: State, dialog: RevisionDialog, key: string): Change {
  const text = (name: FieldName): string => dialog.fields[name].text.trim();
  if (text('message') === '') {
    const first = replaceTop(state, { ...dialog, active: 'message' });
    return notified(first, 'enter a message: it becomes the name', 'warning');
  }
  const head = text('revises');
  const row = rowOf(state, head);
  const dependsOn = text('depends on')
    .split(/[\s,]+/)
    .filter(Boolean);
  const request: RevisionRequest = {
    message: text('message'),
    autogenerate: dialog.source === 'entities',
    ...(dialog.source === 'drift' && { fromDrift: true }),
    ...(head !== '' && { head }),
    ...(row && !row.marks.includes('head') && { splice: true }),
    ...(text('label') !== '' && { label: text('label') }),
    ...(dependsOn.length > 0 && { dependsOn }),
  };
  // The form stays below: Esc returns to it.
  return openDraft(
    state,
    'New revision',
    { call: 'draftRevision', args: [request] },
    revisionCommand(request),
    key,
  );
}

/** The revision with this id, digits or slug. */
const rowOf = (state: State, name: string): RevisionRow | undefined =>
  state.overview?.revisions.find(row => [row.id, row.shortId, row.slug].includes(name));

/** A preview of the file name; the engine decides the final one. */
const slugOf = (text: string): string =>
  text
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_|_$/g, '');

const isCompleted = (name: FieldName): boolean => name === 'revises' || name === 'depends on';

const acceptCommands = inDialogs([
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
const fieldCommands = formCommands<FieldName, RevisionDialog>({
  kind: 'revision',
  names,
  isCompleted,
  ids: { next: 'next-field', previous: 'previous-field', complete: 'complete-revision' },
  others: 'label, parent, dependencies',
});

/** The default of an empty field, or the meaning of a filled one. */
function remark(dialog: RevisionDialog, name: FieldName, state: State): string {
  const text = dialog.fields[name].text.trim();
  const heads = state.overview?.heads ?? [];
  switch (name) {
    case 'message':
      return '';
    case 'label':
      return text === '' ? 'optional: a name for its branch' : '';
    case 'depends on':
      return text === '' ? 'optional: revisions that must be applied first' : '';
    case 'revises': {
      if (text === '') return heads[0] === undefined ? 'none: it is the first' : nameOf(state, heads[0]);
      if (text === 'base') return 'none: a new root revision';
      const row = rowOf(state, text);
      return row && !row.marks.includes('head') ? 'not a head: this starts a branch (splice)' : '';
    }
  }
}

const titles: Readonly<Record<RevisionSource, string>> = {
  entities: 'New revision from the entities',
  empty: 'New empty revision',
  drift: 'New revision from the changes in the database',
};

const hints: Readonly<Record<RevisionSource, string>> = {
  entities: 'Compares the entities with the migrations. You see the file before it is written.',
  empty: 'An empty file to fill in. You see it before it is written.',
  drift:
    'Keeps the manual changes. You see the file before it is written; then the revision is marked as applied here.',
};

export const revisionType: DialogType<RevisionDialog> = {
  kind: 'revision',
  commands: [...acceptCommands, ...fieldCommands],
  scopes: () => ['revision'],
  title: ({ source }) => titles[source],
  width: () => 100,
  body(dialog, state, columns): Line[] {
    return [
      ...formLines(dialog, names, name => remark(dialog, name, state)),
      [
        { text: 'name        ', style: 'dim' },
        { text: slugOf(dialog.fields.message.text) || ' ', style: 'accent' },
      ],
      [],
      ...wrap(hints[dialog.source], columns).map(text => line(text, 'dim')),
    ];
  },
  ...formInput<FieldName, RevisionDialog>(names),
};
