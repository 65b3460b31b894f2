import { emptyField, fieldOf } from '../../drawing/text/field.ts';
import { type Line, line } from '../../drawing/text/span.ts';
import { wrap } from '../../drawing/text/wrap.ts';
import type { SquashRequest } from '../../engine/api.ts';
import { squashCommand } from '../state/command-line.ts';
import type { Change } from '../state/effect.ts';
import type { State } from '../state/model.ts';
import { notified, replaceTop } from '../state/stack.ts';
import { inDialogs, on } from './commands.ts';
import type { DialogType } from './dialog.ts';
import { openDraft } from './draft/dialog.ts';
import { type FormDialog, formCommands, formInput, formLines } from './form.ts';

const names = ['from', 'to', 'message'] as const;
type FieldName = (typeof names)[number];

/** The form of a squash: which revisions, and what the new one is called. */
export interface SquashDialog extends FormDialog<FieldName> {
  readonly kind: 'squash';
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

const acceptCommands = inDialogs([
  {
    id: 'make-squash',
    keys: ['enter'],
    where: ['squash'],
    title: 'show the file',
    about: 'generate the squashed revision, verify it, and show it',
    footer: 1,
    run: on<SquashDialog>('squash', accepted),
  },
]);
const fieldCommands = formCommands<FieldName, SquashDialog>({
  kind: 'squash',
  names,
  isCompleted: name => name !== 'message',
  ids: { next: 'next-squash-field', previous: 'previous-squash-field', complete: 'complete-squash' },
  others: 'last revision, message',
});

const remark = ({ fields }: SquashDialog, name: FieldName): string =>
  name === 'from' && fields.from.text.trim() === '' ? 'base: every revision up to the last' : '';

const hint =
  'One revision that replaces all of these, both ends included, verified on the shadow: the schema is exactly the same. ' +
  'You see the file, what it carries over and the result of the test before it is written.';

export const squashType: DialogType<SquashDialog> = {
  kind: 'squash',
  commands: [...acceptCommands, ...fieldCommands],
  scopes: () => ['squash'],
  title: () => 'Squash a range of revisions',
  width: () => 100,
  body(dialog, _state, columns): Line[] {
    return [
      ...formLines(dialog, names, name => remark(dialog, name)),
      [],
      ...wrap(hint, columns).map(text => line(text, 'dim')),
    ];
  },
  ...formInput<FieldName, SquashDialog>(names),
};
