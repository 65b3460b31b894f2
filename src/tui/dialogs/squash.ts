import { emptyField, fieldOf, type TextField } from '../../drawing/text/field.ts';
import { type Line, line } from '../../drawing/text/span.ts';
import { wrap } from '../../drawing/text/wrap.ts';
import type { SquashRequest } from '../../engine/api.ts';
import { squashCommand } from '../state/command-line.ts';
import { type Change, only } from '../state/effect.ts';
import type { Dialog, State } from '../state/model.ts';
import { notified, replaceTop, topDialog } from '../state/stack.ts';
import { inDialogs, on } from './commands.ts';
import { type Completing, nextCompletion } from './complete.ts';
import type { DialogType } from './dialog.ts';
import { openDraft } from './draft/dialog.ts';
import { fieldSpans } from './field-line.ts';

const names = ['from', 'to', 'message'] as const;
type FieldName = (typeof names)[number];

/** The form of a squash: which revisions, and what the new one is called. */
export interface SquashDialog extends Dialog {
  readonly kind: 'squash';
  readonly fields: Readonly<Record<FieldName, TextField>>;
  /** The focused field. */
  readonly active: FieldName;
  readonly completing: Completing | null;
}

/** @param to the last revision, as it can be written */
export const squashDialog = (to: string, openedBy: string): SquashDialog => ({
  kind: 'squash',
  fields: { from: emptyField, to: fieldOf(to), message: fieldOf('squash') },
  active: 'from',
  completing: null,
  top: 0,
  openedBy,
});

/** Requests the draft. The form stays below: Esc returns to it. */
function accepted(state: State, dialog: SquashDialog, key: string): Change {
  const text = (name: FieldName): string => dialog.fields[name].text.trim();
  const missing = (['to', 'message'] as const).find(name => text(name) === '');
  if (missing) {
    const why = missing === 'to' ? 'enter the last revision' : 'enter a message: it becomes the name';
    return notified(replaceTop(state, { ...dialog, active: missing }), why, 'warning');
  }
  const request: SquashRequest = { range: `${text('from')}:${text('to')}`, message: text('message') };
  return openDraft(state, 'Squash', { call: 'draftSquash', args: [request] }, squashCommand(request), key);
}

const moveField = (by: number) =>
  on<SquashDialog>('squash', (state, dialog) => {
    const next = (names.indexOf(dialog.active) + by + names.length) % names.length;
    return only(replaceTop(state, { ...dialog, active: names[next] ?? 'from', completing: null }));
  });

function completed(state: State, dialog: SquashDialog): Change {
  const next = nextCompletion(state, dialog.fields[dialog.active], dialog.completing);
  if (!next) return notified(state, 'no revision starts with this text', 'warning');
  const fields = { ...dialog.fields, [dialog.active]: next.field };
  return only(replaceTop(state, { ...dialog, fields, completing: next.completing }));
}

const commands = inDialogs([
  {
    id: 'make-squash',
    keys: ['enter'],
    where: ['squash'],
    title: 'show the file',
    about: 'generate the squashed revision, verify it, and show it',
    footer: 1,
    run: on<SquashDialog>('squash', accepted),
  },
  {
    id: 'next-squash-field',
    keys: ['tab', 'down'],
    where: ['squash'],
    title: 'next field',
    about: 'go to the next field: last revision, message',
    footer: 2,
    run: moveField(1),
  },
  {
    id: 'previous-squash-field',
    keys: ['shift+tab', 'up'],
    where: ['squash'],
    title: 'previous field',
    about: 'go to the previous field',
    run: moveField(-1),
  },
  {
    id: 'complete-squash',
    keys: ['ctrl+n'],
    where: ['squash'],
    title: 'complete',
    about: 'complete the name of a revision, and again for the next one',
    footer: 3,
    hidden: state => {
      const dialog = topDialog(state) as SquashDialog | null;
      return dialog?.kind !== 'squash' || dialog.active === 'message';
    },
    run: on<SquashDialog>('squash', completed),
  },
]);

const remark = ({ fields }: SquashDialog, name: FieldName): string =>
  name === 'from' && fields.from.text.trim() === '' ? 'base: every revision up to the last' : '';

const hint =
  'One revision that replaces all of these, both ends included, verified on the shadow: the schema is exactly the same. ' +
  'You see the file, what it carries over and the result of the test before it is written.';

export const squashType: DialogType<SquashDialog> = {
  kind: 'squash',
  commands,
  scopes: () => ['squash'],
  title: () => 'Squash a range of revisions',
  width: () => 100,
  body(dialog, _state, columns): Line[] {
    return [
      ...names.map((name): Line => {
        const field = dialog.fields[name];
        const active = name === dialog.active;
        return [
          { text: `${name.padEnd(7)}  `, style: active ? 'key' : 'dim' },
          ...(active ? fieldSpans(field) : [{ text: field.text, style: 'strong' as const }]),
          { text: ` ${remark(dialog, name)}`, style: 'dim' },
        ];
      }),
      [],
      ...wrap(hint, columns).map(text => line(text, 'dim')),
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
