import { emptyField, fieldOf, type TextField } from '../../drawing/text/field.ts';
import { type Line, line } from '../../drawing/text/span.ts';
import { wrap } from '../../drawing/text/wrap.ts';
import type { RevisionRequest, RevisionRow } from '../../engine/api.ts';
import { revisionCommand } from '../state/command-line.ts';
import { type Change, only } from '../state/effect.ts';
import type { Dialog, State } from '../state/model.ts';
import { nameOf } from '../state/select.ts';
import { notified, replaceTop, topDialog } from '../state/stack.ts';
import { inDialogs, on } from './commands.ts';
import { nextCompletion } from './complete.ts';
import type { DialogType } from './dialog.ts';
import { openDraft } from './draft/dialog.ts';
import { fieldSpans } from './field-line.ts';

const names = ['message', 'label', 'revises', 'depends on'] as const;
type FieldName = (typeof names)[number];

/** The source of a new revision: the entities, nothing, or manual changes in the database. */
export type RevisionSource = 'entities' | 'empty' | 'drift';

/** The form of a new revision. */
export interface RevisionDialog extends Dialog {
  readonly kind: 'revision';
  readonly source: RevisionSource;
  readonly fields: Readonly<Record<FieldName, TextField>>;
  /** The focused field. */
  readonly active: FieldName;
  /** The typed part of a name being completed, and the current suggestion. */
  readonly completing: { readonly typed: TextField; readonly index: number } | null;
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
  state.look?.revisions.find(row => [row.id, row.shortId, row.slug].includes(name));

/** A preview of the file name; the engine decides the final one. */
const slugOf = (text: string): string =>
  text
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_|_$/g, '');

const moveField = (by: number) =>
  on<RevisionDialog>('revision', (state, dialog) => {
    const next = (names.indexOf(dialog.active) + by + names.length) % names.length;
    return only(replaceTop(state, { ...dialog, active: names[next] ?? 'message', completing: null }));
  });

const isCompleted = (name: FieldName): boolean => name === 'revises' || name === 'depends on';

const completed = (state: State, dialog: RevisionDialog): Change => {
  const field = dialog.fields[dialog.active];
  const next = isCompleted(dialog.active) ? nextCompletion(state, field, dialog.completing) : null;
  if (!next) return notified(state, 'no revision starts with this text', 'warning');
  const fields = { ...dialog.fields, [dialog.active]: next.field };
  return only(replaceTop(state, { ...dialog, fields, completing: next.completing }));
};

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
  {
    id: 'next-field',
    keys: ['tab', 'down'],
    where: ['revision'],
    title: 'next field',
    about: 'go to the next field: label, parent, dependencies',
    footer: 2,
    run: moveField(1),
  },
  {
    id: 'previous-field',
    keys: ['shift+tab', 'up'],
    where: ['revision'],
    title: 'previous field',
    about: 'go to the previous field',
    run: moveField(-1),
  },
  {
    id: 'complete-revision',
    keys: ['ctrl+n'],
    where: ['revision'],
    title: 'complete',
    about: 'complete the name of a revision, and again for the next one',
    footer: 3,
    hidden: state => {
      const dialog = topDialog(state) as RevisionDialog | null;
      return dialog?.kind !== 'revision' || !isCompleted(dialog.active);
    },
    run: on<RevisionDialog>('revision', completed),
  },
]);

/** The default of an empty field, or the meaning of a filled one. */
function remark(dialog: RevisionDialog, name: FieldName, state: State): string {
  const text = dialog.fields[name].text.trim();
  const heads = state.look?.heads ?? [];
  switch (name) {
    case 'message':
      return '';
    case 'label':
      return text === '' ? 'none: a name for its branch' : '';
    case 'depends on':
      return text === '' ? 'nothing: revisions that must be applied first' : '';
    case 'revises': {
      if (text === '') return heads[0] === undefined ? 'nothing: it is the first' : nameOf(state, heads[0]);
      if (text === 'base') return 'nothing: a root revision of its own';
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
    'Keeps what was changed by hand. You see the file before it is written; then the revision is marked as applied here.',
};

export const revisionType: DialogType<RevisionDialog> = {
  kind: 'revision',
  commands,
  scopes: () => ['revision'],
  title: ({ source }) => titles[source],
  width: () => 100,
  body(dialog, state, columns): Line[] {
    return [
      ...names.map((name): Line => {
        const field = dialog.fields[name];
        const active = name === dialog.active;
        return [
          { text: `${name.padEnd(10)}  `, style: active ? 'key' : 'dim' },
          ...(active ? fieldSpans(field) : [{ text: field.text, style: 'strong' as const }]),
          { text: ` ${remark(dialog, name, state)}`, style: 'dim' },
        ];
      }),
      [
        { text: 'name        ', style: 'dim' },
        { text: slugOf(dialog.fields.message.text) || ' ', style: 'accent' },
      ],
      [],
      ...wrap(hints[dialog.source], columns).map(text => line(text, 'dim')),
    ];
  },
  field: dialog => dialog.fields[dialog.active],
  typed: (dialog, field, state) =>
    only(
      replaceTop(state, {
        ...dialog,
        completing: null,
        fields: { ...dialog.fields, [dialog.active]: field },
      }),
    ),
  clicked(dialog, at, state) {
    const name = names[at];
    return only(name ? replaceTop(state, { ...dialog, active: name }) : state);
  },
};
