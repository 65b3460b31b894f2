import { type Line, line } from '../../../drawing/text/span.ts';
import { type Change, only } from '../../state/effect.ts';
import type { Dialog, State } from '../../state/model.ts';
import { nameOf } from '../../state/select.ts';
import { close, replaceTop } from '../../state/stack.ts';
import { inDialogs, on, why } from '../commands.ts';
import type { DialogType } from '../dialog.ts';

/** Selects which heads to merge. */
export interface HeadsDialog extends Dialog {
  readonly kind: 'heads';
  readonly heads: readonly string[];
  readonly chosen: ReadonlySet<string>;
  readonly cursor: number;
  /** Continues with the selected ones, after this dialog closes. */
  readonly accept: (state: State, heads: readonly string[]) => Change;
}

/** Asks which heads to merge; all of them are selected initially. */
export const headsDialog = (
  heads: readonly string[],
  openedBy: string,
  accept: HeadsDialog['accept'],
): HeadsDialog => ({ kind: 'heads', heads, chosen: new Set(heads), cursor: 0, top: 0, openedBy, accept });

function toggle(state: State, dialog: HeadsDialog, index: number): Change {
  const head = dialog.heads[index];
  if (head === undefined) return only(state);
  const chosen = new Set(dialog.chosen);
  if (!chosen.delete(head)) chosen.add(head);
  return only(replaceTop(state, { ...dialog, chosen, cursor: index }));
}

const commands = inDialogs([
  {
    id: 'merge-these',
    keys: ['enter'],
    where: ['heads'],
    title: 'test them together',
    about: 'test the chosen heads together',
    footer: 1,
    disabled: why<HeadsDialog>('heads', (_state, { chosen }) =>
      chosen.size < 2 ? 'choose two heads or more' : null,
    ),
    run: on<HeadsDialog>('heads', (state, { heads, chosen, accept }) =>
      accept(
        close(state),
        heads.filter(head => chosen.has(head)),
      ),
    ),
  },
  {
    id: 'toggle-head',
    keys: ['space'],
    where: ['heads'],
    title: 'choose',
    about: 'choose the head under the cursor, or not',
    footer: 2,
    run: on<HeadsDialog>('heads', (state, dialog) => toggle(state, dialog, dialog.cursor)),
  },
]);

export const headsType: DialogType<HeadsDialog> = {
  kind: 'heads',
  commands,
  scopes: () => ['heads', 'choosing'],
  title: () => 'Which heads should be merged?',
  width: () => 84,
  body: (dialog, state): Line[] =>
    dialog.heads.map(head => {
      const is = dialog.chosen.has(head);
      return [
        { text: is ? '[x] ' : '[ ] ', style: is ? 'ok' : 'dim' },
        { text: nameOf(state, head), style: is ? 'strong' : 'dim' },
      ];
    }),
  foot: dialog => [
    [],
    line(
      dialog.chosen.size === dialog.heads.length
        ? `all ${dialog.heads.length} heads`
        : `${dialog.chosen.size} of ${dialog.heads.length} heads; the others stay heads`,
      'dim',
    ),
  ],
  selected: dialog => dialog.cursor,
  choices: dialog => dialog.heads.length,
  clicked: (dialog, at, state) => toggle(state, dialog, at),
};
