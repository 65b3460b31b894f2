import type { TextField } from '../../drawing/text/field.ts';
import type { Line } from '../../drawing/text/span.ts';
import type { Command } from '../keymap/command.ts';
import { only } from '../state/effect.ts';
import type { Dialog } from '../state/model.ts';
import { notified, replaceTop, topDialog } from '../state/stack.ts';
import { inDialogs, on } from './commands.ts';
import { type Completing, nextCompletion } from './complete.ts';
import type { DialogType } from './dialog.ts';
import { fieldSpans } from './field-line.ts';

/** A dialog with several text fields, one of which is focused. `Name` is the names of the fields. */
export interface FormDialog<Name extends string> extends Dialog {
  readonly fields: Readonly<Record<Name, TextField>>;
  /** The focused field. */
  readonly active: Name;
  readonly completing: Completing | null;
}

/** What differs between forms. */
export interface Form<Name extends string> {
  readonly kind: string;
  /** The fields, from top to bottom. */
  readonly names: readonly Name[];
  /** Whether a field takes the names of revisions, which Ctrl-N completes. */
  readonly isCompleted: (name: Name) => boolean;
  /** The ids of the commands: the user's keys refer to them. */
  readonly ids: { readonly next: string; readonly previous: string; readonly complete: string };
  /** Which fields follow, for help. */
  readonly others: string;
}

/** The commands that move between the fields of a form, and complete the names of revisions. */
export function formCommands<Name extends string, D extends FormDialog<Name>>({
  kind,
  names,
  isCompleted,
  ids,
  others,
}: Form<Name>): readonly Command[] {
  const move = (by: number) =>
    on<D>(kind, (state, dialog) => {
      const active = names[(names.indexOf(dialog.active) + by + names.length) % names.length];
      return only(replaceTop(state, { ...dialog, active, completing: null }));
    });
  return inDialogs([
    {
      id: ids.next,
      keys: ['tab', 'down'],
      where: [kind],
      title: 'next field',
      about: `go to the next field: ${others}`,
      footer: 2,
      run: move(1),
    },
    {
      id: ids.previous,
      keys: ['shift+tab', 'up'],
      where: [kind],
      title: 'previous field',
      about: 'go to the previous field',
      run: move(-1),
    },
    {
      id: ids.complete,
      keys: ['ctrl+n'],
      where: [kind],
      title: 'complete',
      about: 'complete the name of a revision, and again for the next one',
      footer: 3,
      hidden: state => {
        const dialog = topDialog(state);
        return dialog?.kind !== kind || !isCompleted((dialog as D).active);
      },
      run: on<D>(kind, (state, dialog) => {
        const next = isCompleted(dialog.active)
          ? nextCompletion(state, dialog.fields[dialog.active], dialog.completing)
          : null;
        if (!next) return notified(state, 'no revision starts with this text', 'warning');
        const fields = { ...dialog.fields, [dialog.active]: next.field };
        return only(replaceTop(state, { ...dialog, fields, completing: next.completing }));
      }),
    },
  ]);
}

/** How a form takes text and clicks. */
export const formInput = <Name extends string, D extends FormDialog<Name>>(
  names: readonly Name[],
): Pick<DialogType<D>, 'field' | 'typed' | 'clicked'> => ({
  field: dialog => dialog.fields[dialog.active],
  typed: (dialog, field, state) => {
    const fields = { ...dialog.fields, [dialog.active]: field };
    return only(replaceTop(state, { ...dialog, completing: null, fields }));
  },
  clicked(dialog, at, state) {
    const active = names[at];
    return only(active ? replaceTop(state, { ...dialog, active }) : state);
  },
});

/** The fields, one per line, each with a remark on its value. */
export function formLines<Name extends string>(
  { fields, active }: FormDialog<Name>,
  names: readonly Name[],
  remark: (name: Name) => string,
): Line[] {
  const width = Math.max(...names.map(name => name.length));
  return names.map((name): Line => {
    const isActive = name === active;
    return [
      { text: `${name.padEnd(width)}  `, style: isActive ? 'key' : 'dim' },
      ...(isActive ? fieldSpans(fields[name]) : [{ text: fields[name].text, style: 'strong' as const }]),
      { text: ` ${remark(name)}`, style: 'dim' },
    ];
  });
}
